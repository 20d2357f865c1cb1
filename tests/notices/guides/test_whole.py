"""Each guide is whole: whatever a customer may ask of a program is answered in both languages."""

import pytest

from campaign.logs.client import MACHINES
from notices.guides import catalog

CLIENTS = {client.name: client for client in catalog.clients()}
LIVING = [name for name, client in CLIENTS.items() if client.state != "dead"]
NO_MENUS = {  # guides without a drawing: there is no one screen to draw
    "shuriken",  # nobody has seen its words
    "printer",  # every maker has another
    "script",  # lines of a file
    "other",
}
SAYS_NOTHING = {  # programs whose mail has no header that names them
    "outlook-new",  # Microsoft's servers send for it
    "gmail-android",
    "samsung",
    "gmail-web",
    "windows-mail-app",
    "shuriken",  # one is looked for, but none was seen in an archive
    "other",
}
WANTED = (
    "thunderbird", "outlook", "outlook-new", "windows-mail-app", "windows-live-mail", "outlook-mac", "apple-mail",
    "iphone", "gmail-android", "samsung", "k9", "becky", "shuriken", "sylpheed", "outlook-express", "eudora",
    "gmail-web", "printer", "script", "other",
)  # fmt: skip


def test_there_is_a_guide_for_every_program_that_was_asked_for():
    assert CLIENTS.keys() == set(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_a_guide_says_for_whom_it_is_how_to_tell_and_whether_one_is_affected(name):
    client = CLIENTS[name]
    for words in (client.title, client.who, client.looks, client.affected):
        assert words["en"] and words["ja"]
    assert client.devices or name == "other"
    assert client.evidence


@pytest.mark.parametrize("name", LIVING)
def test_a_program_that_sends_has_everything_from_its_version_to_the_way_back(name):
    client = CLIENTS[name]
    assert client.version, "how to tell which version one has"
    assert client.steps and client.test and client.undo
    assert len(client.errors) >= 2 and len(client.mistakes) >= 2
    values = {text for step in client.steps for field in step.fields for text in (field.value.en, field.value.ja)}
    texts = " ".join(values)
    assert "{smtp_host}" in texts and "{smtp_port}" in texts


@pytest.mark.parametrize("name", LIVING)
def test_the_place_to_press_is_drawn_where_the_program_has_menus(name):
    pressed = [step for step in CLIENTS[name].steps if step.screen and step.screen.press]
    assert bool(pressed) is (name not in NO_MENUS)


@pytest.mark.parametrize("name", WANTED)
def test_a_program_is_known_by_its_header_or_it_is_written_down_that_it_has_none(name):
    assert bool(CLIENTS[name].mailers) is (name not in SAYS_NOTHING)


@pytest.mark.parametrize("name", [name for name, client in CLIENTS.items() if client.state != "current"])
def test_a_program_that_has_ended_says_since_when_and_what_to_use_instead(name):
    client = CLIENTS[name]
    assert client.retired_on and client.instead["en"] and client.instead["ja"] and client.instead_guides


def test_machines_have_guides():
    assert set(MACHINES) <= set(WANTED)
