from datetime import timedelta

import pytest
from builders import TODAY, make_customer
from desk import make_source
from django.utils import timezone

from campaign.dashboard.programs import DAYS, unknown
from campaign.models import UnknownProgram

pytestmark = pytest.mark.django_db
URL = "/staff/programs/unknown/"


def wrote(value: str, submissions: int = 1, people: int = 1, *, ago: int = 0, today=TODAY) -> None:
    day = today - timedelta(days=ago)
    UnknownProgram.objects.create(day=day, value=value, submissions=submissions, people=people)


def test_values_are_added_up_over_the_days_most_frequent_first():
    wrote("A 1", 3, 2, ago=0)
    wrote("A 1", 4, 1, ago=5)
    wrote("B 2", 6, 6, ago=3)
    found = [(one.value, one.submissions, one.people, one.days, one.last_day) for one in unknown(today=TODAY)]
    assert found == [("A 1", 7, 2, 2, TODAY), ("B 2", 6, 6, 1, TODAY - timedelta(days=3))]


def test_what_is_older_or_later_is_left_out():
    wrote("old", ago=DAYS)
    wrote("first", ago=DAYS - 1)
    wrote("later", ago=-1)
    assert [one.value for one in unknown(today=TODAY)] == ["first"]


def test_what_a_stranger_wrote_does_nothing_on_the_page(staff):
    wrote("<script>alert(1)</script>", today=timezone.localdate())
    text = staff.get(URL).content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_page_tells_no_unknown_program_from_no_program_at_all(staff):
    make_source("mx1", "postfix", until=timezone.now())
    assert "does not log the headers" in staff.get(URL).content.decode()
    make_customer(client_program="becky")
    assert "every program that named itself is known" in staff.get(URL).content.decode()


def test_many_values_are_paged(staff):
    for number in range(60):
        wrote(f"Program {number:02}", today=timezone.localdate())
    assert "Program 00" in staff.get(URL).content.decode()
    second = staff.get(URL, {"page": "2"}).content.decode()
    assert "Program 59" in second and "Program 00" not in second


def test_nobody_sees_it_without_a_login(client):
    assert client.get(URL).status_code == 302
