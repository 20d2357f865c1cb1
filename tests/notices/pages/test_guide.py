import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings

NAMES = ("iphone", "thunderbird", "outlook", "other")
PAGES = [f"/{language}/{rest}" for language in ("ja", "en") for rest in ("", *(f"guide/{name}/" for name in NAMES))]
HEADING = {"ja": "手順", "en": "Step"}


class Addresses(HTMLParser):
    """All addresses that a page names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in {"href", "src", "action", "srcset"} and value]


@pytest.fixture
def html(client, db):
    def get(path):
        response = client.get(path)
        assert response.status_code == 200
        return response.content.decode()

    return get


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_and_asks_no_other_host(html, path):
    text = html(path)
    assert len(text.encode()) < 60_000
    hosts = {urlsplit(address).hostname for address in Addresses(text).found} - {None}
    assert hosts <= {"www.isp.example"}  # the provider's own top page
    assert "smtp-after-pop" not in text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_first_heading_its_language_and_the_way_to_the_other(html, path):
    text = html(path)
    language, other = path[1:3], {"ja": "en", "en": "ja"}[path[1:3]]
    assert text.count("<h1>") == 1
    assert f'<html lang="{language}">' in text
    assert f'<a href="/{other}{path[3:]}" lang="{other}" hreflang="{other}">' in text
    assert "0120-000-000" in text
    assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", text)


@pytest.mark.parametrize("path", [path for path in PAGES if "guide" in path])
def test_a_guide_is_the_same_for_everybody_and_may_be_kept(client, db, path):
    response = client.get(path)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert client.get(path, headers={"accept-language": "fr"}).content == response.content


@pytest.mark.parametrize("name", NAMES)
def test_the_number_of_a_step_stands_in_its_heading(html, name):
    text = html(f"/en/guide/{name}/")
    numbers = re.findall(r"<h3>\s*<span class=\"number\">Step (\d+) of (\d+):</span>", text)
    assert [int(number) for number, _total in numbers] == list(range(1, len(numbers) + 1))
    assert {int(total) for _number, total in numbers} == {len(numbers)}


def test_the_values_come_from_the_settings(html):
    with override_settings(SMTP_HOST="mail.provider.example", SMTP_PORT=587):
        text = html("/en/guide/thunderbird/").replace("<wbr>", "")
    assert "mail.provider.example" in text
    assert ">587<" in text
    assert "STARTTLS" in text
    assert "smtp.isp.example" not in text
    assert "465" not in text


def test_a_program_without_guide_leads_to_the_one_for_any_other(client, db):
    assert client.get("/ja/guide/foxmail/").headers["Location"] == "/ja/guide/other/"
    assert client.get("/ja/guide/nonsense/").status_code == 404


@pytest.mark.parametrize("typed", ["482913057", "482-913-057", "４８２ー９１３ー０５７", " 482 913 057 "])
def test_a_number_leads_to_the_guide_of_its_mail(client, make_notice, typed):
    make_notice(old="outlook")
    response = client.post("/ja/", {"number": typed})
    assert response.status_code == 302
    assert response["Location"] == "/ja/guide/outlook/"


def test_a_number_that_nobody_has_looks_like_any_other(client, make_notice):
    make_notice(old="other")
    existing, unknown = (client.post("/en/", {"number": number}) for number in ("482913057", "111111111"))
    assert unknown["Location"] == existing["Location"] == "/en/guide/other/"
    assert unknown.status_code == existing.status_code
    assert dict(unknown.headers) == dict(existing.headers)


@pytest.mark.parametrize("typed", ["", "12345", "48291305x", "<b>1</b>", "9" * 500])
def test_what_is_no_number_is_asked_for_again(client, db, typed):
    response = client.post("/en/", {"number": typed})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert "<b>1</b>" not in response.content.decode()


def test_the_number_is_not_taken_without_the_pages_own_form(db):
    response = Client(enforce_csrf_checks=True).post("/ja/", {"number": "482913057"})
    assert response.status_code == 403
    assert "もう一度お試しください" in response.content.decode()
    assert "Please try once more" in response.content.decode()


def test_a_page_that_is_missing_says_so_in_both_languages(client, db):
    response = client.get("/ja/nothing/here/")
    text = response.content.decode()
    assert response.status_code == 404
    assert "ページが見つかりません" in text
    assert "There is no such page" in text


@pytest.mark.parametrize("name", ["404.html", "403.html", "403_csrf.html", "500.html"])
def test_an_error_page_needs_nothing_to_show_itself(name):
    from django.template import loader

    text = loader.get_template(name).render()
    assert 'href="/ja/"' in text
    assert 'href="/en/"' in text


def test_a_drawn_screen_marks_the_place_to_press_by_the_steps_number(client):
    told = client.get("/en/guide/thunderbird/").content.decode()
    drawing = told[told.index('<figure class="screen window">') :]
    drawing = drawing[: drawing.index("</figure>")]
    assert '<p class="title" aria-hidden="true">Account Settings</p>' in drawing
    assert '<li class="press"><span class="here">4</span> Outgoing Server</li>' in drawing
    assert "Drawing: press “Outgoing Server” at number 4." in drawing


def test_the_values_of_a_drawn_screen_are_a_table_that_is_read_out(client):
    told = client.get("/en/guide/thunderbird/").content.decode()
    drawing = next(each for each in told.split("<figure")[1:] if "Server Name" in each).split("</figure>")[0]
    assert "<caption" in drawing and '<th scope="row">Server Name</th>' in drawing
    assert 'aria-hidden="true">SMTP Server<' in drawing
    assert "smtp.isp.example" in drawing.replace("<wbr>", "")
