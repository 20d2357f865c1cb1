from datetime import date, timedelta

import pytest
from builders import make_campaign, make_customer, make_holdout, make_user
from desk import make_mailing, make_notice
from django.db import IntegrityError
from django.utils import translation
from rounds import TOKYO, at

from campaign.models import WavePlan
from campaign.plan.campaigns import move_cutoff
from notices import bulk, links, mailings, pacing, planning
from notices.audience import NotAnAudience
from notices.models import Mailing, MailingPlan, Mute, Notice

pytestmark = pytest.mark.django_db

START, END = date(2026, 4, 1), date(2027, 3, 31)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def beat(day: date) -> dict[str, int]:
    """What a morning plans: how many notices of each kind."""
    made = planning.plan_what_is_wanted(today=day, now=at(8, day=day))
    return {mailing.kind: mailing.notices.count() for mailing in made}


def accept_all(day: date, **which) -> None:
    """What waits goes out on that day."""
    Notice.objects.filter(state="waiting", **which).update(
        state="accepted", accepted_at=at(10, day=day), ended_at=at(10, day=day)
    )
    Mailing.objects.exclude(state__in=Mailing.ENDED).update(state="finished", ended_at=at(10, day=day))


def kinds_of(holdout) -> list[str]:
    return list(Notice.objects.filter(holdout=holdout).order_by("pk").values_list("mailing__kind", flat=True))


def test_a_campaign_from_its_first_day_to_its_last():
    campaign = make_campaign()
    stays, moves = make_holdout(campaign), make_holdout(campaign)
    told, day = {}, START - timedelta(days=3)
    while day <= END + timedelta(days=31):
        if day == date(2026, 6, 10):
            comes = make_holdout(campaign, identified_on=day)
        if day == date(2026, 9, 15):
            moves.standing, moves.standing_since = "migrated", day
            moves.save()
        if day == date(2026, 12, 20):  # falls back, and moves again
            moves.standing, moves.standing_since = "mixed", day
            moves.save()
        if day == date(2027, 2, 20):
            moves.standing, moves.standing_since = "migrated", day
            moves.save()
        if pacing.is_open(day) and (planned := beat(day)):
            told[day.isoformat()] = planned
            accept_all(day)
        day += timedelta(days=1)
    assert told == {
        "2026-04-01": {"announcement": 2},
        "2026-05-01": {"reminder": 2},
        "2026-06-01": {"reminder": 2},
        "2026-06-10": {"first": 1},
        "2026-07-01": {"reminder": 2},  # not to the new one, whose first notice is three weeks old
        "2026-08-03": {"reminder": 3},
        "2026-09-01": {"reminder": 3},
        "2026-09-15": {"thanks": 1},
        "2026-10-01": {"reminder": 2},
        "2026-11-02": {"reminder": 2},
        "2026-12-01": {"reminder": 2},
        "2027-01-04": {"reminder": 3},
        "2027-02-01": {"reminder": 3},
        "2027-03-01": {"reminder": 2},
        "2027-03-16": {"two_weeks": 2},
        "2027-03-25": {"three_days": 2},
        "2027-03-29": {"last_day": 2},
    }
    assert kinds_of(comes)[:2] == ["first", "reminder"]
    assert kinds_of(moves).count("thanks") == 1
    assert kinds_of(stays)[-3:] == ["two_weeks", "three_days", "last_day"]


def test_what_was_missed_is_made_up_for():
    make_holdout(make_campaign())
    assert beat(START + timedelta(days=9)) == {"announcement": 1}
    accept_all(START + timedelta(days=9))
    assert beat(date(2026, 5, 20)) == {"reminder": 1}
    accept_all(date(2026, 5, 20))
    assert beat(date(2027, 3, 23)) == {"two_weeks": 1}
    accept_all(date(2027, 3, 23))
    assert beat(date(2027, 3, 27)) == {}  # "three days" would not be true
    assert beat(date(2027, 3, 30)) == {"last_day": 1}


def test_once_more_plans_nothing_more():
    make_holdout(make_campaign())
    assert beat(START) == {"announcement": 1}
    assert beat(START) == {} == beat(START + timedelta(days=1))


def test_final_notices_have_their_slots_on_their_day_and_expire_with_it(settings):
    settings.NOTICE_DAILY_CAP = 3
    campaign = make_campaign(starts_on=date(2027, 3, 20))
    for _ in range(4):
        make_holdout(campaign)
    campaign.mailing_plans.create(kind="announcement", active=False, good_for_days=1)
    campaign.mailing_plans.create(kind="first", active=False, good_for_days=1)
    assert beat(date(2027, 3, 25)) == {"three_days": 4}
    mailing = Mailing.objects.get()
    assert (mailing.period, mailing.expires_on) == ("2027-03-31", date(2027, 3, 26))
    days = Notice.objects.order_by("send_after").values_list("slot_on", flat=True)
    assert list(days) == [date(2027, 3, 26)] * 3 + [date(2027, 3, 29)]  # more than the day takes


def test_a_mailing_is_good_for_as_long_as_its_plan_says():
    campaign = make_campaign()
    make_holdout(campaign)
    planning.change_plan(
        campaign_id=campaign.pk, kind="announcement", active=True, chosen={}, good_for_days=2, now=at(8)
    )
    beat(START)
    assert Mailing.objects.get().expires_on == START + timedelta(days=2)


def test_a_moved_date_withdraws_the_notices_that_name_the_old_one_and_makes_others():
    campaign = make_campaign()
    make_holdout(campaign, identified_on=START - timedelta(days=1))
    make_mailing(campaign, state="finished", planned_at=at(8, day=START))
    day = date(2027, 3, 16)
    assert beat(day) == {"two_weeks": 1}
    move_cutoff(campaign_id=campaign.pk, to=date(2027, 4, 30), reason="the printer is late", now=at(9, day=day))
    mailings.tidy(now=at(9, 1, day=day))
    old = Notice.objects.get()
    assert (old.state, old.reply, old.mailing.state) == ("withdrawn", "the cut-off date was moved", "cancelled")
    assert beat(date(2027, 4, 1)) == {"reminder": 1}
    accept_all(date(2027, 4, 1))
    assert beat(date(2027, 4, 15)) == {"two_weeks": 1}
    assert Mailing.objects.order_by("pk").last().period == "2027-04-30"


def test_a_date_that_was_not_moved_keeps_its_notices():
    campaign = make_campaign()
    make_holdout(campaign)
    make_mailing(campaign, state="finished", planned_at=at(8, day=START))
    beat(date(2027, 3, 16))
    mailings.tidy(now=at(9, day=date(2027, 3, 16)))
    assert Notice.objects.get().state == "waiting"


def test_a_final_notice_takes_the_place_of_an_earlier_one_once_it_goes_out():
    campaign = make_campaign()
    late, done = make_holdout(campaign), make_holdout(campaign)
    reminder = make_mailing(campaign, period="2027-03", planned_at=at(8, day=date(2027, 3, 1)), expires_on=END)
    waiting = make_notice(reminder, late, state="waiting")
    day = date(2027, 3, 16)
    assert beat(day) == {"two_weeks": 2}
    mailings.tidy(now=at(9, day=day))
    waiting.refresh_from_db()
    assert waiting.state == "waiting"  # nobody has approved the other one yet
    Mailing.objects.filter(kind="two_weeks").update(state="sending")
    mailings.tidy(now=at(10, day=day))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reply) == ("withdrawn", "a notice of the cut-off date takes its place")
    assert Notice.objects.get(holdout=done).state == "waiting"


def test_two_campaigns_remind_a_customer_once():
    both, sooner = make_customer(), make_campaign(name="local_port25", cutoff_on=date(2027, 2, 26))
    later = make_campaign()
    for campaign in (sooner, later):
        make_mailing(campaign, state="finished", planned_at=at(8, day=START))
        make_holdout(campaign, both, identified_on=START - timedelta(days=1))
    other = make_holdout(later, identified_on=START - timedelta(days=1))
    assert beat(date(2026, 12, 1)) == {"reminder": 1}
    made = Notice.objects.order_by("mailing__campaign__cutoff_on")
    assert [(notice.mailing.campaign, notice.holdout.customer) for notice in made] == [
        (sooner, both),
        (later, other.customer),
    ]


def test_who_wants_no_more_reminders_gets_the_final_notices():
    campaign = make_campaign()
    muted = make_holdout(campaign, identified_on=START - timedelta(days=1))
    make_mailing(campaign, state="finished", planned_at=at(8, day=START))
    Mute.objects.create(holdout=muted, by="one_click", at=at(8))
    assert beat(date(2026, 12, 1)) == {}
    assert beat(date(2027, 3, 16)) == {"two_weeks": 1}


def test_the_audience_of_the_plan_is_kept_with_the_mailing():
    campaign = make_campaign()
    chosen, _ = make_holdout(campaign, standing="mixed"), make_holdout(campaign)
    user = make_user("keiko")
    values = {"campaign_id": campaign.pk, "kind": "announcement", "active": True, "good_for_days": 14, "now": at(8)}
    planning.change_plan(**values, chosen={"standings": ["mixed"], "waves": []}, user_id=user.pk)
    assert beat(START) == {"announcement": 1}
    assert Notice.objects.get().holdout == chosen
    assert Mailing.objects.get().audience == {"standings": ["mixed"]}
    plan = MailingPlan.objects.get()
    assert (plan.changed_by, plan.changed_at) == (user, at(8))
    with pytest.raises(NotAnAudience):
        planning.change_plan(**values, chosen={"standings": ["gone"]})
    assert MailingPlan.objects.get().audience == {"standings": ["mixed"]}


def test_a_kind_that_is_switched_off_is_not_planned():
    campaign = make_campaign()
    make_holdout(campaign)
    campaign.mailing_plans.create(kind="announcement", active=False, good_for_days=14)
    campaign.mailing_plans.create(kind="reminder", active=False, good_for_days=14)
    assert beat(START) == {"first": 1}  # without an announcement everybody is new


@pytest.mark.parametrize(
    ("kind", "day", "says"),
    [
        ("announcement", START, ""),
        ("announcement", date(2026, 3, 31), "2026-04-01"),
        ("reminder", date(2026, 12, 2), ""),
        ("three_days", date(2027, 3, 24), "2027-03-25"),
        ("three_days", date(2027, 3, 25), ""),
        ("three_days", date(2027, 3, 29), "over"),
        ("last_day", END, "over"),
        ("first", START, "over"),
        ("thanks", date(2026, 12, 1), "nobody is due"),
    ],
)
def test_somebody_may_ask_for_a_kind_when_its_time_has_come(kind, day, says):
    campaign = make_campaign()
    make_holdout(campaign)
    if not says:
        assert planning.plan_now(campaign_id=campaign.pk, kind=kind, today=day, now=at(8, day=day)).kind == kind
        says = "already" if kind != "announcement" else "over"
    with pytest.raises(planning.NothingPlanned) as error:
        planning.plan_now(campaign_id=campaign.pk, kind=kind, today=day, now=at(8, day=day))
    assert says in str(error.value)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(planning, "CHUNK", 7)


def test_the_announcement_goes_by_waves(small_chunks, settings):
    settings.NOTICE_DAILY_CAP = 4
    campaign = make_campaign()
    held = [make_holdout(campaign, wave=1 + number % 3, wave_pinned=True) for number in range(30)]
    WavePlan.objects.create(
        campaign=campaign, waves=3, first_day=date(2026, 4, 6), days_between=4, seed="x", decided_at=at(8)
    )
    assert beat(START) == {"announcement": 30}
    slots = {}
    for notice in Notice.objects.select_related("holdout").order_by("send_after"):
        assert notice.slot_on == notice.send_after.astimezone(TOKYO).date()
        slots.setdefault(notice.holdout.wave, []).append(notice.send_after)
    first = [min(times).astimezone(TOKYO).date() for times in slots.values()]
    assert first == [date(2026, 4, 6), date(2026, 4, 10), date(2026, 4, 14)]
    assert max(slots[1]) < min(slots[2]) and max(slots[2]) < min(slots[3])
    days = list(Notice.objects.values_list("slot_on", flat=True))
    assert max(days.count(day) for day in days) <= 4
    assert len(held) == len(set(Notice.objects.values_list("send_after", flat=True)))


def test_chunks_leave_nobody_out_and_nobody_twice(small_chunks):
    campaign = make_campaign()
    for number in range(30):
        make_holdout(campaign, make_customer("nodomain" if number == 11 else ""))
    assert beat(START) == {"announcement": 30}
    notices = list(Notice.objects.all())
    assert len({notice.holdout_id for notice in notices}) == 30
    assert len({notice.number for notice in notices}) == 30
    assert [notice.state for notice in notices].count("refused") == 1
    slots = [notice.send_after for notice in notices if notice.state == "waiting"]
    assert len(set(slots)) == 29
    for notice in notices:
        assert notice.token_digest == links.digest(links.token_of(notice))
        assert (notice.attempts, notice.sent_to, notice.accepted_at) == (0, "", None)
        assert notice.language == notice.holdout.customer.language


def test_who_is_stopped_in_the_middle_leaves_nothing_and_the_next_plans_all(small_chunks, monkeypatch):
    campaign = make_campaign()
    for _ in range(30):
        make_holdout(campaign)
    written, insert = [], bulk.insert

    def insert_twice(*args, **given):
        if len(written) == 2:
            raise ConnectionError("the database is gone")
        written.append(insert(*args, **given))

    monkeypatch.setattr(bulk, "insert", insert_twice)
    with pytest.raises(ConnectionError):
        beat(START)
    assert len(written) == 2
    assert not Mailing.objects.exists() and not Notice.objects.exists()
    monkeypatch.setattr(bulk, "insert", insert)
    assert beat(START) == {"announcement": 30}


def test_a_number_that_a_notice_has_is_drawn_anew(monkeypatch):
    make_notice(make_mailing(make_campaign()), number="482913057")
    drawn = iter([{"482913057", "500000001"}, {"500000001"}, {"500000002"}])
    monkeypatch.setattr(bulk, "_drawn", lambda wanted: next(drawn))
    assert sorted(bulk.numbers(2)) == ["500000001", "500000002"]


def test_numbers_have_nine_digits_and_are_spread():
    found = bulk.numbers(3000)
    assert len(set(found)) == 3000 and all(len(number) == 9 and number[0] != "0" for number in found)
    assert {number[0] for number in found} == set("123456789")


def test_texts_with_all_that_csv_knows_arrive_as_they_are():
    odd = 'tab\t"quote", \\N comma\nline\\.'
    campaign = make_campaign()
    make_holdout(campaign, make_customer(client_program=odd, language="en"))
    assert beat(START) == {"announcement": 1}
    assert Notice.objects.get().client_program == odd


def test_what_the_database_refuses_in_the_middle_is_told_and_leaves_nothing(small_chunks, monkeypatch):
    campaign = make_campaign()
    for _ in range(30):
        make_holdout(campaign)
    monkeypatch.setattr(bulk, "numbers", lambda wanted: [str(500_000_000 + number) for number in range(wanted)])
    with pytest.raises(IntegrityError):
        beat(START)
    assert not Mailing.objects.exists() and not Notice.objects.exists()


def cancelled_last_day() -> Mailing:
    campaign = make_campaign(starts_on=date(2027, 3, 27))
    make_holdout(campaign)
    for kind in ("announcement", "first"):
        campaign.mailing_plans.create(kind=kind, active=False, good_for_days=1)
    assert beat(date(2027, 3, 29)) == {"last_day": 1}
    mailing = Mailing.objects.get()
    mailings.cancel(mailing_id=mailing.pk, now=at(9, day=date(2027, 3, 29)))
    return mailing


def again(mailing: Mailing) -> Mailing:
    day = date(2027, 3, 29)
    return planning.plan_now(campaign_id=mailing.campaign_id, kind=mailing.kind, today=day, now=at(10, day=day))


def test_a_cancelled_round_of_which_nothing_went_out_is_planned_again_by_a_person_only():
    first = cancelled_last_day()
    assert beat(date(2027, 3, 29)) == {}
    second = again(first)
    assert (second.kind, second.period, second.attempt, second.state) == (first.kind, first.period, 2, "planned")
    old, new = first.notices.get(), second.notices.get()
    assert old.holdout_id == new.holdout_id and old.state == "withdrawn" and new.state == "waiting"
    for its_own in ("message_id", "token_digest", "number"):
        assert getattr(old, its_own) != getattr(new, its_own)
    assert new.token_digest == links.digest(links.token_for(new.message_id))
    with pytest.raises(planning.NothingPlanned, match="already"):
        again(first)
    mailings.cancel(mailing_id=second.pk, now=at(11, day=date(2027, 3, 29)))
    assert again(first).attempt == 3


@pytest.mark.parametrize("state", ["accepted", "claimed", "unknown", "waiting"])
def test_a_cancelled_round_of_which_anything_may_have_gone_out_is_never_planned_again(state):
    first = cancelled_last_day()
    Notice.objects.update(state=state, claimed_at=at(9, day=date(2027, 3, 29)))
    with pytest.raises(planning.NothingPlanned, match="Nobody shall get it twice"):
        again(first)
    assert Mailing.objects.filter(kind="last_day").count() == 1


def test_the_database_itself_allows_one_mailing_of_a_period_that_is_not_cancelled():
    first = cancelled_last_day()
    again(first)
    with pytest.raises(IntegrityError):
        Mailing.objects.filter(pk=first.pk).update(state="sending")


def test_an_announcement_that_was_cancelled_with_nothing_out_is_planned_again_by_a_person():
    make_holdout(make_campaign())
    assert beat(START) == {"announcement": 1}
    first = Mailing.objects.get()
    mailings.cancel(mailing_id=first.pk, now=at(9, day=START))
    assert beat(START + timedelta(days=1)) == {}
    values = {"today": START + timedelta(days=1), "now": at(9, day=START + timedelta(days=1))}
    second = planning.plan_now(campaign_id=first.campaign_id, kind="announcement", **values)
    assert second.attempt == 2 and second.notices.count() == 1
