from datetime import date, datetime

import pytest
from builders import make_campaign, make_holdout, make_user
from django.utils import timezone
from relays import Relay, running
from rounds import AFTERNOON, DAY, at, numbers, plan, state_of

from campaign.celery import app
from campaign.models import Desk
from notices import mailings, tasks
from notices.models import Mailing, Notice, SendingDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_clock(monkeypatch):
    def to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    return to


def test_beat_knows_the_tasks_by_name(settings):
    app.loader.import_default_modules()
    names = {job["task"] for job in app.conf.beat_schedule.values() if job["task"].startswith("notices.")}
    assert {"notices.tasks.plan_mailings", "notices.tasks.send_due", "notices.tasks.settle"} <= names
    assert names <= set(app.tasks)


@pytest.mark.parametrize(
    ("day", "planned"),
    [
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),  # the first working day of January
        (date(2027, 1, 20), True),  # it was missed
        (date(2027, 1, 23), False),  # a Saturday
    ],
)
def test_the_reminder_is_planned_from_the_first_working_day_on(set_clock, day, planned):
    make_holdout(make_campaign())
    set_clock(at(8, day=day))
    tasks.plan_mailings()
    assert Mailing.objects.filter(period="2027-01").exists() is planned


def test_each_month_has_its_reminder_once_for_each_campaign(set_clock):
    for name in ("pop_before_smtp", "local_port25"):
        make_holdout(make_campaign(name=name))
    for day in (date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 31)):
        set_clock(at(8, day=day))
        tasks.plan_mailings()
    assert Mailing.objects.count() == 2


def test_an_approved_mailing_starts_and_goes_out_in_the_hours(set_clock, settings, empty_redis):
    mailing = plan(3)
    mailings.approve(mailing_id=mailing.pk, user_id=make_user("taro").pk, now=at(8, 30))
    Notice.objects.update(send_after=at(9))
    with running(Relay(), settings) as relay:
        set_clock(at(8, 59))
        tasks.send_due()
        assert (state_of(mailing), len(relay.letters)) == ("approved", 0)
        set_clock(AFTERNOON)
        tasks.send_due()
        assert (state_of(mailing), len(relay.letters)) == ("sending", 0)  # it is held for ten minutes
        set_clock(AFTERNOON + settings.NOTICE_HOLD)
        tasks.send_due()
        assert (state_of(mailing), len(relay.letters)) == ("finished", 3)
        tasks.send_due()
    assert len(relay.letters) == 3
    assert numbers(mailing).accepted == 3


def test_a_mailing_nobody_approved_does_not_go_out(set_clock, settings):
    mailing = plan()
    set_clock(AFTERNOON)
    with running(Relay(), settings) as relay:
        tasks.send_due()
    assert (state_of(mailing), relay.connections) == ("planned", 0)


def test_beat_decides_what_the_desk_allows_on_the_day_and_once(set_clock, settings):
    seats = Desk.objects.create(from_day=DAY, seats=2, contacts_per_seat=10, changed_at=at(9))
    set_clock(at(0, 1))
    tasks.settle()
    decided = SendingDay.objects.get(day=DAY)
    assert (decided.capacity, decided.desk_cap) == (20, 400)
    seats.delete()
    tasks.settle()
    assert SendingDay.objects.get(day=DAY) == decided and SendingDay.objects.get(day=DAY).desk_cap == 400


def test_settling_marks_what_a_dead_worker_left(set_clock):
    mailing = plan()
    Notice.objects.update(state="claimed", claimed_at=at(9))
    set_clock(at(12))
    tasks.settle()
    assert numbers(mailing).unknown == 1
