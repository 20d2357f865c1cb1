from datetime import date, timedelta

import pytest
from builders import make_campaign, make_customer
from desk import make_mailing, make_notice
from rounds import DAY, at

from campaign.models import Contact, Desk
from notices import allowance
from notices.models import Mailing, SendingDay
from notices.pace import give_back_to_day, take_from_day
from notices.pacing import is_open

pytestmark = pytest.mark.django_db


def seats(number: int, day: date = date(2026, 4, 1), *, each: int = 10) -> None:
    Desk.objects.create(from_day=day, seats=number, contacts_per_seat=each, changed_at=at(8, day=day))


def sent(day: date, number: int):
    mailing = make_mailing(make_campaign())
    for _ in range(number):
        make_notice(mailing, accepted_at=at(10, day=day))
    SendingDay.objects.create(day=day, taken=number)


def called(day: date, number: int) -> None:
    customer = make_customer()
    for minute in range(number):
        given = {"channel": "phone", "minutes": 5, "topic": "how_to", "outcome": "solved"}
        Contact.objects.create(customer=customer, at=at(10, minute % 60, day=day), **given)


def test_without_a_desk_a_mailings_own_cap_is_the_only_one():
    found = allowance.of_day(DAY)
    assert (found.capacity, found.desk_cap, found.bound(500)) == (None, None, 500)


def test_the_cap_follows_the_seats_and_the_assumption_at_first(settings):
    settings.CONTACTS_PER_HUNDRED = 5
    seats(2)
    found = allowance.of_day(DAY)
    assert (found.capacity, found.desk_cap) == (20, 400)
    assert (found.bound(500), found.bound(300)) == (400, 300)


def test_a_day_gives_no_more_than_the_desk_allows(settings):
    settings.CONTACTS_PER_HUNDRED = 50
    seats(1, each=5)
    assert [take_from_day(DAY, wanted=4, cap=500) for _ in range(4)] == [4, 4, 2, 0]
    give_back_to_day(DAY, 3)
    assert take_from_day(DAY, wanted=10, cap=500) == 3
    assert take_from_day(DAY + timedelta(days=1), wanted=50, cap=7) == 7


def test_a_desk_without_seats_lets_nothing_out():
    seats(0)
    assert take_from_day(DAY, wanted=4, cap=500) == 0


def test_many_calls_make_the_next_days_cap_smaller_and_few_make_it_larger(settings):
    settings.CONTACTS_PER_HUNDRED = 5
    seats(2)
    day = DAY - timedelta(days=5)
    sent(day, 200)
    called(day, 30)
    many = allowance.foresee(DAY)
    assert many.contacts_per_hundred > 8 and many.desk_cap < 250
    Contact.objects.all().delete()
    called(day, 1)
    assert allowance.foresee(DAY).desk_cap > 400


def test_what_was_decided_in_the_morning_stands_all_day(settings):
    seats(2)
    first = allowance.of_day(DAY)
    settings.CONTACTS_PER_HUNDRED = 50
    seats(4, day=DAY)
    assert allowance.of_day(DAY).desk_cap == allowance.foresee(DAY).desk_cap == first.desk_cap
    assert allowance.foresee(DAY + timedelta(days=1)).desk_cap < first.desk_cap


def test_a_rate_that_was_assumed_is_decided_anew_once_there_is_something_measured(settings):
    settings.CONTACTS_PER_HUNDRED = 5
    seats(2)
    assumed = allowance.of_day(DAY)
    assert allowance.is_assumed(assumed)
    settings.CONTACTS_PER_HUNDRED = 4  # what the row says was assumed, whatever would be assumed by now
    assert allowance.is_assumed(allowance.of_day(DAY))
    day = DAY - timedelta(days=5)
    sent(day, 200)
    called(day, 30)
    assert allowance.foresee(DAY).contacts_per_hundred > 8
    assert allowance.is_assumed(SendingDay.objects.get(day=DAY))  # a glance writes nothing
    measured = allowance.of_day(DAY)
    assert measured.contacts_per_hundred > 8 and measured.desk_cap < assumed.desk_cap
    assert not allowance.is_assumed(measured)


def test_a_rate_that_was_measured_stands_all_day_and_is_not_looked_at_again(django_assert_num_queries):
    day = DAY - timedelta(days=5)
    sent(day, 200)
    called(day, 30)
    first = allowance.of_day(DAY)
    called(day, 20)
    with django_assert_num_queries(1):
        assert allowance.of_day(DAY).contacts_per_hundred == first.contacts_per_hundred


def test_as_long_as_nothing_went_out_an_assumed_rate_costs_one_question_more(django_assert_num_queries):
    allowance.of_day(DAY)
    with django_assert_num_queries(2):
        allowance.of_day(DAY)


def test_a_changed_desk_is_decided_about_again_and_what_was_taken_stays(settings):
    settings.CONTACTS_PER_HUNDRED = 10
    seats(2)
    assert take_from_day(DAY, wanted=150, cap=500) == 150
    seats(1, day=DAY)
    assert allowance.decide(DAY, again=True).desk_cap == 100
    assert take_from_day(DAY, wanted=10, cap=500) == 0
    assert SendingDay.objects.get(day=DAY).taken == 150


def test_a_glance_at_a_day_writes_nothing():
    seats(2)
    assert allowance.foresee(DAY).desk_cap == 400
    assert not SendingDay.objects.exists()


def test_a_row_of_an_earlier_version_is_decided_about_when_it_is_needed():
    SendingDay.objects.create(day=DAY, taken=7)
    seats(2)
    found = allowance.of_day(DAY)
    assert (found.taken, found.desk_cap) == (7, 400)


def test_only_open_days_are_looked_back_on(settings):
    settings.NOTICE_HOLIDAYS = (("11-24", "11-27"),)
    days = [one.day for one in allowance.recent_days(DAY)]
    assert len(days) == 60 and days == sorted(days) and days[-1] < DAY
    assert all(is_open(day) for day in days)
    assert date(2026, 11, 25) not in days and date(2026, 11, 23) not in days  # closed; a holiday


def test_an_installation_that_never_opens_has_nothing_to_look_back_on(settings):
    settings.NOTICE_HOLIDAYS = (("01-01", "12-31"),)
    assert allowance.recent_days(DAY) == []


def test_a_day_that_is_over_is_counted_once(django_assert_num_queries):
    mailing = make_mailing(make_campaign())
    for days, number in ((3, 2), (1, 4), (0, 1)):
        SendingDay.objects.create(day=DAY - timedelta(days=days), taken=number)
        for _ in range(number):
            make_notice(mailing, accepted_at=at(10, day=DAY - timedelta(days=days)))
    before = allowance.recent_days(DAY + timedelta(days=1))
    assert [day.notices for day in before[-4:]] == [0, 0, 4, 1]  # the first of the three is a Saturday
    assert allowance.keep_past(now=at(0, 30, day=DAY + timedelta(days=1))) == 2
    assert allowance.keep_past(now=at(0, 59, day=DAY + timedelta(days=1))) == 0
    assert list(SendingDay.objects.order_by("day").values_list("accepted", flat=True)) == [2, 4, None]
    with django_assert_num_queries(3) as asked:
        assert allowance.recent_days(DAY + timedelta(days=1)) == before
    assert sum("notices_notice" in each["sql"] for each in asked) == 1
    assert allowance.keep_past(now=at(1, day=DAY + timedelta(days=1))) == 1


def test_a_day_of_which_the_log_tells_more_later_is_counted_again():
    sent(DAY, 2)
    late = at(9, day=DAY + timedelta(days=1))
    assert allowance.keep_past(now=late) == 1
    make_notice(Mailing.objects.get(), accepted_at=at(10))
    allowance.count_again(DAY)
    assert allowance.keep_past(now=late) == 1
    assert SendingDay.objects.get().accepted == 3
