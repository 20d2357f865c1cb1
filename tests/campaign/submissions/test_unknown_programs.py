from datetime import date, timedelta

import pytest
from attributed import attributed, submission
from django.db import transaction

from campaign.models import UnknownProgram
from campaign.submissions import daily, retention
from campaign.submissions.unknown_programs import KEPT, LONGEST, LOOKED_AT, shown

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)
HANAKO, TARO = "hanako@isp.example", "taro@isp.example"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


def replace(*submissions: dict, day: date = DAY) -> list[tuple[str, int, int]]:
    with transaction.atomic():
        daily.replace(attributed(*submissions), day)
    rows = UnknownProgram.objects.filter(day=day).order_by("-submissions", "value")
    return list(rows.values_list("value", "submissions", "people"))


def test_values_that_name_no_program_are_counted_with_mails_and_people():
    outlook = {"client_program": "Microsoft Outlook 16.0", "known_program": "outlook"}
    found = replace(
        submission(HANAKO, client_program="Nadeshiko 3.1"),
        submission(HANAKO, client_program="Nadeshiko 3.1", **{"class": "smtp_auth"}),
        submission(TARO, client_program="Nadeshiko 3.1"),
        submission(TARO, client_program="Other 1"),
        submission(TARO, **outlook),
        submission(TARO),
    )
    assert found == [("Nadeshiko 3.1", 3, 2), ("Other 1", 1, 1)]


def test_inbound_mail_and_unexplained_relays_say_nothing_about_customers():
    strangers = [
        submission(None, client_program="Newsletter 9", **{"class": c}) for c in ("inbound", "unexplained_relay")
    ]
    assert replace(*strangers) == []


def test_mail_of_nobody_in_particular_counts_without_people():
    assert replace(submission(None, client_program="Other 1", attribution="ambiguous")) == [("Other 1", 1, 0)]


def test_a_day_is_replaced_as_a_whole_and_dropped_by_the_retention():
    replace(submission(HANAKO, client_program="Early"), day=DAY - timedelta(days=1))
    replace(submission(HANAKO, client_program="Wrong"))
    assert replace(submission(HANAKO, client_program="Right")) == [("Right", 1, 1)]
    retention.drop_before(DAY)
    assert list(UnknownProgram.objects.values_list("value", flat=True)) == ["Right"]


def test_a_program_that_writes_another_value_each_time_takes_no_more_than_its_room():
    often = [submission(HANAKO, client_program="Nadeshiko 3.1")] * 2
    found = replace(*often, *(submission(HANAKO, client_program=f"Mailer {n}") for n in range(LOOKED_AT + 50)))
    assert len(found) == KEPT
    assert found[0] == ("Nadeshiko 3.1", 2, 1)


def test_values_that_differ_by_a_mail_address_alone_are_one():
    values = ("licensed to <hanako@isp.example>", "licensed to <taro@isp.example>")
    assert replace(*(submission(HANAKO, client_program=value) for value in values)) == [("licensed to <…@…>", 2, 1)]


@pytest.mark.parametrize(
    "header",
    [
        "\x00",
        "a\x00b",
        "\x1b[31mred",
        "line\r\nend",
        "\u202etxt.exe",
        "x" * 5000,
        "<script>alert(1)</script>",
        "𠮷" * 300,
    ],
)
def test_what_a_stranger_wrote_is_one_printable_line_that_every_database_takes(header):
    value = shown(header)
    assert value.isprintable() and len(value) <= LONGEST
    assert replace(submission(HANAKO, client_program=header)) == ([(value, 1, 1)] if value else [])


def test_a_value_of_blanks_is_not_kept():
    assert replace(submission(HANAKO, client_program="   ")) == []
