"""Every public page is valid HTML, as its parser tells it, and is built so that it can be read out."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import desk
import pytest
from builders import TODAY, noon
from django.template import loader
from django.utils import timezone
from places import FIXED, GUIDES, under
from tinyhtml5.parser import HTMLParser as Validator

from campaign.models import CallBack, Exemption
from notices import links
from notices.models import Mute
from notices.pages import limit

LANGUAGES = ("ja", "en")
REFERENCES = ("aria-labelledby", "aria-describedby", "for")
HEADINGS = ("h1", "h2", "h3", "h4")


class Built(HTMLParser):
    """Elements in their order, ids, and what refers to ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in REFERENCES:
                self.references |= set(value.split())
            elif name == "href" and value.startswith("#"):
                self.references.add(value[1:])


@pytest.fixture
def pages(client, db):
    """The page at a place, and those of its guide, each with its path."""

    def at(place):
        for each in under(place):
            for language in LANGUAGES:
                path = f"/{language}/{each}"
                response = client.get(path)
                assert response.status_code == 200, path
                yield path, response.content.decode()

    return at


@pytest.mark.parametrize("place", (*FIXED, *GUIDES))
def test_a_page_is_valid_small_and_built_to_be_read_out(pages, place):
    for path, text in pages(place):
        assert_well_built(path, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_are_the_pages_behind_a_link_whatever_they_have_to_show(client, make_notice, path_of, monkeypatch, language):
    monkeypatch.setattr(timezone, "now", lambda: noon(TODAY))
    auth = {"last_auth_on": TODAY, "last_auth_at": noon(TODAY)}
    fresh = make_notice(reason="auth_failed")
    moving = make_notice(number="482913058", login="taro@isp.example", standing="moving", new="outlook", **auth)
    done = make_notice(number="482913059", login="ken@isp.example", standing="migrated", new="eudora", **auth)
    person = {"customer": moving.holdout.customer, "asked_at": noon(TODAY)}
    CallBack.objects.create(phone="09012345678", day=TODAY, part="morning", **person)
    campaign, until = moving.holdout.campaign, TODAY + timedelta(days=150)
    Exemption.objects.create(campaign=campaign, from_day=TODAY, until=until, asked_why="help", **person)
    Mute.objects.create(holdout=moving.holdout, by="page", at=noon(TODAY))
    for notice in (fresh, moving, done):
        stop = urlsplit(links.stop_url(notice)).path
        for path in (*(path_of(notice, language) + page for page in ("", "more-time/", "call/")), stop):
            assert_well_built(path, client.get(path).content.decode())
    for page in ("more-time/", "call/"):  # with what was wrong
        answer = client.post(path_of(fresh, language) + page)
        assert answer.status_code == 422
        assert_well_built(page, answer.content.decode())
    assert_well_built("gone", client.get(f"/{language}/p/unknown/").content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_are_the_answers_to_what_was_typed(client, campaign, language):
    sent = desk.make_notice(desk.make_mailing(campaign), number="482913057")
    typed = [("number/", {"number": "12"}), ("find/", {"words": "0x800CCC79"}), ("find/", {"words": "eudora"})]
    typed += [("find/", {"words": "xyzzy"}), ("setup/file/", {"address": "hanako", "file": "apple"})]
    typed += [("notices/check/", {"number": number}) for number in ("482913057", "111111111", "12")]
    for place, words in typed:
        assert_well_built(place, client.post(f"/{language}/{place}", words).content.decode())
    for place in ("notices/", f"notices/{TODAY.year}/", f"notices/words/{sent.mailing_id}/"):
        assert_well_built(place, client.get(f"/{language}/{place}").content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_is_the_page_for_who_asks_too_often(client, db, monkeypatch, language):
    monkeypatch.setattr(limit, "allowed", lambda request, **_: False)
    answer = client.post(f"/{language}/find/", {"words": "x"})
    assert answer.status_code == 429
    assert_well_built("busy", answer.content.decode())


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_so_are_the_pages_of_errors(name):
    text = loader.get_template(name).render()
    assert not faults(text) and len(text.encode()) < 60_000
    assert text.count("<h1") == 1 and text.count("<main") == 1


def assert_well_built(path: str, text: str) -> None:
    assert not faults(text), path
    assert len(text.encode()) < 60_000, path
    built = Built(text)
    assert len(built.ids) == len(set(built.ids)), path
    assert built.references <= set(built.ids), path
    levels = [HEADINGS.index(name) for name in built.names if name in HEADINGS]
    assert levels[0] == 0 and levels.count(0) == 1, path
    assert all(after <= before + 1 for before, after in pairwise(levels)), path
    for landmark in ("header", "main", "footer"):
        assert built.names.count(landmark) == 1, (path, landmark)
    assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", text), path


def faults(text: str) -> list[str]:
    parser = Validator()
    parser.parse(text)
    return [f"{place}: {name}" for place, name, _values in parser.errors]


@pytest.mark.parametrize(
    "broken",
    ["<p><ul><li>a</ul></p>", '<p class="a" class="b">c</p>', "<p>a</b></p>", "<table><p>a</p></table>", "<p>&nosuch;"],
)
def test_what_is_not_valid_is_found(broken):
    page = "<!DOCTYPE html><html><head><title>a</title></head><body>{}</body></html>"
    assert not faults(page.format("<p>a</p>"))
    assert faults(page.format(broken))
