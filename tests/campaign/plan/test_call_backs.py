"""Call-backs: the number, the days, the contact that a call becomes, and that no number is kept."""

from datetime import date, timedelta

import pytest
from builders import TODAY, make_customer, make_user, noon
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from campaign import tasks
from campaign.models import CallBack, Contact
from campaign.plan import call_backs
from campaign.plan.calendar import is_working_day
from campaign.plan.call_backs import NotPossible, phone_in

FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("03-1234-5678", "0312345678"),
        ("０３（１２３４）５６７８", "0312345678"),
        ("090 1234 5678", "09012345678"),
        ("090ー1234ー5678", "09012345678"),
        ("+81 90-1234-5678", "09012345678"),
        ("+81 (0)3-1234-5678", "0312345678"),
        ("06012345678", "06012345678"),
        ("0467-22-3333", "0467223333"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, number):
    assert phone_in(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        *("", "110", "12345678", "0120-444-444", "0800-123-4567", "0570-000-000", "0990-123-456", "+1 212 555 0100"),
        *("03-1234-567", "090-1234-567", "0312345678 or 0311111111", "javascript:1", "０", "٠٣١٢٣٤٥٦٧٨", "00312345678"),
    ],
)
def test_what_cannot_be_called_is_refused(typed):
    with pytest.raises(NotPossible, match="area code"):
        phone_in(typed)


@given(st.text(max_size=40))
def test_whatever_is_typed_only_digits_are_kept(typed):
    try:
        number = phone_in(typed)
    except NotPossible:
        return
    assert number.isascii() and number.isdigit() and len(number) in (10, 11) and number[0] == "0"


def test_the_next_open_days_are_offered():
    offered = call_backs.days_offered(FRIDAY, is_working_day)
    assert offered == [FRIDAY + timedelta(days=days) for days in (3, 4, 5, 6, 7)]


@pytest.fixture
def customer(db):
    return make_customer("hanako@isp.example")


def asked(customer, **given) -> CallBack:
    values = {"customer_id": customer.pk, "phone": "03-1234-5678", "day": TODAY + timedelta(days=1), "part": "morning"}
    return call_backs.ask(**values | {"now": noon(TODAY), "today": TODAY, "is_open": is_working_day} | given)


def test_who_asks_again_changes_the_one_call(customer):
    asked(customer)
    asked(customer, phone="090-1234-5678", part="any")
    found = CallBack.objects.get()
    assert (found.phone, found.part, found.asked_at) == ("09012345678", "any", noon(TODAY))


@pytest.mark.parametrize(
    "given", [{"day": TODAY}, {"day": TODAY + timedelta(days=30)}, {"part": "night"}, {"phone": "1"}]
)
def test_what_was_not_offered_is_refused(customer, given):
    with pytest.raises(NotPossible):
        asked(customer, **given)
    assert not CallBack.objects.exists()


def test_who_wants_no_call_any_more_is_forgotten(customer):
    asked(customer)
    assert call_backs.forget(customer_id=customer.pk) and not call_backs.forget(customer_id=customer.pk)


def done(call_back: CallBack, **given) -> tuple[Contact, date | None] | None:
    values = {"minutes": 8, "topic": "how_to", "outcome": "solved", "now": noon(TODAY)}
    values |= {"today": TODAY, "is_open": is_working_day}
    values["user_id"] = given.get("user_id") or make_user("a").pk
    return call_backs.done(call_back_id=call_back.pk, **values | given)


def test_a_call_becomes_a_contact_and_the_number_goes(customer):
    made, again = done(asked(customer))
    assert (made.customer, made.channel, made.minutes, made.topic, made.outcome) == (
        *(customer, "phone", 8, "how_to"),
        "solved",
    )
    assert made.made_by.get_username() == "a" and again is None and not CallBack.objects.exists()


def test_who_is_to_be_called_once_more_waits_on_for_a_later_day(customer):
    waiting = asked(customer)
    for today, next_day in ((TODAY, TODAY + timedelta(days=1)), (FRIDAY, FRIDAY + timedelta(days=3))):
        made, again = done(waiting, outcome="call_back", today=today, user_id=make_user(f"of {today}").pk)
        assert (made.outcome, again) == ("call_back", next_day)
    kept = CallBack.objects.get()
    assert (kept.phone, kept.day, kept.asked_at) == ("0312345678", FRIDAY + timedelta(days=3), noon(TODAY))


def test_all_that_is_wrong_is_said_at_once(customer):
    with pytest.raises(NotPossible) as refused:
        asked(customer, phone="", day=None, part="")
    assert set(refused.value.fields) == {"phone", "day", "part"}


def test_of_two_who_called_only_one_counts(customer):
    waiting = asked(customer)
    user = make_user("b").pk
    assert done(waiting, user_id=user)
    assert done(waiting, user_id=user) is None
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("given", [{"minutes": 0}, {"minutes": 601}, {"topic": "x"}, {"outcome": ""}])
def test_a_contact_needs_what_a_contact_has(customer, given):
    waiting = asked(customer)
    with pytest.raises(NotPossible):
        done(waiting, **given)
    assert CallBack.objects.exists() and not Contact.objects.exists()


def test_a_number_is_not_kept_longer_than_thirty_days(customer):
    asked(customer)
    assert call_backs.drop_old(now=noon(TODAY) + timedelta(days=30)) == 0
    assert call_backs.drop_old(now=noon(TODAY) + timedelta(days=30, seconds=1)) == 1


def test_a_job_of_each_day_deletes_old_numbers(customer, monkeypatch):
    asked(customer)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY) + timedelta(days=31))
    tasks.forget()
    assert not CallBack.objects.exists()
