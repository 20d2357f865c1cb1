import re
from dataclasses import replace

import pytest
from django.test import override_settings

from campaign.brands import main_brand
from campaign.logs.client import MACHINES, PROGRAMS, program_of
from campaign.models import Language
from campaign.tables import strings
from notices.guides import catalog
from notices.guides.schema import MARK
from notices.guides.wording import Teller, door, plain

NAMES = tuple(client.name for client in catalog.clients())
EVERY = [(name, language) for name in NAMES for language in Language.values]

# A second verb after a joining word is a second action: "press A and then press B".
TWO_ACTIONS = {
    "en": re.compile(r"\b(?:and then|, then|, and (?:click|tap|choose|enter|press)|; )\b", re.I),
    "ja": re.compile(r"(?:してから|した(?:あと|後)|押して、|選んで、|入れて、|付けて、|開いて、|そのあと)"),
}


def test_the_guides_stand_in_the_order_of_the_index():
    assert NAMES[:3] == ("iphone", "thunderbird", "outlook") and NAMES[-1] == "other"
    assert len({client.order for client in catalog.clients()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_header_of_the_program_leads_to_its_guide(name):
    client = catalog.client(name)
    for mailer in client.mailers:
        assert catalog.client(program_of(mailer)).name == name, mailer


def test_every_program_that_a_log_can_name_has_a_guide_or_a_title():
    for program, _ in PROGRAMS:
        assert catalog.client(program).name != "other" or program in (*catalog.WITHOUT_GUIDE, *MACHINES), program


@pytest.mark.parametrize("name", NAMES)
def test_guides_of_what_to_use_instead_are_of_programs_that_live(name):
    for other in catalog.client(name).instead_guides:
        assert catalog.client(other).name == other and catalog.client(other).state == "current"


def test_a_program_without_guide_gets_the_one_for_any_other():
    for name in ("", "foxmail", "never-heard-of"):
        assert catalog.client(name).name == "other"


@pytest.mark.parametrize(
    ("name", "title"),
    [("iphone", "Mail on iPhone and iPad"), ("becky", "Becky!"), ("other", ""), ("script", ""), ("", "")],
)
def test_a_program_is_called_what_people_call_it(name, title):
    assert catalog.title(name, "en") == title


def test_a_machine_is_no_mail_program_but_has_a_guide():
    for machine in MACHINES:
        assert catalog.title(machine, "en") == "" and catalog.client(machine).name == machine


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_that_a_step_needs_is_named_in_the_mail(language):
    address = f"   {main_brand().site}/{language}/setup/"
    assert address in catalog.mail_steps("script", language, main_brand())
    assert address not in catalog.mail_steps("thunderbird", language, main_brand())


def test_a_program_has_the_name_that_its_own_screen_shows():
    assert catalog.title("windows-live-mail", "ja") == "Windows Live メール"
    assert catalog.title("becky", "ja") == "Becky!"
    assert catalog.IN_JAPANESE.keys() <= catalog.WITHOUT_GUIDE.keys()


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_token_and_every_label_of_a_guide_is_filled(name, language):
    client = catalog.client(name)
    teller = Teller(client, language, main_brand())
    for where, text in strings(client):
        if where.endswith(f".{language}"):
            told = "".join(part.text for part in teller._parts(text))
            assert not MARK.search(told.replace("[STARTTLS]", "")), where


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_step_is_one_sentence_with_one_action(name, language):
    client = catalog.client(name)
    teller = Teller(client, language, main_brand())
    for action in teller.actions(client.steps + client.test + client.undo):
        told = plain(action.do)
        assert not TWO_ACTIONS[language].search(told), told
        inside = re.sub(r"[“「].*?[”」]", "", told)  # a label may hold a full stop
        assert len(re.findall(r"[.。](?:\s|$)|。", inside)) == 1, told
        assert len(told) <= (90 if language == "en" else 45), told


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_steps_and_numbers_that_a_text_names_exist(name, language):
    client = catalog.client(name)
    for where, text in strings(client):
        if where.endswith(f".{language}"):
            for first in re.findall(r"(?:steps?|手順) (\d+)", text):
                assert 1 <= int(first) <= len(client.steps), where


LIVING = [(client.name, language) for client in catalog.clients() if client.steps for language in Language.values]


@pytest.mark.parametrize(("name", "language"), LIVING)
@pytest.mark.parametrize("port", [465, 587])
def test_the_mail_tells_the_providers_own_values(name, language, port):
    client = catalog.client(name)
    with override_settings(SMTP_HOST="mail.provider.example", SMTP_PORT=port, DEFAULT_DOMAIN="provider.example"):
        lines = catalog.mail_steps(name, language, main_brand())
        way = door(main_brand(), prefers=client.prefers)
    text = "\n".join(lines)
    assert f": {way.port}" in text
    assert "mail.provider.example" in text
    used = {text for _, text in strings(client)}
    assert "hanako@provider.example" in text or "{login}" not in used  # some take the incoming server's
    assert client.security[way.security][language] in text or "{security}" not in used  # some know only "on"
    numbers = [int(line.split(".")[0]) for line in lines if line[0].isdigit()]
    assert numbers == list(range(1, len(client.steps) + 1))


@pytest.mark.parametrize("name", [client.name for client in catalog.clients() if not client.steps])
def test_the_mail_to_who_has_a_program_without_steps_says_what_to_use(name):
    (line,) = catalog.mail_steps(name, "en", main_brand())
    assert "Please" in line


def test_a_word_that_nobody_saw_makes_its_step_unsure():
    known = catalog.client("outlook")
    word = replace(known.labels["manage_profiles"], unverified=("en",))
    client = replace(known, labels={**known.labels, "manage_profiles": word})
    third = {language: Teller(client, language, main_brand()).actions(client.steps)[2] for language in ("en", "ja")}
    assert third["en"].unsure
    assert not third["ja"].unsure


def test_a_word_to_choose_stands_in_its_box_as_the_program_shows_it():
    client = catalog.client("thunderbird")
    lines = {
        line.label: plain(line.value) for line in Teller(client, "en", main_brand()).actions(client.steps)[6].lines
    }
    assert lines["Authentication method"] == "Normal password"


def test_port_and_encryption_are_marked_as_a_pair_in_every_guide():
    for client in catalog.clients():
        if not client.steps:
            continue
        pairs = [field.label for step in client.steps for field in step.fields if field.pair]
        assert len(pairs) == 2, client.name


def test_programs_with_a_switch_for_the_old_way_name_it():
    with_switch = {client.name for client in catalog.clients() if client.pbs_switch}
    assert with_switch == {"outlook", "becky", "sylpheed", "shuriken", "printer", "script", "other"}


def test_no_guide_holds_a_server_name_of_its_own():
    for path in catalog.FOLDER.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[a-z0-9-]+\.(?:com|net|jp|org|example)\b", text), path.name
        assert "smtp-after-pop" not in text
