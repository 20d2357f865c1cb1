from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_user, noon
from desk import make_mailing, make_notice

from campaign.models import Contact, Desk
from notices import allowance
from notices.models import SendingDay

pytestmark = pytest.mark.django_db
ADDRESS = "/staff/desk/"
GIVEN = {"from_day": str(TODAY), "seats": "3", "contacts_per_seat": "12"}


@pytest.fixture
def manager(client):
    client.force_login(make_user("sato", "campaign.change_desk"))
    client.cookies["django_language"] = "en"
    return client


def text_of(response) -> str:
    return response.content.decode()


def seats(number: int, day: date, *, each: int = 10) -> None:
    Desk.objects.create(from_day=day, seats=number, contacts_per_seat=each, changed_at=noon(TODAY))


def sent(mailing, day: date, number: int) -> None:
    for _ in range(number):
        make_notice(mailing, accepted_at=noon(day))
    SendingDay.objects.create(day=day, taken=number)


def test_without_any_entry_the_page_says_that_the_desk_sets_no_limit(staff):
    text = text_of(staff.get(ADDRESS))
    assert "the desk sets no limit" in text and "Nothing yet." in text
    assert "Assumed: 5.0 contacts per hundred notices." in text


def test_seats_are_entered_from_a_day_on_and_by_whom_is_kept(manager):
    text = text_of(manager.post(ADDRESS, GIVEN, follow=True))
    assert "It is entered." in text and "in force" in text and "sato" in text
    assert "Today the desk takes 36 contacts. With 5.0 contacts per hundred notices" in text
    assert "at most 720 notices go out." in text
    assert Desk.objects.get().changed_at == noon(TODAY)


def test_a_change_of_today_counts_at_once_and_one_of_next_month_does_not(manager):
    seats(2, TODAY - timedelta(days=9))
    assert allowance.of_day(TODAY).desk_cap == 400
    later = {"from_day": str(TODAY + timedelta(days=40)), "seats": "9", "contacts_per_seat": "10"}
    manager.post(ADDRESS, later)
    assert SendingDay.objects.get(day=TODAY).desk_cap == 400
    manager.post(ADDRESS, GIVEN | {"seats": "1", "contacts_per_seat": "10"})
    assert SendingDay.objects.get(day=TODAY).desk_cap == 200


def test_fewer_seats_from_tomorrow_on_are_why_less_goes_out_today(manager):
    seats(4, TODAY - timedelta(days=9))
    seats(1, TODAY + timedelta(days=1))
    assert "at most 200 notices go out, because the desk takes less in the days to come" in text_of(
        manager.get(ADDRESS)
    )


@pytest.mark.parametrize("none", [{"seats": "0"}, {"contacts_per_seat": "0"}])
def test_with_nobody_to_answer_the_page_says_that_nothing_goes_out(manager, none):
    text = text_of(manager.post(ADDRESS, GIVEN | none, follow=True))
    assert "It is entered: nothing more goes out today, guides that customers ask for apart." in text
    assert "at most 0 notices go out" in text and "message warning" in text
    assert allowance.of_day(TODAY).desk_cap == 0
    later = {"from_day": str(TODAY + timedelta(days=40))}
    text = text_of(manager.post(ADDRESS, GIVEN | none | later, follow=True))
    assert "from Jan. 3, 2027 on nothing goes out" in text


def test_an_entry_of_the_same_day_replaces_the_one_before(manager):
    for number in ("3", "4"):
        manager.post(ADDRESS, GIVEN | {"seats": number})
    assert Desk.objects.get().seats == 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from_day": "tomorrow"}, "Enter the day as year, month and day"),
        ({"from_day": str(TODAY - timedelta(days=1))}, "what has been stays as it was"),
        ({"from_day": "2999-01-01"}, "within two years"),
        ({"seats": "many"}, "as a whole number from 0 to 9999"),
        ({"seats": "-1"}, "as a whole number from 0 to 9999"),
        ({"contacts_per_seat": "10000"}, "as a whole number from 0 to 9999"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(manager, wrong, said):
    response = manager.post(ADDRESS, GIVEN | wrong)
    text = text_of(response)
    assert response.status_code == 422 and said in text
    assert all(f'value="{value}"' in text for value in wrong.values())
    assert not Desk.objects.exists()


def test_who_may_not_change_the_desk_sees_it_without_a_form(staff):
    seats(2, TODAY)
    text = text_of(staff.get(ADDRESS))
    assert 'name="seats"' not in text and "may look at this, but not change it" in text
    assert staff.post(ADDRESS, GIVEN).status_code == 403
    assert Desk.objects.get().seats == 2


def test_the_measure_is_shown_with_what_it_rests_on(staff):
    day = TODAY - timedelta(days=4)  # a Friday
    mailing = make_mailing(make_campaign())
    sent(mailing, day, 100)
    for _ in range(7):
        given = {"channel": "phone", "minutes": 5, "topic": "how_to", "outcome": "solved"}
        Contact.objects.create(customer=make_customer(), at=noon(day), **given)
    text = text_of(staff.get(ADDRESS))
    assert "Measured: " in text and "from 35 notices and 7 contacts of the last 60 open days" in text
    assert "weeks" not in text and "Of the last 60 open days, the older ones count less." in text
    assert "the assumption of 5.0 per hundred counts like 300 notices beside them" in text
    assert ">100</td>" in text and ">7</td>" in text


def test_days_without_any_record_are_named_and_do_not_count(staff):
    day = TODAY - timedelta(days=4)
    mailing = make_mailing(make_campaign())
    sent(mailing, day, 200)
    text = text_of(staff.get(ADDRESS))
    assert "On 1 day not a single contact was recorded although several were to be expected." in text
    assert "not recorded" in text and "Assumed: 5.0" in text
