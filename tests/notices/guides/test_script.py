import re

import pytest

from campaign.brands import main_brand
from campaign.models import Language
from notices.guides import catalog
from notices.guides.script import script, spelled

EVERY = [(client.name, language) for client in catalog.clients() for language in Language.values]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_step_of_a_guide_is_said_and_asked_about(name, language):
    read_out = script(name, language, main_brand())
    steps = [each for each in read_out.passages if re.match(r"(Step|手順) \d", each.heading)]
    assert len(steps) == len(catalog.client(name).steps)
    assert all(each.say and each.ask for each in steps)


def test_what_is_typed_is_spelled_and_a_description_is_not():
    dictated = [each for passage in script("thunderbird", "en", main_brand()).passages for each in passage.dictated]
    by_label = {each.label: each for each in dictated}
    assert by_label["Server Name"].spelled == "s m t p dot i s p dot e x a m p l e"
    assert by_label["User Name"].spelled == ""


def test_signs_are_called_by_their_names():
    assert spelled("a-b_1", "ja") == "a ハイフン b アンダーバー 1"


def test_the_customer_is_asked_about_the_word_to_press():
    asked = [each.ask for each in script("thunderbird", "en", main_brand()).passages]
    assert "Do you see “Outgoing Server”? Tell me when you have pressed it." in asked


def test_who_sees_something_else_is_told_of_other_versions_and_messages():
    passages = script("thunderbird", "en", main_brand()).passages
    assert any("Older versions" in each for passage in passages for each in passage.otherwise)
    test = next(each for each in passages if each.heading == "Finally: does it work?")
    assert any("Unable to authenticate" in each for each in test.otherwise)


def test_nobody_is_asked_for_a_password():
    opening = script("iphone", "en", main_brand()).passages[0]
    assert any("never tell me your password" in each for each in opening.say)


def test_a_program_that_has_ended_has_its_successors_instead_of_steps():
    passages = script("eudora", "en", main_brand()).passages
    assert not any(each.heading.startswith("Step") for each in passages)
    assert any(each.heading == "About this program" for each in passages)
    assert "cannot send the new way" in passages[0].say[0]
