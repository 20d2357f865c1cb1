from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon

from campaign.models import BulkChange, BulkRow, Customer, Exemption, Holdout, Tagging, WavePlan
from campaign.plan import bulk, exemptions, records
from campaign.plan.campaigns import NotPossible

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
UNTIL = TODAY + timedelta(days=30)


@pytest.fixture
def user():
    return make_user("suzuki")


@pytest.fixture
def campaign():
    made = make_campaign()
    values = {"waves": 3, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": NOW - timedelta(days=1)}
    WavePlan.objects.create(campaign=made, drawn=True, **values)
    return made


def do(campaign, user, kind, holdouts, **values) -> BulkChange:
    keys = [each.customer_id for each in holdouts]
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    return bulk.apply(campaign_id=campaign.pk, kind=kind, customer_ids=keys, values=values, **when)


def undo(change, user, *, after: timedelta = timedelta(hours=1)):
    return bulk.undo(change_id=change.pk, now=NOW + after, user_id=user.pk)


def waves(holdouts) -> list:
    return [Holdout.objects.values_list("wave", "wave_pinned").get(pk=each.pk) for each in holdouts]


def test_undoing_a_move_gives_everybody_the_own_wave_back(campaign, user):
    before = [(1, False), (2, True), (None, False), (3, True)]
    held = [make_holdout(campaign, wave=wave, wave_pinned=pinned) for wave, pinned in before]
    change = do(campaign, user, "wave", held, wave=3)
    assert waves(held) == [(3, True)] * 4
    assert change.customers == 3  # the last was there already
    assert undo(change, user) == 3
    assert waves(held) == before
    assert undo(change, user) is None and not BulkRow.objects.exists()


def test_who_was_moved_again_since_stays_there(campaign, user):
    one, other = make_holdout(campaign, wave=1), make_holdout(campaign, wave=1)
    change = do(campaign, user, "wave", [one, other], wave=2)
    do(campaign, user, "wave", [other], wave=3)
    assert undo(change, user) == 1
    assert waves([one, other]) == [(1, False), (3, True)]
    change.refresh_from_db()
    assert (change.restored, change.undone_by) == (1, user)


def test_after_a_new_decision_about_waves_an_old_number_is_drawn_anew(campaign, user):
    drawn, pinned = make_holdout(campaign, wave=1), make_holdout(campaign, wave=1, wave_pinned=True)
    change = do(campaign, user, "wave", [drawn, pinned], wave=2)
    WavePlan.objects.update(decided_at=NOW + timedelta(minutes=1))
    assert undo(change, user) == 2
    assert waves([drawn, pinned]) == [(None, False), (1, True)]


def test_exemptions_of_many_are_undone_but_for_those_changed_since(campaign, user):
    held = [make_holdout(campaign) for _ in range(4)]
    have = exemptions.grant(
        campaign_id=campaign.pk,
        customer_ids=[held[0].customer_id],
        reason="ill",
        until=UNTIL,
        today=TODAY,
        user_id=None,
    )
    change = do(campaign, user, "exempt", held, reason=" strike  at the post ", until=UNTIL)
    made = Exemption.objects.exclude(pk=have[0].pk).order_by("pk")
    assert change.customers == 3
    assert {(each.reason, each.from_day, each.until, each.made_by) for each in made} == {
        ("strike at the post", TODAY, UNTIL, user)
    }
    Exemption.objects.filter(pk=made[0].pk).update(until=UNTIL + timedelta(days=1))
    assert undo(change, user) == 2
    assert set(Exemption.objects.values_list("customer", flat=True)) == {held[0].customer_id, held[1].customer_id}


def test_tags_of_many_are_undone_but_for_those_that_were_there(campaign, user):
    held = [make_holdout(campaign) for _ in range(3)]
    outside = make_customer()
    records.tag(customer_id=held[0].customer_id, name="shop", now=NOW, user_id=user.pk)
    keys = [each.customer_id for each in held] + [outside.pk]
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    change = bulk.apply(campaign_id=campaign.pk, kind="tag", customer_ids=keys, values={"tag": "shop"}, **when)
    assert (change.customers, Tagging.objects.count(), change.values) == (3, 4, {"tag": "shop"})
    assert undo(change, user) == 3
    assert Tagging.objects.get().customer_id == held[0].customer_id


def test_customers_outside_the_campaign_are_neither_moved_nor_exempted(campaign, user):
    outside = make_holdout(make_campaign(name="local_port25"))
    assert do(campaign, user, "wave", [outside], wave=1).customers == 0
    assert do(campaign, user, "exempt", [outside], reason="ill", until=UNTIL).customers == 0
    assert waves([outside]) == [(None, False)] and not Exemption.objects.exists()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("wave", {"wave": 4}),
        ("wave", {"wave": 0}),
        ("exempt", {"reason": " ", "until": UNTIL}),
        ("exempt", {"reason": "ill", "until": TODAY - timedelta(days=1)}),
        ("exempt", {"reason": "ill", "until": TODAY + timedelta(days=367)}),
        ("exempt", {"reason": "ill", "until": None}),
        ("tag", {"tag": ""}),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(campaign, user, kind, values):
    with pytest.raises(NotPossible):
        do(campaign, user, kind, [make_holdout(campaign)], **values)
    assert not BulkChange.objects.exists()


def test_nobody_and_too_many_are_refused(campaign, user):
    when = {"campaign_id": campaign.pk, "kind": "tag", "values": {"tag": "x"}, "now": NOW, "today": TODAY}
    for keys in ([], list(range(bulk.MOST + 1))):
        with pytest.raises(NotPossible):
            bulk.apply(customer_ids=keys, user_id=user.pk, **when)


def test_after_a_day_it_stays_and_the_rows_are_forgotten(campaign, user):
    held = [make_holdout(campaign, wave=1)]
    change = do(campaign, user, "wave", held, wave=2)
    assert bulk.forget_rows(now=NOW + bulk.UNDO) == 0
    late = bulk.UNDO + timedelta(seconds=1)
    assert undo(change, user, after=late) is None and waves(held) == [(2, True)]
    assert bulk.forget_rows(now=NOW + late) == 1


def test_thousands_take_few_statements(campaign, user, django_assert_max_num_queries):
    held = [make_holdout(campaign, wave=1) for _ in range(3)]
    more = make_customer_rows(campaign, 2500)
    with django_assert_max_num_queries(30):
        change = do(campaign, user, "wave", [*held, *more], wave=2)
    with django_assert_max_num_queries(30):
        assert undo(change, user) == 2503


def make_customer_rows(campaign, number: int) -> list[Holdout]:
    people = Customer.objects.bulk_create([Customer(login=f"many{at}@isp.example") for at in range(number)])
    days = {name: TODAY for name in ("identified_on", "first_legacy_on", "last_legacy_on", "standing_since")}
    return Holdout.objects.bulk_create(
        [
            Holdout(campaign=campaign, customer=each, standing="holdout", last_legacy_at=NOW, wave=1, **days)
            for each in people
        ]
    )
