from datetime import timedelta

import pytest
from builders import TODAY, make_campaign
from desk import make_mailing, make_notice
from django.db import OperationalError
from django.db.models import Count
from rounds import at, numbers, plan, sending

from campaign.celery import app
from notices import causes, mailings, reports
from notices.deliveries import keep
from notices.deliveries.evidence import Evidence
from notices.models import Delivery, Mailing, Notice, ReportCounts
from notices.tasks import settle

pytestmark = pytest.mark.django_db
NOW = at(10)
MINUTE = timedelta(minutes=1)
State = Notice.State


@pytest.fixture
def all_are_large(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 0)


def again(mailing: Mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)


def of(mailing: Mailing, *, now=NOW) -> mailings.Report:
    return reports.of(again(mailing), now=now)


def shown(mailing: Mailing, *, now=NOW) -> mailings.Report:
    return reports.shown(again(mailing), now=now)


def told(notice: Notice, fate: str, *, minutes: int = 0) -> None:
    """As by the mail server's log."""
    at_that_time = NOW + minutes * MINUTE
    keep.write_down(
        {notice.message_id: Evidence(Delivery.Source.LOG, Delivery.Fate(fate), at_that_time, "5.2.2", "full")}
    )


def ended(mailing: Mailing, *, state: str = "finished") -> None:
    Mailing.objects.filter(pk=mailing.pk).update(state=state, ended_at=NOW)


def round_of(**states: int) -> Mailing:
    mailing = make_mailing(make_campaign(), period="2026-12", expires_on=TODAY + timedelta(days=90))
    for state, number in states.items():
        for _ in range(number):
            make_notice(mailing, state=state)
    return mailing


def test_of_a_small_round_all_is_counted_when_somebody_looks():
    mailing = round_of(accepted=2, waiting=1)
    reports.count_due(now=NOW)
    told(mailing.notices.filter(state="accepted").first(), "bounced")
    assert of(mailing) == shown(mailing) == numbers(mailing)
    assert numbers(mailing).bounced == 1


@pytest.mark.parametrize("most", [state for state in State if state != State.CLAIMED])
def test_of_a_large_round_the_states_are_those_of_the_ledger(all_are_large, most):
    """Whichever state most have, and so is not counted; and whatever has become of them since."""
    mailing = round_of(**{state: 3 if state == most else 1 for state in State})
    make_notice(make_mailing(make_campaign(name="local_port25")))
    reports.count_due(now=NOW)
    assert of(mailing) == numbers(mailing)
    for state in State:
        for after in State:
            one = mailing.notices.filter(state=state).order_by("pk").first()
            if one is None:
                continue
            Notice.objects.filter(pk=one.pk).update(state=after)
            assert of(mailing, now=NOW + MINUTE) == numbers(mailing)


def test_the_states_cost_one_statement_and_no_look_at_fates(all_are_large, django_assert_num_queries):
    mailing = round_of(accepted=2, waiting=1)
    reports.count_due(now=NOW)
    mailing = Mailing.objects.select_related("report_counts").get(pk=mailing.pk)
    with django_assert_num_queries(1) as asked:
        assert reports.of(mailing, now=NOW).waiting == 1
    assert "notices_delivery" not in asked[0]["sql"]


def test_fates_are_those_that_the_job_counted_after_it_had_written_them(all_are_large):
    mailing = round_of(accepted=3)
    assert reports.count_due(now=NOW) == 1
    told(mailing.notices.first(), "delivered")
    assert (of(mailing).delivered, numbers(mailing).delivered) == (0, 1)
    assert reports.count_due(now=NOW + MINUTE) == 1
    assert of(mailing, now=NOW + MINUTE) == shown(mailing, now=NOW + MINUTE) == numbers(mailing)


def test_a_round_of_which_nothing_has_changed_is_not_counted_again(all_are_large):
    mailing = round_of(accepted=1, waiting=2)
    assert [reports.count_due(now=NOW + minute * MINUTE) for minute in range(4)] == [1, 1, 0, 0]  # see `count`
    assert mailing.report_counts.counted_at == NOW + 3 * MINUTE
    Notice.objects.filter(state="waiting").update(state="claimed")
    assert [reports.count_due(now=NOW + minute * MINUTE) for minute in (4, 5)] == [0, 0]  # both are called waiting
    Notice.objects.filter(state="claimed").update(state="accepted")
    assert [reports.count_due(now=NOW + minute * MINUTE) for minute in (6, 7)] == [1, 0]


def test_a_fate_that_is_written_while_it_is_counted_is_counted_the_next_time(all_are_large, monkeypatch):
    mailing = round_of(accepted=2)
    reports.count_due(now=NOW)
    reports.count_due(now=NOW + MINUTE)
    told(mailing.notices.first(), "delivered")
    counted = mailings.report

    def late(*, mailing_id):
        found = counted(mailing_id=mailing_id)
        told(mailing.notices.last(), "bounced")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(mailings, "report", late)
        assert reports.count_due(now=NOW + 2 * MINUTE) == 1
    assert of(mailing, now=NOW + 2 * MINUTE).bounced == 0
    assert reports.count_due(now=NOW + 3 * MINUTE) == 1
    assert of(mailing, now=NOW + 3 * MINUTE) == numbers(mailing)


def test_what_no_job_counts_any_more_is_counted_when_somebody_looks(all_are_large):
    mailing = round_of(accepted=1, waiting=1)
    reports.count_due(now=NOW)
    told(mailing.notices.filter(state="accepted").get(), "delivered")
    late = NOW + reports.TOO_OLD
    assert of(mailing, now=late - MINUTE).delivered == shown(mailing, now=late - MINUTE).delivered == 0
    assert of(mailing, now=late) == shown(mailing, now=late) == numbers(mailing)
    assert numbers(mailing).delivered == 1


def test_a_round_that_has_ended_is_counted_once_and_kept(all_are_large, django_assert_num_queries):
    mailing = round_of(accepted=2, refused=1, withdrawn=1)
    ended(mailing)
    assert [reports.count_due(now=NOW + minute * MINUTE) for minute in (1, 2, 3)] == [1, 1, 0]
    years = NOW + timedelta(days=900)
    found = Mailing.objects.select_related("report_counts").get(pk=mailing.pk)
    with django_assert_num_queries(0):
        assert reports.of(found, now=years) == reports.shown(found, now=years)
        assert reports.by_language(found, now=years) == [("en", 4)]
        assert [cause.notices for cause in reports.causes_of(found, now=years)] == [1]
    assert reports.of(found, now=years) == numbers(mailing)


def test_a_bounce_that_comes_long_after_its_end_is_counted(all_are_large):
    mailing = round_of(accepted=2)
    ended(mailing)
    for minute in (1, 2):
        reports.count_due(now=NOW + minute * MINUTE)
    late = NOW + timedelta(days=40)
    told(mailing.notices.first(), "bounced")
    assert of(mailing, now=late) == numbers(mailing)  # no job has come since
    assert [reports.count_due(now=late + minute * MINUTE) for minute in (1, 2)] == [1, 0]
    assert of(mailing, now=late) == numbers(mailing)
    assert numbers(mailing).bounced == 1


@pytest.mark.parametrize("after", ["accepted", "refused", "withdrawn"])
def test_what_was_still_open_at_its_end_is_counted_when_it_is_settled(all_are_large, after):
    mailing = round_of(accepted=2, unknown=1, claimed=1)
    ended(mailing)
    for minute in (1, 2):
        reports.count_due(now=NOW + minute * MINUTE)
    assert of(mailing, now=NOW + 3 * MINUTE).unknown == 1
    mailing.notices.filter(state__in=("unknown", "claimed")).update(state=after)
    assert of(mailing, now=NOW + 3 * MINUTE) == numbers(mailing)
    assert [reports.count_due(now=NOW + minute * MINUTE) for minute in (4, 5)] == [1, 0]
    assert of(mailing, now=NOW + timedelta(days=400)) == numbers(mailing)


def test_what_was_counted_before_it_was_cancelled_is_not_kept(all_are_large):
    mailing = sending(3)
    reports.count_due(now=NOW)
    mailings.cancel(mailing_id=mailing.pk, now=NOW + MINUTE)
    assert of(mailing, now=NOW + MINUTE) == numbers(mailing)
    assert reports.count_due(now=NOW + 2 * MINUTE) == 1
    assert of(mailing, now=NOW + timedelta(days=400)) == numbers(mailing)
    assert numbers(mailing).withdrawn == 3


def test_the_rest_of_its_page_is_the_same_as_if_it_were_counted(all_are_large):
    mailing = sending(4)
    for notice, fate in zip(mailing.notices.order_by("pk"), ("bounced", "deferred"), strict=False):
        Notice.objects.filter(pk=notice.pk).update(state="accepted")
        told(notice, fate)
    reports.count_due(now=NOW)
    Notice.objects.filter(state="waiting").update(attempts=1, reply="450 4.7.1 greylisted")
    assert reports.causes_of(again(mailing), now=NOW) == causes.causes(mailing)
    assert [(cause.kind, cause.notices) for cause in causes.causes(mailing)] == [
        ("bounced", 1),
        ("put_off", 2),
        ("delayed", 1),
    ]
    languages = mailing.notices.values_list("language").annotate(Count("pk")).order_by("language")
    assert reports.by_language(again(mailing), now=NOW) == list(languages)
    slot_on = mailing.notices.first().slot_on
    assert reports.waiting_by_day([again(mailing)], now=NOW) == [(slot_on, 2)]
    later = NOW + reports.TOO_OLD
    assert reports.waiting_by_day([again(mailing)], now=later) == [(slot_on, 2)]
    assert reports.by_language(again(mailing), now=later) == list(languages)


@pytest.mark.parametrize("step", ["report", "languages"])
def test_a_count_that_dies_in_the_middle_is_made_again(all_are_large, monkeypatch, step):
    mailing = round_of(accepted=2)
    ended(mailing)
    for minutes in (1, 2):
        reports.count_due(now=NOW + minutes * MINUTE)
    told(mailing.notices.first(), "bounced")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        name = {"report": "notices.mailings.report", "languages": "notices.reports._waiting"}[step]
        patch.setattr(name, dying)
        reports.count_due(now=NOW + 3 * MINUTE)
    assert reports.count_due(now=NOW + 4 * MINUTE) == 1
    assert of(mailing, now=NOW + 4 * MINUTE).bounced == 1 == shown(mailing, now=NOW + 4 * MINUTE).bounced


def dying(*_given, **_named):
    raise KeyboardInterrupt


def test_of_two_counts_at_once_the_one_that_began_later_stands(all_are_large, monkeypatch):
    mailing = round_of(accepted=3)
    ended(mailing)
    first, *others = mailing.notices.order_by("pk")
    told(first, "bounced")
    reports.count_due(now=NOW + MINUTE)
    of_causes, times = causes.causes, []

    def meanwhile(wanted: Mailing):
        """A fate is written and counted by another job while the first one is at its causes."""
        found = of_causes(wanted)
        if not times:
            times.append(1)
            told(others.pop(), "bounced", minutes=2)
            reports.count(again(mailing), now=NOW + 2 * MINUTE)
        return found

    monkeypatch.setattr(causes, "causes", meanwhile)
    reports.count(again(mailing), now=NOW + 2 * MINUTE)
    reports.count_due(now=NOW + 3 * MINUTE)
    assert shown(mailing, now=NOW + 3 * MINUTE).bounced == 2 == numbers(mailing).bounced


def test_a_round_that_cannot_be_counted_holds_up_no_other(all_are_large, monkeypatch, caplog):
    stuck, other = round_of(accepted=1), make_mailing(make_campaign(name="local_port25"), period="2026-11")
    make_notice(other)
    count = reports.count

    def slow(mailing: Mailing, *, now) -> None:
        if mailing == stuck:
            raise OperationalError("canceling statement due to statement timeout")
        count(mailing, now=now)

    monkeypatch.setattr(reports, "count", slow)
    assert reports.count_due(now=NOW) == 1
    assert ReportCounts.objects.get().mailing == other
    assert f"mailing {stuck.pk} cannot be counted" in caplog.text


def test_a_report_that_an_earlier_version_kept_is_counted_anew(all_are_large):
    mailing = round_of(accepted=1)
    old = {"planned": 7, **dict.fromkeys(reports.STATES, 0), "delivered": 0, "deferred": 0, "bounced": 0, "expired": 0}
    ReportCounts.objects.create(mailing=mailing, counted_at=NOW, counts=old, changes=0)
    assert of(mailing) == numbers(mailing)
    assert reports.by_language(again(mailing), now=NOW) == [("en", 1)]
    assert reports.count_due(now=NOW) == 1
    assert shown(mailing) == numbers(mailing)


def test_the_job_that_settles_counts_and_none_waits_in_the_queue(all_are_large):
    sending(1)
    entry = next(each for each in app.conf.beat_schedule.values() if each["task"] == "notices.tasks.settle")
    assert entry["options"]["expires"] == entry["schedule"].total_seconds()
    settle()
    assert ReportCounts.objects.get().counts["waiting"] == 1


def test_the_newest_round_is_the_one_that_was_not_cancelled():
    first = plan(1)
    second = Mailing.objects.create(
        campaign=first.campaign, period="2027-01", planned_at=at(9), expires_on=NOW.date(), daily_cap=1
    )
    assert reports.newest([first, second]) == second
    mailings.cancel(mailing_id=second.pk, now=NOW)
    second.refresh_from_db()
    assert reports.newest([first, second]) == first
    assert reports.newest([second]) is None
