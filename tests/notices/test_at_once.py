"""What two do to the ledger at the same moment: neither waits for the other in a circle, and nothing is lost."""

from datetime import timedelta

import pytest
from at_once import Other, Stop
from builders import make_campaign, make_customer, make_holdout, make_user
from desk import make_mailing, make_notice
from django.db import connection, transaction
from rounds import AFTERNOON, DAY, at, plan, sending, state_of, take

from campaign.customers import counts, rollup, told
from campaign.models import Campaign, Holdout, WavePlan
from campaign.plan import extensions
from campaign.plan.campaigns import NotPossible
from notices import allowance, ledger, mailings, mutes, on_request, planning, schedule, waves
from notices.deliveries import keep, record
from notices.deliveries.evidence import Evidence
from notices.ledger import End
from notices.models import Delivery, Mailing, Mute, Notice, ReportCounts, SendingDay, TextVersion, Visit

pytestmark = pytest.mark.django_db(transaction=True)
State = Notice.State
WAVES = {"first_day": DAY, "days_between": 7, "now": at(7)}


@pytest.fixture
def campaigns() -> list[Campaign]:
    return [make_campaign(), make_campaign(name="local_port25")]


def test_two_guides_for_a_customer_of_both_campaigns(campaigns, monkeypatch):
    customer, stop = make_customer(), Stop()
    both = [make_holdout(each, customer) for each in campaigns]
    monkeypatch.setattr(on_request, "_tell_program", stop.before(on_request._tell_program))

    def send(holdout: Holdout, program: str):
        return lambda: on_request.send_guide(holdout_id=holdout.pk, program=program, user_id=None, now=AFTERNOON)

    first = Other(send(both[0], "becky"))
    stop.reached()
    second = Other(send(both[1], "outlook"))
    second.until_it_waits()
    stop.go_on()
    assert [first.result().holdout, second.result().holdout] == both


def test_two_customers_of_both_campaigns_tell_their_program(campaigns, monkeypatch):
    people, stop = [make_customer() for _ in range(2)], Stop()
    for customer, order in zip(people, (1, -1), strict=True):
        for each in campaigns[::order]:
            make_holdout(each, customer)
    for each in campaigns:
        counts.count(each, today=DAY)
    monkeypatch.setattr(counts, "mark_stale", stop.after(counts.mark_stale))
    first, second = (
        Other(lambda pk=each.pk: told.tell_program(customer_id=pk, program="becky", today=DAY)) for each in people
    )
    stop.reached()
    second.until_it_waits()
    stop.go_on()
    assert first.result() and second.result()


def test_a_worker_that_comes_back_while_its_lease_is_ended(monkeypatch):
    mailing, stop = sending(2), Stop()
    claims = ledger.claim(mailing_id=mailing.pk, limit=2, now=AFTERNOON)
    monkeypatch.setattr(ledger, "_accept", stop.before(ledger._accept))
    late = AFTERNOON + timedelta(hours=1)
    first, last = sorted(claims, key=lambda claim: claim.pk)
    back = Other(lambda: ledger.settle([End(first, State.ACCEPTED, "250 ok")], untouched=[last], now=late))
    stop.reached()
    lease = Other(lambda: record._end_leases(late))
    lease.until_it_waits()
    stop.go_on()
    lease.result()
    assert back.result() == []
    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) == ["accepted", "waiting"]


def test_a_customer_who_wants_no_reminders_while_all_of_several_mailings_are_withdrawn(campaigns):
    holdout = make_holdout(campaigns[0])
    several = [make_mailing(campaigns[0], period=f"2026-1{number}") for number in range(2)]
    for each in several:
        make_notice(each, holdout, state="waiting", reply="")
    with transaction.atomic():
        Notice.objects.for_mailing(several[1]).withdraw_all("expired", now=AFTERNOON)
        muting = Other(lambda: mutes.mute(holdout_id=holdout.pk, by=Mute.By.PAGE, now=AFTERNOON))
        muting.through()
        Notice.objects.for_mailing(several[0]).withdraw_all("expired", now=AFTERNOON)
    assert muting.result()
    assert set(Notice.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_notice_that_may_go_again_keeps_its_mailing_from_ending(monkeypatch):
    mailing, stop = sending(), Stop()
    notice = Notice.objects.get()
    take(notice, now=AFTERNOON)
    Notice.objects.update(state="unknown")
    monkeypatch.setattr(mailings, "let_nothing_wait", stop.after(mailings.let_nothing_wait))
    again = Other(lambda: record._let_go_again(Notice.objects.select_related("mailing").get(), now=AFTERNOON))
    stop.reached()
    end = Other(lambda: mailings.finish_if_done(mailing_id=mailing.pk, now=AFTERNOON))
    end.until_it_waits()
    stop.go_on()
    again.result()
    assert end.result() is False
    assert (state_of(mailing), Notice.objects.get().state) == ("sending", "waiting")


def test_texts_that_are_taken_while_somebody_approves_are_not_approved(monkeypatch):
    mailing, stop = plan(), Stop()
    about = {"campaign": mailing.campaign, "kind": mailing.kind, "language": "ja", "number": 1}
    TextVersion.objects.create(**about, subject="x", body="x", written_at=at(8), approved_at=at(8))
    monkeypatch.setattr(mailings.approval, "errors", stop.after(mailings.approval.errors))
    user = make_user("sato").pk
    approving = Other(lambda: mailings.approve(mailing_id=mailing.pk, user_id=user, now=at(9)))
    stop.reached()
    mailings.take_texts(mailing_id=mailing.pk)
    stop.go_on()
    with pytest.raises(mailings.NotAllowed):
        approving.result()
    assert state_of(mailing) == "planned"


def test_what_somebody_cancels_while_it_expires_stays_cancelled():
    mailing = sending()
    after = at(9, day=mailing.expires_on + timedelta(days=1))
    with transaction.atomic():
        mailings.cancel(mailing_id=mailing.pk, now=after)
        tidying = Other(lambda: mailings.tidy(now=after))
        tidying.until_it_waits()
    tidying.result()
    assert state_of(mailing) == "cancelled"


def test_what_is_through_while_its_date_is_moved_stays_finished():
    mailing = sending()
    Mailing.objects.update(kind="last_day", period="2026-12-24")
    with transaction.atomic():
        Mailing.objects.update(state="finished", ended_at=AFTERNOON)
        tidying = Other(lambda: mailings.tidy(now=AFTERNOON))
        tidying.until_it_waits()
    tidying.result()
    assert state_of(mailing) == "finished"


def test_a_day_is_counted_again_when_more_went_out_while_it_was_counted(monkeypatch):
    SendingDay.objects.create(day=DAY, taken=1)
    stop, accepted_on = Stop(), Notice.objects.accepted_on
    monkeypatch.setattr(allowance.Notice.objects, "accepted_on", stop.after(accepted_on), raising=False)
    counting = Other(lambda: allowance.keep_past(now=at(9, day=DAY + timedelta(days=2))))
    stop.reached()
    late = Other(lambda: allowance.count_again(DAY))
    late.until_it_waits()
    stop.go_on()
    counting.result(), late.result()
    assert SendingDay.objects.get().accepted is None


def test_two_who_write_down_fates_of_the_same_rounds(campaigns):
    several = [make_mailing(campaigns[0], period=f"2026-1{number}") for number in range(2)]
    notices = [make_notice(each) for each in (*several, several[0])]
    for each in several[::-1]:
        ReportCounts.objects.create(mailing=each, counted_at=AFTERNOON, counts={})
    delivered = Evidence(Delivery.Source.LOG, Delivery.Fate.DELIVERED, AFTERNOON)
    with transaction.atomic():
        keep.write_down({notices[0].message_id: delivered})
        both = {each.message_id: delivered for each in notices[1:]}
        writing = Other(lambda: keep.write_down(both))
        writing.until_it_waits()
        ReportCounts.objects.filter(mailing=several[1]).update(changes=9)
    writing.result()
    assert Delivery.objects.count() == 3


def test_who_writes_fates_down_holds_up_no_visit(campaigns):
    notice = make_notice(make_mailing(campaigns[0]))
    delivered = Evidence(Delivery.Source.LOG, Delivery.Fate.DELIVERED, AFTERNOON)
    with transaction.atomic():
        keep.write_down({notice.message_id: delivered})
        visit = Other(lambda: Visit.objects.create(notice=notice, act="guide", at=AFTERNOON))
        visit.through()
    assert visit.result()


@pytest.fixture
def half_planned(monkeypatch):
    """Whoever plans first stops when the notices are there, and nobody else sees them."""
    stop = Stop()
    monkeypatch.setattr(planning, "fill", stop.after(planning.fill))
    return stop


def test_nobody_is_taken_away_to_whom_a_mailing_is_being_planned(campaigns, half_planned):
    people = {make_holdout(campaigns[0]).pk for _ in range(3)}  # without evidence
    planner = Other(lambda: planning.plan_reminder(campaign_id=campaigns[0].pk, today=DAY, now=at(8)))
    half_planned.reached()
    standings = Other(lambda: rollup.bring_up_to_date(days=[DAY], today=DAY))
    standings.until_it_waits()
    half_planned.go_on()
    assert planner.result()
    standings.result()
    assert set(Notice.objects.values_list("holdout", flat=True)) == people
    assert set(Holdout.objects.values_list("standing", flat=True)) == {"silent"}


def with_waves(campaign: Campaign) -> Campaign:
    """Before its announcement, with a holdout who has no evidence."""
    campaign.starts_on = DAY
    campaign.save()
    make_holdout(campaign)
    waves.decide(campaign_id=campaign.pk, waves_wanted=2, **WAVES)
    return campaign


def test_waves_stand_from_the_moment_on_at_which_the_announcement_is_being_planned(campaigns, half_planned):
    campaign = with_waves(campaigns[0])
    wanted = schedule.Round(schedule.Kind.ANNOUNCEMENT, "2026-12", DAY, DAY, DAY, campaign.cutoff_on)
    plan = planning.plans_of(campaign)[wanted.kind]
    planner = Other(lambda: planning.plan_round(campaign, wanted, plan=plan, today=DAY, now=at(8)))
    half_planned.reached()
    deciding = Other(lambda: waves.decide(campaign_id=campaign.pk, waves_wanted=3, **WAVES))
    deciding.until_it_waits()
    half_planned.go_on()
    assert planner.result()
    with pytest.raises(NotPossible):
        deciding.result()
    assert (WavePlan.objects.get().waves, WavePlan.objects.get().drawn) == (2, True)


def test_the_standings_of_a_campaign_are_made_while_its_announcement_is_being_planned(campaigns, monkeypatch):
    campaign, stop = with_waves(campaigns[0]), Stop()
    wanted = schedule.Round(schedule.Kind.ANNOUNCEMENT, "2026-12", DAY, DAY, DAY, campaign.cutoff_on)
    plan = planning.plans_of(campaign)[wanted.kind]
    monkeypatch.setattr(planning, "one_at_a_time", stop.after(planning.one_at_a_time))
    planner = Other(lambda: planning.plan_round(campaign, wanted, plan=plan, today=DAY, now=at(8)))
    stop.reached()
    standings = Other(lambda: rollup.bring_up_to_date(days=[DAY], today=DAY))
    standings.until_it_waits()
    stop.go_on()
    assert planner.result()
    standings.result()


def test_more_time_is_asked_for_while_a_round_is_being_written(campaigns):
    holdout = make_holdout(campaigns[0])
    ask = {"until": campaigns[0].cutoff_on, "why": "help", "now": AFTERNOON, "today": DAY, "days": 30, "times": 1}
    with transaction.atomic(), connection.cursor() as cursor:
        make_notice(make_mailing(campaigns[0]), holdout)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the end of the transaction does
        asking = Other(lambda: extensions.ask(holdout_id=holdout.pk, **ask))
        asking.through()
    assert asking.result().customer_id == holdout.customer_id
