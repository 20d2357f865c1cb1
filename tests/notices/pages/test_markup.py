"""Every public page is valid HTML, as its parser tells it, and is built so that it can be read out."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tinyhtml5.parser import HTMLParser as Validator

from notices.guides import catalog

LANGUAGES = ("ja", "en")
FIXED = ("", "find/", "which/", "which/phone/", "which/computer/", "setup/", "notices/", "notices/check/")
DEVICES = tuple(f"which/{device}/" for device in ("iphone", "android", "windows", "mac", "else"))
REFERENCES = ("aria-labelledby", "aria-describedby", "for")
HEADINGS = ("h1", "h2", "h3", "h4")


def parts(client) -> list[str]:
    """Every page of a guide."""
    found = ["", "all/"]
    if client.steps:
        found += [f"{number}/" for number in range(1, len(client.steps) + 1)]
        found += ["test/"] + ["switch/"] * bool(client.pbs_switch)
    return found + ["trouble/"] * bool(client.errors or client.mistakes) + ["undo/"] * bool(client.undo)


PLACES = [*FIXED, *DEVICES, *(f"guide/{client.name}/" for client in catalog.clients())]


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
        name = place.split("/")[1] if place.startswith("guide/") else ""
        for part in parts(catalog.client(name)) if name else ("",):
            for language in LANGUAGES:
                path = f"/{language}/{place}{part}"
                response = client.get(path)
                assert response.status_code == 200, path
                yield path, response.content.decode()

    return at


@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_valid_small_and_built_to_be_read_out(pages, place):
    for path, text in pages(place):
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
