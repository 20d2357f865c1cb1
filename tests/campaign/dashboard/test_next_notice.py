from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice
from markupsafe import escape

from campaign.dashboard.next_notice import WHY_NOTHING, NextNotice, next_notice
from campaign.models import Exemption
from campaign.plan.last_days import Span
from notices.models import Mute, Suppression
from notices.selection import WhyNot

pytestmark = pytest.mark.django_db


def told(held, **given) -> NextNotice:
    return next_notice(held, **{"exempt": (), "today": TODAY} | given)


@pytest.fixture
def campaign():
    """With November's reminder out of the way."""
    campaign = make_campaign()
    make_mailing(campaign, state="finished", planned_at=noon(campaign.starts_on + timedelta(days=1)))
    return campaign


def test_the_reminder_of_next_month(campaign):
    found = told(make_holdout(campaign))
    assert found.kind == "Monthly reminder"
    assert found.when.startswith("On Dec. 1, 2026, or on one of the days after it")
    assert found.why == "Still sends the old way: a reminder goes out each month."


def test_the_first_notice_of_a_new_holdout(campaign):
    found = told(make_holdout(campaign, identified_on=TODAY))
    assert (found.kind, found.when[:17]) == ("First notice of a new holdout", "On Nov. 24, 2026,")


def test_after_a_guide_on_request_the_next_one_does_not_wait_and_after_an_extra_notice_it_does(campaign):
    first_days = {}
    for kind in ("guide", "extra"):
        held = make_holdout(campaign, identified_on=TODAY)
        only_for = held if kind == "guide" else None
        mailing = make_mailing(campaign, kind=kind, only_for=only_for, period=f"2026-11-23-{kind}", state="finished")
        make_notice(mailing, held, accepted_at=noon(TODAY - timedelta(days=1)))
        first_days[kind] = told(held).when[:17]
    assert first_days == {"guide": "On Nov. 24, 2026,", "extra": "On Nov. 30, 2026,"}


def test_a_notice_that_waits_for_approval(campaign):
    held = make_holdout(campaign)
    mailing = make_mailing(campaign, period="2026-12", state="planned")
    make_notice(mailing, held, state="waiting", send_after=noon(TODAY + timedelta(days=2)))
    assert told(held).when == "On Nov. 26, 2026 at the earliest, once somebody has approved the mailing."
    mailing.state = "sending"
    mailing.save()
    assert told(held).when == "On Nov. 26, 2026, or as soon after it as the day's cap allows."


def test_a_guide_on_request_does_not_wait_for_the_cap(campaign):
    held = make_holdout(campaign)
    mailing = make_mailing(campaign, kind="guide", only_for=held, period="2026-11-24-guide", state="sending")
    make_notice(mailing, held, state="waiting", send_after=noon(TODAY))
    found = told(held)
    assert found.kind == "The guide, as asked for"
    assert found.when == "Within seconds: it waits neither for the hours nor for the day's cap."
    mailing.state = "paused"
    mailing.save()
    assert "once somebody has resumed the mailing" in told(held).when


def test_a_planned_notice_that_the_last_look_will_withdraw_is_not_the_next_one(campaign):
    held = make_holdout(campaign)
    mailing = make_mailing(campaign, period="2026-12", state="planned", expires_on=TODAY + timedelta(days=30))
    make_notice(mailing, held, state="waiting", send_after=noon(TODAY + timedelta(days=2)))
    until = {days: told(held, exempt=(Span(TODAY, TODAY + timedelta(days=days)),)).when for days in (1, 2)}
    assert until[1] == "On Nov. 26, 2026 at the earliest, once somebody has approved the mailing."
    assert until[2].startswith("On Jan. 4, 2027, or on one of the days after it")
    Mute.objects.create(holdout=held, by="page", at=noon(TODAY))
    assert told(held).kind == "Two weeks before the cut-off"
    held.standing = "moving"
    held.save()
    assert told(held).kind != "Monthly reminder"


def test_a_planned_notice_behind_one_that_will_be_withdrawn_is_the_next_one(campaign):
    held = make_holdout(campaign)
    for period, days in (("2026-12", 1), ("2027-01", 3)):
        mailing = make_mailing(campaign, period=period, state="sending", expires_on=TODAY + timedelta(days=30))
        make_notice(mailing, held, state="waiting", send_after=noon(TODAY + timedelta(days=days)))
    assert told(held, exempt=(Span(TODAY, TODAY + timedelta(days=1)),)).when.startswith("On Nov. 27, 2026,")


def test_final_notices_for_who_wants_no_more_reminders(campaign):
    held = make_holdout(campaign)
    Mute.objects.create(holdout=held, by="page", at=noon(TODAY))
    found = told(held)
    assert (found.kind, found.when) == ("Two weeks before the cut-off", "Between March 17, 2027 and March 23, 2027.")
    assert found.why == "Still sends the old way, which ends on March 31, 2027."


def test_with_more_time_no_final_notice_comes(staff, campaign):
    held = make_holdout(campaign)
    values = {"campaign": campaign, "customer": held.customer, "asked_at": noon(TODAY), "asked_why": "help"}
    Exemption.objects.create(**values, from_day=date(2027, 3, 10), until=date(2027, 4, 13))
    Mute.objects.create(holdout=held, by="page", at=noon(TODAY))
    text = staff.get(f"/staff/customers/{held.customer_id}/").content.decode()
    assert (
        "wants no more reminders, and is exempt from March 10, 2027 until April 13, 2027, when the last notices go out."
        in text
    )
    assert "Two weeks before the cut-off" not in text
    later = told(held, exempt=(Span(date(2027, 3, 10), date(2027, 4, 13)),), today=date(2027, 3, 12))
    assert "from March 12, 2027 until April 13, 2027" in later.why
    Mute.objects.all().delete()
    assert told(held, exempt=(Span(TODAY, date(2027, 4, 13)),)).why == (
        "Nothing comes: exempt from Nov. 24, 2026 until April 13, 2027, beyond the last notices."
    )


def test_nothing_to_an_address_that_no_mail_reaches(campaign):
    held = make_holdout(campaign)
    Suppression.objects.create(customer=held.customer, address=held.customer.login, since=noon(TODAY))
    nothing = "Nothing comes: no mail reaches this customer's address. Write a letter, or call."
    assert told(held) == NextNotice("", "", nothing)


def test_thanks_to_who_moves(campaign):
    last = TODAY - timedelta(days=20)
    held = make_holdout(campaign, standing="moving", standing_since=last, last_legacy_on=last)
    make_notice(make_mailing(campaign, period="2026-09", state="finished"), held, accepted_at=noon(last))
    found = told(held)
    assert (found.kind, found.when[:16]) == ("Thanks to those who have moved", "On Dec. 7, 2026,")
    assert found.why == "If no mail goes the old way until Dec. 4, 2026, this customer counts as moved."


def test_whom_the_plan_leaves_out(campaign):
    for kind in ("reminder", "first", "two_weeks", "three_days", "last_day"):
        campaign.mailing_plans.create(kind=kind, audience={"languages": ["en"]}, good_for_days=14)
    left_out, taken = make_holdout(campaign), make_holdout(campaign, make_customer(language="en"))
    assert told(left_out).why == "Nothing comes: the campaign's plan leaves out customers like this one."
    assert told(taken).kind == "Monthly reminder"


@pytest.mark.parametrize("standing", ["holdout", "mixed", "moving", "migrated", "silent", "exempt"])
def test_the_page_says_it_for_every_standing(staff, campaign, standing):
    customer = make_customer()
    held = make_holdout(campaign, customer, standing=standing, last_auth_on=TODAY if standing != "silent" else None)
    if standing == "exempt":
        values = {"campaign": campaign, "customer": customer, "reason": "moves house"}
        Exemption.objects.create(**values, from_day=TODAY, until=TODAY + timedelta(days=6))
    text = staff.get(f"/staff/customers/{customer.pk}/").content.decode()
    found = told(held, exempt=(Span(TODAY, TODAY + timedelta(days=6)),) if standing == "exempt" else ())
    assert "Next notice" in text and str(escape(found.why)) in text and str(escape(found.when)) in text
    assert (found.kind == "") == (standing in ("moving", "migrated", "silent"))  # nobody had written to these


def test_every_reason_has_its_sentence():
    assert set(WHY_NOTHING) == set(WhyNot) - {WhyNot.NOT_MOVED}  # such a customer is one of those who are left
    assert all(str(sentence()).startswith("Nothing") for sentence in WHY_NOTHING.values())


def test_a_late_reminder_says_why_the_next_months_does_not_come(campaign):
    held = make_holdout(campaign)
    mailing = make_mailing(campaign, kind="two_weeks", period="x", state="finished")
    make_notice(mailing, held, accepted_at=noon(TODAY + timedelta(days=3)))
    campaign.refresh_from_db()
    found = told(held)
    assert found.when.startswith("On Jan. 4, 2027")
    assert found.why == (
        "Still sends the old way. The reminder of Dec. 1, 2026 leaves this customer out: the last notice was on "
        "Nov. 27, 2026, and within 7 days nobody gets two."
    )
