import os
import subprocess
import sys

import pytest

from campaign.brands import main_brand
from campaign.models import Language
from notices.guides import catalog, finding

WINDOW = (
    "Send Message Error. Sending of the message failed. Unable to authenticate to Outgoing server (SMTP) "
    "smtp.isp.example. Please check the password and verify the authentication method in Account Settings."
)


def told(typed, language="en"):
    return finding.messages(typed, language, main_brand())


EVERY = [
    (client.name, message, language)
    for client in catalog.clients()
    for message in client.errors
    for language in Language.values
]


@pytest.mark.parametrize(("name", "message", "language"), EVERY, ids=lambda value: str(value)[:30])
def test_every_message_finds_its_own_guide(name, message, language):
    found = told(message.shows[language], language)
    (same,) = [each for each in found if each.shows == message.shows[language]]
    assert name in {meaning.guide for meaning in same.meanings}


@pytest.mark.parametrize(
    "typed", ["0x800CCC79", "800ccc79", "０ｘ８００ＣＣＣ７９", "エラー番号 : 0x800CCC79", "CCC79"]
)
def test_a_number_is_found_however_it_is_typed(typed):
    assert any("0x800CCC79" in each.shows for each in told(typed))


def test_few_words_in_another_order_are_enough():
    assert any("Relay access denied" in each.shows for each in told("denied relay"))


def test_a_whole_window_pasted_finds_the_message_in_it():
    assert told(WINDOW)[0].shows.startswith("Unable to authenticate")


def test_equal_messages_come_in_the_same_order_in_every_process():
    """A set has another order in each process, and sums of fractions depend on it."""
    script = (
        "import django; django.setup()\n"
        "from campaign.brands import main_brand\n"
        "from notices.guides import finding\n"
        f"print([each.shows for each in finding.messages({WINDOW!r}, 'en', main_brand())])"
    )
    told = [
        subprocess.check_output([sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, text=True)
        for seed in ("1", "3", "5")
    ]
    assert len(set(told)) == 1
    assert told[0].startswith("['Unable to authenticate")


def test_japanese_is_found_by_part_and_with_or_without_the_long_bar():
    for typed in ("送信サーバの認証に失敗", "認証に失敗しました"):
        assert any("認証に失敗" in each.shows for each in told(typed, "ja")), typed


def test_a_message_in_the_other_language_is_found_too():
    assert any("認証に失敗" in each.shows for each in told("Unable to authenticate to Outgoing server", "ja"))


@pytest.mark.parametrize("typed", ["", "  ", "x", "zzzz", "今日はいい天気です", "hello my dear friend"])
def test_what_is_no_message_finds_none(typed):
    assert told(typed) == () == told(typed, "ja")


@pytest.mark.parametrize(
    ("typed", "guide"),
    [
        ("Thunderbird", "thunderbird"),
        ("サンダーバード", "thunderbird"),
        ("ＴＨＵＮＤＥＲＢＩＲＤ", "thunderbird"),
        ("outlook 2016 です", "outlook"),
        ("アウトルック", "outlook"),
        ("アイフォン", "iphone"),
        ("windows live mail", "windows-live-mail"),
        ("秀丸", "other"),
        ("eM Client", "other"),
    ],
)
def test_a_program_is_found_by_its_name_as_people_write_it(typed, guide):
    assert guide in {each.guide for each in finding.programs(typed, "ja")}


@pytest.mark.parametrize("typed", ["", "a", "メ", "550 5.7.1", "hello"])
def test_what_is_no_programs_name_finds_none(typed):
    assert finding.programs(typed, "en") == ()
