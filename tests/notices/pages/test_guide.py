import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings

from notices.guides import catalog, telling

NAMES = ("iphone", "thunderbird", "outlook", "other")
PARTS = ("", "1/", "all/", "test/", "trouble/", "undo/")
GUIDES = [f"guide/{name}/{part}" for name in NAMES for part in PARTS]
OTHERS = ("", "which/", "which/phone/", "which/windows/", "which/else/")
PAGES = [f"/{language}/{rest}" for language in ("ja", "en") for rest in (*OTHERS, *GUIDES)]


class Addresses(HTMLParser):
    """All addresses that a page names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in {"href", "src", "action", "srcset"} and value]


def turns(html):
    """The addresses of the buttons that lead to other pages of the guide."""
    return re.findall(r'<a class="button[^"]*" href="([^"]*)"', html)


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
    assert len(re.findall("<h1[ >]", text)) == 1
    assert f'<html lang="{language}">' in text
    assert f'<a href="/{other}{path[3:]}" lang="{other}" hreflang="{other}">' in text
    assert "0120-000-000" in text
    assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", text)


@pytest.mark.parametrize("path", PAGES)
def test_a_guide_is_the_same_for_everybody_and_may_be_kept(client, db, path):
    response = client.get(path)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert client.get(path, headers={"accept-language": "fr"}).content == response.content


@pytest.mark.parametrize("name", NAMES)
def test_the_number_of_a_step_stands_in_its_heading_on_paper(html, name):
    text = html(f"/en/guide/{name}/all/")
    numbers = re.findall(r"<h3>\s*<span class=\"number\">Step (\d+) of (\d+):</span>", text)
    assert [int(number) for number, _total in numbers] == list(range(1, len(numbers) + 1))
    assert {int(total) for _number, total in numbers} == {len(numbers)}


def test_each_step_has_a_page_that_leads_on_to_the_next_and_back(html):
    total = len(catalog.client("thunderbird").steps)
    for number in range(1, total + 1):
        text = html(f"/ja/guide/thunderbird/{number}/")
        heading = re.search(r"<h1 .*?</h1>", text, re.S)[0]
        assert f"手順 {number} / {total}" in heading
        assert turns(text) == [
            f"/ja/guide/thunderbird/{number + 1}/" if number < total else "/ja/guide/thunderbird/test/",
            f"/ja/guide/thunderbird/{number - 1}/" if number > 1 else "/ja/guide/thunderbird/",
        ]


def test_the_switch_that_must_be_off_has_a_page_of_its_own_before_the_test(html):
    last = len(catalog.client("outlook").steps)
    assert turns(html(f"/en/guide/outlook/{last}/"))[0] == "/en/guide/outlook/switch/"
    text = html("/en/guide/outlook/switch/")
    assert turns(text) == ["/en/guide/outlook/test/", f"/en/guide/outlook/{last}/"]
    assert "Important: this must be off</h1>" in text


def test_the_last_page_leads_to_what_to_do_if_it_does_not_work(html):
    text = html("/en/guide/iphone/test/")
    assert turns(text)[0] == "/en/guide/iphone/trouble/"
    assert "Enter the password" in html("/en/guide/iphone/trouble/")


@pytest.mark.parametrize(
    "path", ["iphone/0/", "iphone/99/", "iphone/switch/", "iphone/nonsense/", "eudora/1/", "eudora/test/"]
)
def test_a_page_that_a_guide_does_not_have_is_missing(client, db, path):
    assert client.get(f"/ja/guide/{path}").status_code == 404


def test_a_program_that_has_ended_says_so_and_has_no_steps_to_begin_with(html):
    text = html("/en/guide/eudora/")
    assert "This program can no longer be used" in text
    assert "Begin with step 1" not in text
    assert "Ended by its maker: 2006<" in text
    assert "Ended by its maker: Dec. 31, 2024<" in html("/en/guide/windows-mail-app/")


@pytest.mark.parametrize("name", ["outlook-express", "windows-mail-app", "eudora"])
@pytest.mark.parametrize(
    ("language", "heading"), [("en", "what to use instead"), ("ja", "かわりにお使いいただけるもの")]
)
def test_a_program_that_has_ended_leads_to_what_to_use_and_offers_no_values_to_put_into_it(
    html, name, language, heading
):
    for path in (f"/{language}/guide/{name}/", f"/{language}/guide/{name}/all/"):
        text = html(path)
        assert heading in text
        assert '<table class="settings' not in text and "data-copy" not in text
        assert f"/{language}/guide/thunderbird/" in text and f"/{language}/setup/" in text
    assert '<table class="settings' in html(f"/{language}/guide/thunderbird/")


@pytest.mark.parametrize(
    ("day", "japanese", "english"),
    [
        ("2024-12-31", "2024年12月31日", "Dec. 31, 2024"),
        ("2024-12", "2024年12月", "December 2024"),
        ("2006", "2006年", "2006"),
        ("", "", ""),
    ],
)
def test_the_end_of_a_program_is_told_as_exactly_as_it_is_known(day, japanese, english):
    assert (telling._ended(day, "ja"), telling._ended(day, "en")) == (japanese, english)


def test_who_sees_something_else_is_told_of_other_versions_and_whom_to_call(html):
    step = next(step for step in catalog.client("thunderbird").steps if step.versions)
    number = catalog.client("thunderbird").steps.index(step) + 1
    different = re.search(r"<details.*?</details>", html(f"/en/guide/thunderbird/{number}/"), re.S)[0]
    assert step.versions[0].when["en"] in different
    assert "0120-000-000" in different


def test_a_step_that_needs_a_page_of_ours_links_it_before_it_leads_on(html):
    for path in ("/en/guide/script/3/", "/en/guide/script/all/"):
        before, _link, after = html(path).partition('<a href="/en/setup/">Set up a new device</a>')
        assert "Get the settings for your mail address" in before and after, path
    assert "Done, go on" in html("/en/guide/script/3/").partition('<a href="/en/setup/">')[2]
    assert 'href="/en/setup/"' not in html("/en/guide/script/4/")


def test_large_letters_stay_from_page_to_page_without_a_cookie(client, db):
    for path in PAGES:
        response = client.get(f"{path}?size=large")
        text = response.content.decode()
        assert 'class="large"' in text and not response.cookies
        here = [url for url in Addresses(text).found if url.startswith(path[:4])]
        small = {url for url in here if not url.endswith("?size=large")}
        assert small == {path}, path  # the link to standard letters


def test_values_that_are_typed_as_they_stand_can_be_copied(html):
    table = html("/en/").split('<table class="settings">')[1].split("</table>")[0].replace("<wbr>", "")
    copied = re.findall(r'<td data-copy="Copy" data-copied="Copied:"><span class="value">(.*?)</span>', table)
    assert copied == ["smtp.isp.example", "465"]


def test_the_values_come_from_the_settings(html):
    with override_settings(SMTP_HOST="mail.provider.example", SMTP_PORT=587):
        text = html("/en/guide/thunderbird/all/").replace("<wbr>", "")
    assert "mail.provider.example" in text
    assert ">587<" in text
    assert "STARTTLS" in text
    assert "smtp.isp.example" not in text
    assert "465" not in text


def test_a_program_without_guide_leads_to_the_one_for_any_other(client, db):
    assert client.get("/ja/guide/foxmail/").headers["Location"] == "/ja/guide/other/"
    assert client.get("/ja/guide/nonsense/").status_code == 404


def test_a_form_that_is_not_the_pages_own_is_refused_in_both_languages(db):
    response = Client(enforce_csrf_checks=True).post("/ja/setup/file/", {"address": "hanako@isp.example"})
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
    told = client.get("/en/guide/thunderbird/all/").content.decode()
    drawing = told[told.index('<figure class="screen window">') :]
    drawing = drawing[: drawing.index("</figure>")]
    assert '<p class="title" aria-hidden="true">Account Settings</p>' in drawing
    assert '<li class="press"><span class="here">4</span> Outgoing Server</li>' in drawing
    assert "Drawing: press “Outgoing Server” at number 4." in drawing


def test_the_values_of_a_drawn_screen_are_a_table_that_is_read_out(client):
    told = client.get("/en/guide/thunderbird/all/").content.decode()
    drawing = next(each for each in told.split("<figure")[1:] if "Server Name" in each).split("</figure>")[0]
    assert "<caption" in drawing and '<th scope="row">Server Name</th>' in drawing
    assert 'aria-hidden="true">SMTP Server<' in drawing
    assert "smtp.isp.example" in drawing.replace("<wbr>", "")
