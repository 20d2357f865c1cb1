import json
from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_use, make_user, noon
from django.core.management import CommandError, call_command
from django.utils import translation

from campaign import roles
from campaign.models import Campaign, CutoffChange
from campaign.plan.campaigns import NotPossible, doubtful_cutoff, move_cutoff, open_campaign

pytestmark = pytest.mark.django_db

PLAN = {
    "name": "pop_before_smtp",
    "starts_on": date(2026, 4, 1),
    "cutoff_on": date(2027, 3, 31),
    "quiet_days": 30,
}


def test_a_campaign_is_opened_once():
    first = open_campaign(**PLAN)
    again = open_campaign(**PLAN | {"cutoff_on": date(2028, 3, 31)})
    assert (again.pk, again.cutoff_on) == (first.pk, date(2027, 3, 31))
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"name": "pop"}, {"quiet_days": 0}, {"cutoff_on": date(2026, 4, 1)}, {"cutoff_on": date(2025, 4, 1)}],
)
def test_a_plan_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(NotPossible):
        open_campaign(**PLAN | wrong)
    assert not Campaign.objects.exists()


def test_moving_the_cutoff_keeps_its_history():
    campaign, user = make_campaign(), make_user("sato")
    values = {"reason": " the desk\n is full ", "now": noon(TODAY), "user_id": user.pk}
    move_cutoff(campaign_id=campaign.pk, to=date(2027, 6, 30), **values)
    change = campaign.cutoff_changes.get()
    assert (change.old, change.new, change.changed_by) == (date(2027, 3, 31), date(2027, 6, 30), user)
    assert (change.reason, change.changed_at) == ("the desk is full", noon(TODAY))
    assert Campaign.objects.get().cutoff_on == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (date(2027, 3, 31), "that day already"),
        (date(2026, 4, 1), "before it begins"),
        (TODAY - timedelta(days=1), "a day that is over"),
        (TODAY.replace(year=TODAY.year + 6), "a wrong year"),
        (date(2027, 6, 30), " \n"),
        (date(2027, 6, 30), "x" * 301),
    ],
)
def test_a_move_without_sense_or_reason_is_refused(to, reason):
    campaign = make_campaign()
    with pytest.raises(NotPossible):
        move_cutoff(campaign_id=campaign.pk, to=to, reason=reason, now=noon(TODAY))
    assert not CutoffChange.objects.exists()


def test_the_command_opens_moves_and_lists(capsys, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    make_use(make_customer(), "pop_before_smtp", date(2026, 5, 1))
    call_command("campaigns", "open", "pop_before_smtp", "--starts", "2026-04-01", "--cutoff", "2027-03-31")
    call_command("campaigns", "move", "pop_before_smtp", "--to", "2027-06-30", "--reason", "the desk is full")
    call_command("campaigns", "list")
    call_command("campaigns", "list", "--json")
    opened, moved, line, listed = capsys.readouterr().out.splitlines()
    assert opened == "pop_before_smtp: from 2026-04-01, cut-off 2027-03-31, 30 quiet days"
    assert moved == "pop_before_smtp: cut-off moved from 2027-03-31 to 2027-06-30"
    assert line == "pop_before_smtp: from 2026-04-01, cut-off 2027-06-30, 30 quiet days"
    [campaign] = json.loads(listed)
    assert (campaign["name"], campaign["cutoff_on"]) == ("pop_before_smtp", "2027-06-30")
    assert Campaign.objects.get().holdouts.count() == 1


def test_the_command_refuses_whom_it_does_not_know():
    with pytest.raises(CommandError, match="not open"):
        call_command("campaigns", "move", "local_port25", "--to", "2027-06-30", "--reason", "x")
    make_campaign()
    with pytest.raises(CommandError, match="'nobody'"):
        call_command("campaigns", "move", "pop_before_smtp", "--to", "2027-06-30", "--reason", "x", "--by", "nobody")


def test_only_who_may_move_the_cutoff_is_named_for_it(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    make_campaign()
    for role in roles.Role:
        roles.assign(make_user(role.value), role)
    gone = make_user("gone", "campaign.change_campaign")
    gone.is_active = False
    gone.save()
    move = ("campaigns", "move", "pop_before_smtp", "--reason", "x", "--to")
    for name in ("operator", "approver", "gone", ""):
        with pytest.raises(CommandError, match=r"wanted .* the permission campaign\.change_campaign"):
            call_command(*move, "2027-06-30", "--by", name)
    assert not CutoffChange.objects.exists()
    call_command(*move, "2027-06-30", "--by", "administrator")
    assert CutoffChange.objects.get().changed_by.username == "administrator"


def test_a_cutoff_on_a_closed_day_is_done_and_warned_of(capsys, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    call_command("campaigns", "open", "pop_before_smtp", "--starts", "2026-04-01", "--cutoff", "2027-04-29")
    assert "April 29, 2027, is on a day on which the provider is closed" in capsys.readouterr().err
    move = ("campaigns", "move", "pop_before_smtp", "--reason", "x", "--to")
    call_command(*move, "2027-04-25")  # a Sunday
    told = capsys.readouterr()
    assert "moved from 2027-04-29 to 2027-04-25" in told.out
    assert "The next open day is April 26, 2027." in told.err
    call_command(*move, "2027-04-26")
    assert capsys.readouterr().err == ""


def test_a_provider_that_is_always_closed_is_told_no_other_day():
    with translation.override("en"):
        said = doubtful_cutoff(date(2027, 4, 26), is_open=lambda day: False)
    assert "April 26, 2027" in said and "next open day" not in said
