from collections import Counter
from datetime import date, timedelta

import pytest
from builders import make_campaign, make_holdout
from campaigns_by_chance import World, simulate, truth
from desk import cover, make_mailing, make_notice
from rounds import DAY, at

from campaign.celery import app
from campaign.models import Holdout, StandingChange
from campaign.plan.lift import NotTold
from notices import lift, mailings, planning, tasks
from notices.models import Lift, Mailing, Notice, Outcome, WaveNotices

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=40)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def make_person(campaign, *history: tuple[int, str], eve: str = "holdout", **given) -> Holdout:
    """A holdout who stood so on the eve of planning, and after so many days so."""
    stood = [(-60, eve), *history]
    holdout = make_holdout(campaign, standing=stood[-1][1], standing_since=after(stood[-1][0]), **given)
    previous = ""
    for days, standing in stood:
        StandingChange.objects.create(holdout=holdout, day=after(days), standing=standing, previous=previous)
        previous = standing
    return holdout


def make_round(campaign, **given) -> Mailing:
    return make_mailing(campaign, planned_at=at(8), **given)


def make_turn(mailing, holdout, *, slot: int = 0, **given) -> Notice:
    return make_notice(mailing, holdout, slot_on=after(slot), ended_at=at(12, day=after(slot)), **given)


def counted(mailing) -> Counter:
    """By outcome, slot and day, in days after the planning."""
    found = Counter()
    for outcome, slot_on, _language, day, number in lift._rows(mailing):
        found[outcome, (slot_on - DAY).days, day and (day - DAY).days] += number
    return found


@pytest.mark.parametrize(
    ("history", "moved", "started"),
    [
        ([], None, None),
        ([(3, "moving")], 3, 3),
        ([(3, "moving"), (33, "migrated")], 3, 3),
        ([(3, "mixed")], None, 3),
        ([(3, "mixed"), (9, "moving")], 9, 3),
        ([(3, "moving"), (5, "mixed")], None, 3),
        ([(3, "moving"), (5, "mixed"), (8, "moving")], 8, 3),
        ([(3, "moving"), (5, "holdout")], None, 3),
        ([(20, "silent")], None, None),
        ([(0, "moving")], 0, 0),
    ],
)
def test_who_has_moved_counts_from_the_day_since_which_there_was_no_way_back(history, moved, started):
    campaign = make_campaign()
    mailing = make_round(campaign)
    make_turn(mailing, make_person(campaign, *history))
    assert counted(mailing) == {("moved", 0, moved): 1, ("started", 0, started): 1}


def test_only_who_had_not_the_outcome_on_the_eve_can_have_it():
    campaign = make_campaign()
    mailing = make_round(campaign)
    make_turn(mailing, make_person(campaign, (2, "moving"), eve="mixed"))
    make_turn(mailing, make_person(campaign, eve="mixed"))
    make_turn(mailing, make_person(campaign, (2, "mixed"), eve="moving"))  # as a late log has shown since
    assert counted(mailing) == {("moved", 0, 2): 1, ("moved", 0, None): 1}


def test_whoever_was_withdrawn_for_having_moved_counts_by_the_planned_turn_like_everybody():
    campaign = make_campaign()
    mailing = make_round(campaign)
    moved = make_person(campaign, (3, "moving"))
    make_turn(mailing, moved, slot=7, state="withdrawn", reply="has moved, the quiet days are not over")
    make_turn(mailing, make_person(campaign), slot=7)
    assert counted(mailing)["moved", 7, 3] == 1
    (turn,) = lift._turns(mailing)["moved", ""]
    assert (turn.written_on, turn.people, turn.events) == (after(7), 2, {after(3): 1})


def test_who_never_was_in_the_lot_is_left_out():
    campaign = make_campaign()
    mailing, other = make_round(campaign, kind="announcement"), make_round(campaign, period="2026-10")
    make_notice(mailing, make_person(campaign), state="refused", reply="not sent: this is not a mail address")
    make_turn(mailing, make_person(campaign, wave=1, wave_pinned=True))
    make_turn(other, make_person(campaign))
    assert counted(mailing) == {}


def test_a_pinned_wave_leaves_nobody_out_of_a_round_that_does_not_go_by_waves():
    campaign = make_campaign()
    mailing = make_round(campaign, kind="reminder")
    make_turn(mailing, make_person(campaign, wave=1, wave_pinned=True))
    assert counted(mailing)["moved", 0, None] == 1


@pytest.mark.parametrize(
    ("handled", "came"),
    [
        ({}, [None, None, None]),
        ({0: {0: 10}, 1: {1: 10}, 2: {2: 10}}, [0, 1, 2]),
        ({0: {5: 10}, 1: {5: 4, 6: 6}, 2: {6: 4, 7: 6}}, [5, 6, 7]),  # approved late, then by the day's cap
        ({0: {0: 9, 30: 1}, 1: {1: 10}}, [0, 1, None]),  # one put off for a month says nothing of the turn
        ({1: {1: 10}}, [1, 1, None]),  # of those of the first day nobody was there to be sent to
    ],
)
def test_the_turn_came_when_half_of_those_planned_for_the_day_were_dealt_with(handled, came):
    by_slot = {after(slot): {after(day): number for day, number in days.items()} for slot, days in handled.items()}
    expected = {after(slot): None if day is None else after(day) for slot, day in enumerate(came)}
    assert lift.turn_days(by_slot, [after(slot) for slot in range(3)]) == expected


def test_what_was_withdrawn_by_cancelling_was_not_its_turn():
    campaign = make_campaign()
    mailing = make_round(campaign, state="cancelled", ended_at=at(12, day=after(5)))
    make_turn(mailing, make_person(campaign))
    make_notice(
        mailing, make_person(campaign), slot_on=after(7), state="withdrawn", ended_at=at(12, day=after(5)),
        reply=mailings.CANCELLED,
    )  # fmt: skip
    first, second = sorted(lift._turns(mailing)["moved", ""], key=lambda turn: turn.written_on or date.max)
    assert (first.written_on, second.written_on, second.until) == (after(0), None, after(5))
    assert set(lift.NOT_BY_TURN) == {mailings.CANCELLED, mailings.EXPIRED}


def test_each_language_and_so_each_text_is_estimated_for_itself():
    campaign = make_campaign()
    mailing = make_round(campaign)
    for language in ("ja", "ja", "en"):
        make_turn(mailing, make_person(campaign), language=language)
    turns = lift._turns(mailing)
    assert {key: sum(turn.people for turn in those) for key, those in turns.items() if key[0] == "moved"} == {
        ("moved", ""): 3,
        ("moved", "ja"): 2,
        ("moved", "en"): 1,
    }


def play(campaign, world: World, seed: int, settings) -> Mailing:
    """A simulated round through the real planning: notices go out on their days, to whoever is left then."""
    settings.NOTICE_DAILY_CAP = world.people // len(world.days)
    people = [make_person(campaign) for _ in range(world.people)]
    mailing = planning.plan_now(campaign_id=campaign.pk, kind="announcement", today=DAY, now=at(8))
    Mailing.objects.filter(pk=mailing.pk).update(state="sending", started_at=at(9))
    groups = dict(simulate(world, seed))
    assert len(people) == mailing.notices.count()
    for day, moved in groups.items():
        turn = mailing.notices.filter(slot_on=after(day)).order_by("pk")
        for notice, on in zip(turn, moved, strict=True):
            state, reply = ("accepted", "") if on >= day else ("withdrawn", "has moved")
            Notice.objects.filter(pk=notice.pk).update(state=state, reply=reply, ended_at=at(12, day=after(day)))
            if on < world.length:
                values = {"day": after(int(on)), "standing": "moving", "previous": "holdout"}
                StandingChange.objects.create(holdout_id=notice.holdout_id, **values)
                Holdout.objects.filter(pk=notice.holdout_id).update(standing="moving", standing_since=values["day"])
    for number in range(-1, 40):
        cover(after(number))
    return mailing


def test_a_round_through_the_real_planning_is_estimated_right(settings):
    campaign = make_campaign(starts_on=DAY)
    world = World(people=400, days=(0, 1, 2, 3, 6, 7, 8, 9), effect=0.2, length=40)  # the open days there are
    mailing = play(campaign, world, 1, settings)
    lift.count(mailing_id=mailing.pk, now=at(12, day=LATER))
    found = mailing.lifts.get(outcome="moved", language="")
    assert (found.not_told, found.window_days, found.days_left_out) == ("", 7, 0)
    assert found.low < truth(world, (0, 1, 2), 7) < found.high
    assert found.measured < found.written < 400


def test_what_is_kept_is_replaced_and_not_added_to():
    campaign = make_campaign()
    mailing = make_round(campaign)
    make_turn(mailing, make_person(campaign))
    for _again in range(2):
        lift.count(mailing_id=mailing.pk, now=at(12, day=LATER))
    found = set(Lift.objects.values_list("outcome", "language", "not_told"))
    assert found == {(outcome, of, NotTold.TOO_EARLY) for outcome in Outcome.values for of in ("", "en")}  # no logs


def test_everybody_written_to_on_one_day_cannot_be_told():
    campaign = make_campaign()
    mailing = make_round(campaign)
    make_turn(mailing, make_person(campaign))
    cover(after(1))
    lift.count(mailing_id=mailing.pk, now=at(12, day=LATER))
    assert mailing.lifts.get(outcome="moved", language="").not_told == NotTold.NO_CONTROL


def test_the_waves_of_the_announcement_are_counted():
    campaign = make_campaign()
    mailing = make_round(campaign, kind="announcement")
    make_turn(mailing, make_person(campaign, wave=1), slot=0)
    make_turn(mailing, make_person(campaign, wave=1), slot=1, state="waiting")
    make_turn(mailing, make_person(campaign, wave=2), slot=7, state="waiting")
    lift.count(mailing_id=mailing.pk, now=at(12, day=LATER))
    columns = ("wave", "first_on", "last_on", "planned", "accepted")
    assert list(WaveNotices.objects.order_by("wave").values_list(*columns)) == [
        (1, after(0), after(1), 2, 1),
        (2, after(7), after(7), 1, 0),
    ]


def test_rounds_are_counted_anew_each_hour_until_a_month_after_their_end():
    campaign = make_campaign()
    for period, values in {
        "2026-07": {"state": "finished", "ended_at": at(12, day=after(1))},
        "2026-08": {},
        "2026-09": {"started_at": None, "state": "planned"},
        "2026-10": {"kind": "thanks"},
    }.items():
        make_turn(make_round(campaign, period=period, **values), make_person(campaign))
    now = at(12, day=after(20))
    assert lift.count_due(now=now) == 2
    assert lift.count_due(now=now + timedelta(minutes=59)) == 0
    assert lift.count_due(now=now + timedelta(minutes=61)) == 2
    assert lift.count_due(now=now + timedelta(days=40)) == 1


def test_a_round_without_notices_has_nothing_to_keep():
    make_round(make_campaign())
    now = at(12)
    assert lift.count_due(now=now) == 1
    assert not Lift.objects.exists()


def test_beat_has_the_rounds_counted(empty_redis):
    make_turn(make_round(make_campaign()), make_person(make_campaign(name="local_port25")))
    assert "notices.tasks.count_rounds" in {each["task"] for each in app.conf.beat_schedule.values()}
    tasks.count_rounds()
    assert Lift.objects.filter(outcome="moved", language="").count() == 1
