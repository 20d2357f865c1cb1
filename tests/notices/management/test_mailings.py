import json
from datetime import date, datetime, timedelta

import pytest
from builders import make_campaign, make_holdout, make_user
from desk import make_mailing
from django.core.management import CommandError, call_command
from django.utils import timezone
from rounds import DAY, at, plan, state_of

from campaign.models import AuditEntry, Desk
from notices import mailings
from notices.models import Mailing, Notice

pytestmark = pytest.mark.django_db
AHEAD = {"hold_until", "through_on", "earliest", "latest", "left_over"}
AHEAD |= {"busiest_day", "contacts_on_busiest_day", "desk_takes"}


@pytest.fixture(autouse=True)
def in_december(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(10))


@pytest.fixture
def run(capsys):
    def command(*words: str) -> str:
        call_command("mailings", *words)
        return capsys.readouterr().out

    return command


def test_a_round_goes_from_plan_to_cancel_by_commands_alone(run):
    make_holdout(make_campaign())
    make_user("keiko", "notices.run_mailing")
    make_user("taro", "notices.approve_mailing")
    planned = json.loads(run("plan", "--campaign", "pop_before_smtp", "--user", "keiko", "--json"))
    assert (planned["state"], planned["planned"], planned["waiting"]) == ("planned", 1, 1)
    mailing = Mailing.objects.get()
    which = ("--mailing", str(planned["mailing"]))
    for words, state in [
        (("approve", "--user", "taro"), "approved"),
        (("start",), "sending"),
        (("pause", "--reason", "lunch"), "paused"),
        (("resume",), "sending"),
        (("cancel",), "cancelled"),
    ]:
        run(*words, *which)
        assert state_of(mailing) == state


def test_the_report_has_every_number(run):
    mailing = plan(2)
    report = json.loads(run("report", "--mailing", str(mailing.pk), "--json"))
    about = {"mailing": mailing.pk, "campaign": "pop_before_smtp", "kind": "reminder", "period": "2026-12"}
    about |= {"state": "planned", "utf8_instead": 0}
    numbers = dict.fromkeys(("accepted", "refused", "withdrawn", "unknown"), 0)
    fates = dict.fromkeys(("delivered", "deferred", "bounced", "expired"), 0)
    known = about | {"planned": 2, "waiting": 2} | numbers | fates
    assert {name: report[name] for name in known} == known
    assert {*report} - {*known} == AHEAD
    assert "waiting" in run("report", "--mailing", str(mailing.pk))


def test_the_report_says_how_a_mailing_will_go_and_how_long_it_is_held(run, settings):
    settings.CONTACTS_PER_HUNDRED = 50
    Desk.objects.create(from_day=date(2026, 1, 1), seats=1, contacts_per_seat=1, changed_at=timezone.now())
    mailing = plan(5)
    Notice.objects.update(send_after=timezone.now())
    Mailing.objects.update(expires_on=timezone.localdate() + timedelta(days=60), state="approved")
    report = json.loads(run("report", "--mailing", str(mailing.pk), "--json"))
    assert report["hold_until"] is None
    assert report["earliest"] <= report["through_on"] <= report["latest"]
    assert (report["left_over"], report["desk_takes"]) == (0, 1)
    assert 0 < report["contacts_on_busiest_day"] <= 1
    report = json.loads(run("start", "--mailing", str(mailing.pk), "--json"))
    assert datetime.fromisoformat(report["hold_until"]) > timezone.now() + timedelta(minutes=9)
    assert "through_on" in run("report", "--mailing", str(mailing.pk))
    report = json.loads(run("cancel", "--mailing", str(mailing.pk), "--json"))
    assert (report["accepted"], report["withdrawn"], report["through_on"]) == (0, 5, None)


def test_without_a_number_the_campaigns_latest_mailing_is_meant(run):
    mailing = plan()
    report = json.loads(run("report", "--campaign", "pop_before_smtp", "--json"))
    assert report["mailing"] == mailing.pk


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "--user", "keiko"), "--campaign"),
        (("plan", "--user", "keiko", "--campaign", "local_port25"), "local_port25"),
        (("plan", "--user", "keiko", "--campaign", "pop_before_smtp"), "2026-12"),
        (("plan", "--campaign", "pop_before_smtp"), "--user"),
        (("report",), "--campaign"),
        (("report", "--mailing", "99"), "99"),
        (("approve", "--mailing", "1"), "--user"),
        (("approve", "--mailing", "1", "--user", "nobody"), "nobody"),
        (("approve", "--mailing", "1", "--user", "guest"), "notices.approve_mailing"),
        (("start", "--user", "guest", "--mailing", "1"), "notices.run_mailing"),
        (("start", "--campaign", "pop_before_smtp"), ""),
        (("sing",), "sing"),
    ],
)
def test_what_cannot_be_done_is_said_clearly(run, words, says):
    plan()
    make_user("guest")
    make_user("keiko", "notices.run_mailing")
    with pytest.raises(CommandError) as error:
        run(*words)
    assert says in str(error.value)


def test_the_planner_may_not_approve(run):
    make_holdout(make_campaign())
    make_user("keiko", "notices.run_mailing", "notices.approve_mailing")
    run("plan", "--campaign", "pop_before_smtp", "--user", "keiko")
    with pytest.raises(CommandError):
        run("approve", "--campaign", "pop_before_smtp", "--user", "keiko")
    assert state_of(Mailing.objects.get()) == "planned"


def test_another_kind_is_planned_by_its_name(run):
    campaign = make_campaign(starts_on=DAY)
    make_holdout(campaign)
    make_user("keiko", "notices.run_mailing")
    which = ("--campaign", "pop_before_smtp", "--kind", "announcement", "--user", "keiko")
    planned = json.loads(run("plan", *which, "--json"))
    assert (planned["kind"], planned["period"], planned["planned"]) == ("announcement", "2026-12-01", 1)


def test_a_kind_whose_time_has_not_come_is_refused_with_the_day(run):
    make_holdout(make_campaign())
    make_user("keiko", "notices.run_mailing")
    with pytest.raises(CommandError) as error:
        run("plan", "--campaign", "pop_before_smtp", "--kind", "last_day", "--user", "keiko")
    assert "2027-03-29" in str(error.value)


def test_all_mailings_are_listed_the_newest_first(run):
    reminder = plan(2)
    other = make_mailing(make_campaign(name="local_port25"), kind="thanks", period="2026-11-30")
    listed = [json.loads(line) for line in run("list", "--json").splitlines()]
    assert [one["mailing"] for one in listed] == [reminder.pk, other.pk]
    assert listed[1]["kind"] == "thanks" and set(listed[0]) == {"mailing", "campaign", "kind", "period", "state"}
    only = run("list", "--campaign", "local_port25").splitlines()
    assert len(only) == 1 and "2026-11-30" in only[0]


def test_a_script_may_start_what_has_started_by_itself_after_its_approval(run):
    mailing = plan()
    make_user("taro", "notices.approve_mailing")
    run("approve", "--user", "taro", "--mailing", str(mailing.pk))
    mailings.start_approved(now=at(10))
    run("start", "--mailing", str(mailing.pk))
    assert state_of(mailing) == "sending"
    assert not AuditEntry.objects.filter(act="started").exists()
