"""What two do at the same moment to customers, days and holdouts: nobody waits in a circle, nothing is lost."""

from datetime import timedelta

import pytest
from at_once import Other, Stop
from attributed import attributed, submission
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_relay
from django.db import transaction

from campaign.customers import directory, rollup
from campaign.cutoff import relays
from campaign.models import (
    AttributedDay,
    BulkChange,
    ClockReading,
    Contact,
    Customer,
    DailyUse,
    Exemption,
    Holdout,
    Note,
    RelayAcknowledgement,
    SourceGap,
    Tag,
    Tagging,
)
from campaign.plan import bulk, exemptions, records, waves
from campaign.submissions import clocks, daily, gaps, intake, retention, skew

pytestmark = pytest.mark.django_db(transaction=True)
NOW, ONE_DAY = noon(TODAY), timedelta(days=1)
HEAD = "login,addresses,language,name,contact_address,contract\n"


def test_two_who_read_logs_of_the_same_days():
    days = [TODAY, TODAY - ONE_DAY]
    for day in days:
        AttributedDay.objects.create(day=day)
    with transaction.atomic():
        intake.mark_stale(days[1:])
        other = Other(transaction.atomic(lambda: intake.mark_stale(days)))
        other.until_it_waits()
        intake.mark_stale(days[:1])
    other.result()
    assert set(AttributedDay.objects.values_list("touched", flat=True)) == {2}


def test_days_are_read_again_while_the_standings_are_made_of_them():
    days = [TODAY, TODAY - ONE_DAY]
    for day in days:
        AttributedDay.objects.create(day=day, attributed_at=NOW)
    with transaction.atomic():
        intake.mark_stale(days[1:])
        other = Other(lambda: rollup.bring_up_to_date(days=[], today=TODAY))
        other.until_it_waits()
        intake.mark_stale(days[:1])
    other.result()
    assert not rollup.unsettled_days(today=TODAY)


@pytest.fixture
def day_alone(monkeypatch):
    """What is written of a day is its daily use alone, from what was attributed before."""
    monkeypatch.setattr(intake, "attribute_day", lambda *_given: None)
    for room in (intake.relays, intake.open_doors):
        monkeypatch.setattr(room, "replace", lambda *_given, **_values: None)


def attribute(mails: int):
    def of_so_many() -> None:
        found = attributed(*[submission("hanako@isp.example")] * mails)
        intake._attribute_one(found, intake.segments(), TODAY, intake.rules(), NOW)

    return of_so_many


def written() -> tuple[int, bool]:
    """How many mails the day has, and whether it has to be attributed again."""
    return DailyUse.objects.get().submissions, AttributedDay.objects.get().stale


def test_a_day_that_two_attribute_at_once_is_replaced_by_both(day_alone, monkeypatch):
    make_customer("hanako@isp.example")
    stop = Stop()
    monkeypatch.setattr(daily, "replace", stop.after(daily.replace))
    first = Other(attribute(1))
    stop.reached()
    second = Other(attribute(2))
    second.until_it_waits()
    stop.go_on()
    first.result(), second.result()
    assert written() == (2, False)


def test_an_attribution_that_knew_less_and_ends_later_leaves_its_day_to_be_attributed_again(day_alone, monkeypatch):
    stop = Stop()
    monkeypatch.setattr(intake, "attribute_day", stop.after(intake.attribute_day))
    first = Other(attribute(1))
    stop.reached()
    intake.mark_stale([TODAY])
    attribute(2)()
    assert written() == (2, False)
    stop.go_on()
    first.result()
    assert written() == (1, True)


def listed(*logins: str) -> bytes:
    return (HEAD + "".join(f"{login},,ja,new name,,\n" for login in logins)).encode()


def bring_in(*logins: str):
    return lambda: directory.import_customers(listed(*logins), file="list.csv", default_domain="isp.example")


@pytest.mark.parametrize("order", [1, -1])
def test_a_list_is_imported_while_programs_are_found(order):
    people = [make_customer(f"{name}@isp.example") for name in "ab"]
    for customer in people:
        make_use(customer, "smtp_auth", TODAY, client_program="becky")
    logins = [each.login for each in people][::order]
    with transaction.atomic():
        Customer.objects.filter(login=logins[1]).update(name="held")
        programs = Other(lambda: rollup.bring_up_to_date(days=[TODAY], today=TODAY))
        programs.until_it_waits()
        importing = Other(bring_in(*logins))
        importing.until_it_waits()
    programs.result()
    assert importing.result().changed == 2
    assert set(Customer.objects.values_list("name", "client_program")) == {("new name", "becky")}


def test_a_list_is_imported_while_a_day_brings_the_same_new_customers():
    logins = ["a-b@isp.example", "ab@isp.example", "B@isp.example".lower()]
    with transaction.atomic():
        daily.replace(attributed(submission(logins[0])), TODAY)
        importing = Other(bring_in(*logins[::-1]))
        importing.until_it_waits()
        daily.replace(attributed(*map(submission, logins)), TODAY)
    assert importing.result().changed + importing.result().new == 3
    assert Customer.objects.count() == 3


def test_two_lists_are_imported_at_once():
    logins = ["a@isp.example", "b@isp.example"]
    with transaction.atomic():
        bring_in(logins[1])()
        other = Other(bring_in(*logins))
        other.until_it_waits()
        bring_in(logins[0])()
    other.result()
    assert Customer.objects.count() == 2


def move_to_a_wave_beside(act, held: list[Holdout], *, order: int) -> None:
    """Two holdouts of one campaign are moved one after the other, and `act` begins between them."""
    campaign, user = held[0].campaign, make_user("suzuki")
    waves.decide(
        campaign_id=campaign.pk, waves=2, first_day=TODAY, days_between=7, now=NOW, today=TODAY, user_id=user.pk
    )
    who = {"now": NOW, "today": TODAY, "user_id": user.pk, "campaign_id": campaign.pk}
    keys = [each.customer_id for each in held][::order]
    with transaction.atomic():
        bulk.apply(kind="wave", customer_ids=keys[1:], values={"wave": 1}, **who)
        other = Other(act)
        other.until_it_waits()
        bulk.apply(kind="wave", customer_ids=keys[:1], values={"wave": 1}, **who)
    other.result()


@pytest.mark.parametrize("order", [1, -1])
def test_holdouts_are_moved_to_a_wave_while_their_programs_are_brought_in_line(order):
    campaign = make_campaign()
    held = [make_holdout(campaign, make_customer(client_program="becky"), client_program="old") for _ in range(2)]
    move_to_a_wave_beside(rollup.show_programs, held, order=order)
    assert set(Holdout.objects.values_list("client_program", "wave")) == {("becky", 1)}


@pytest.mark.parametrize("order", [1, -1])
def test_old_ranges_go_while_holdouts_are_moved_to_a_wave(order):
    campaign, old = make_campaign(), TODAY - timedelta(days=400)
    held = [make_holdout(campaign, last_legacy_on=old, last_range="192.0.2.0/24") for _ in range(2)]
    move_to_a_wave_beside(lambda: retention.drop_before(TODAY - timedelta(days=200)), held, order=order)
    assert set(Holdout.objects.values_list("last_range", "wave")) == {("", 1)}


def test_two_put_the_same_tag_on_the_same_customers():
    campaign, user = make_campaign(), make_user("suzuki")
    keys = [make_holdout(campaign).customer_id for _ in range(3)]
    who = {"now": NOW, "today": TODAY, "user_id": user.pk, "campaign_id": campaign.pk}
    Tag.objects.create(name="shop")
    with transaction.atomic():
        bulk.apply(kind="tag", customer_ids=keys[1:], values={"tag": "shop"}, **who)
        other = Other(lambda: bulk.apply(kind="tag", customer_ids=keys, values={"tag": "shop"}, **who))
        other.until_it_waits()
        one = {"name": "shop", "now": NOW, "user_id": user.pk}
        assert records.tag(customer_id=keys[0], **one)
    assert other.result().customers == 0
    assert Tagging.objects.count() == 3
    assert BulkChange.objects.count() == 2


@pytest.mark.parametrize("kind", ["contact", "note", "exemption"])
def test_a_button_that_is_pressed_twice_at_once_counts_once(kind):
    holdout, user = make_holdout(make_campaign()), make_user("suzuki")
    own = {"customer_id": holdout.customer_id, "now": NOW, "user_id": user.pk}
    told = {"channel": "phone", "minutes": 5, "topic": "how_to", "outcome": "solved"}
    left_alone = {"campaign_id": holdout.campaign_id, "customer_ids": [holdout.customer_id], "reason": "in hospital"}
    press = {
        "contact": lambda: records.record(**told, **own),
        "note": lambda: records.write(text="calls again", **own),
        "exemption": lambda: exemptions.grant(**left_alone, until=TODAY, today=TODAY, user_id=user.pk),
    }[kind]
    with transaction.atomic():
        press()
        second = Other(press)
        second.until_it_waits()
    second.result()
    assert Contact.objects.count() + Note.objects.count() + Exemption.objects.count() == 1


def test_clocks_are_compared_by_two_at_once(monkeypatch):
    monkeypatch.setattr(skew, "measure", lambda *_given: [skew.Reading("pop1", "mx1", 90, 12)])
    with transaction.atomic():
        clocks.measure([TODAY])
        other = Other(lambda: clocks.measure([TODAY]))
        other.until_it_waits()
    other.result()
    assert ClockReading.objects.count() == 1


def test_two_find_the_same_relays_in_order():
    user = make_user("suzuki")
    for address in ("192.0.2.1", "192.0.2.2"):
        make_relay(address, TODAY, 3)

    def acknowledge():
        found = ["192.0.2.1", "192.0.2.2"]
        return relays.acknowledge(found, note="a customer's server", user_id=user.pk, now=NOW)

    with transaction.atomic():
        acknowledge()
        other = Other(acknowledge)
        other.until_it_waits()
    assert other.result() == RelayAcknowledgement.objects.count() == 2


def test_two_find_the_same_gaps():
    key = (TODAY, "mx1", "postfix")
    others = (TODAY, "pop1", "dovecot")
    with transaction.atomic():
        gaps._replace({key: 5}, TODAY)
        other = Other(lambda: gaps._replace({others: 7, key: 6}, TODAY))
        other.until_it_waits()
        gaps._replace({key: 5, others: 7}, TODAY)
    assert other.result() == set()
    assert SourceGap.objects.count() == 2
