"""`manage.py guides`: needs no database, as it tells of files alone."""

import json
import re

import pytest
from django.core.management import call_command

from notices.guides import catalog, schema

OUTLOOK = catalog.FOLDER / "outlook.toml"


@pytest.fixture
def run(capsys):
    def command(*words: str) -> list[str]:
        call_command("guides", *words)
        return capsys.readouterr().out.splitlines()

    return command


@pytest.fixture
def only_outlook(monkeypatch, tmp_path):
    """One guide; its last message of the English ones and two labels are not verified."""
    text = re.sub(r", unverified = \[.*?\]|\nunverified = \[.*?\]", "", OUTLOOK.read_text(encoding="utf-8"))
    text = text.replace('ja = "はい" }', 'ja = "はい", unverified = ["ja"] }')
    text = text.replace('ja = "完了" }', 'ja = "完了", unverified = ["en", "ja"] }')
    text = text.replace('shows.ja = "0x800CCC1A"', 'shows.ja = "0x800CCC1A"\nunverified = ["en"]')
    path = tmp_path / "outlook.toml"
    path.write_text(text, encoding="utf-8")
    client = schema.read(path)
    monkeypatch.setattr(catalog, "clients", lambda: (client,))
    return client


def test_every_guide_is_listed_in_the_order_of_the_index(run):
    heading, *lines = run()
    assert heading.split() == ["guide", "state", "steps", "unverified"]
    assert [line.split()[0] for line in lines] == [client.name for client in catalog.clients()]


def test_a_guide_shows_its_state_its_steps_and_how_many_words_are_not_verified(run, only_outlook):
    assert run()[1].split() == ["outlook", "current", str(len(only_outlook.steps)), "4"]
    (line,) = run("--json")
    assert json.loads(line) == {
        "guide": "outlook",
        "state": "current",
        "steps": len(only_outlook.steps),
        "unverified": 4,
    }


def test_words_that_are_not_verified_are_listed_with_where_they_stand(run, only_outlook):
    third = next(place for place, each in enumerate(only_outlook.errors, 1) if each.shows.en == "0x800CCC1A")
    assert [line.split(maxsplit=3) for line in run("--unverified")] == [
        ["file", "label", "language", "word"],
        ["outlook.toml", "yes", "ja", "はい"],
        ["outlook.toml", "finish", "en", "Finish"],
        ["outlook.toml", "finish", "ja", "完了"],
        ["outlook.toml", f"errors[{third}].shows", "en", "0x800CCC1A"],
    ]


def test_a_script_reads_one_word_a_line(run, only_outlook):
    first, *others = map(json.loads, run("--unverified", "--json"))
    assert first == {"file": "outlook.toml", "label": "yes", "language": "ja", "word": "はい"}
    assert len(others) == 3


def test_the_counts_of_all_guides_are_those_of_the_list(run):
    listed = [json.loads(line)["file"] for line in run("--unverified", "--json")]
    for guide in map(json.loads, run("--json")):
        assert guide["unverified"] == listed.count(f"{guide['guide']}.toml"), guide["guide"]


def test_where_every_word_was_seen_the_list_is_empty(run, monkeypatch):
    monkeypatch.setattr(catalog, "clients", lambda: ())
    assert run("--unverified") == run("--unverified", "--json") == []
