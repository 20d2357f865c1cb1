from datetime import timedelta
from itertools import product

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout

from campaign.models import Exemption, Standing
from notices.models import Mailing, Notice
from notices.selection import WhyNot, due, holdouts_with_reason, passed_over, unusable, why_not

Y, N = True, False


@pytest.mark.parametrize(
    ("standing", "exempt", "under_way", "reason"),
    [
        ("holdout", N, N, None),
        ("mixed", N, N, None),
        ("holdout", Y, N, WhyNot.EXEMPT),
        ("holdout", N, Y, WhyNot.UNDER_WAY),
        ("holdout", Y, Y, WhyNot.EXEMPT),
        ("moving", N, N, WhyNot.MOVING),
        ("moving", N, Y, WhyNot.MOVING),
        ("migrated", N, N, WhyNot.MIGRATED),
        ("migrated", Y, N, WhyNot.EXEMPT),
        ("silent", N, N, WhyNot.SILENT),
        ("exempt", N, N, WhyNot.EXEMPT),
    ],
)
def test_due_is_who_still_sends_the_old_way(standing, exempt, under_way, reason):
    assert why_not(standing, exempt=exempt, under_way=under_way) == reason


@pytest.fixture
def all_kinds(db):
    """A holdout of each standing, exempt or not, with and without a notice under way."""
    campaign = make_campaign()
    mailing = Mailing.objects.create(
        campaign=campaign,
        period="2026-10",
        state="paused",
        planned_at="2026-10-01T00:00Z",
        expires_on=TODAY,
        daily_cap=1,
    )
    expected = {}
    for number, (standing, exempt, under_way) in enumerate(product(Standing.values, (Y, N), (Y, N))):
        holdout = make_holdout(campaign, make_customer(), standing=standing)
        if exempt:
            Exemption.objects.create(
                campaign=campaign, customer=holdout.customer, reason="ill", from_day=TODAY, until=TODAY
            )
        if under_way:
            values = {"number": number, "message_id": number, "token_digest": number}
            Notice.objects.create(mailing=mailing, holdout=holdout, send_after="2026-10-01T00:00Z", **values)
        expected[holdout.pk] = why_not(standing, exempt=exempt, under_way=under_way)
    return campaign, expected


def test_the_database_finds_the_same_reasons_as_the_rule(all_kinds):
    campaign, expected = all_kinds
    found = dict(holdouts_with_reason(campaign, today=TODAY).values_list("pk", "not_due"))
    assert found == {pk: reason or "" for pk, reason in expected.items()}
    assert set(due(campaign, today=TODAY).values_list("pk", flat=True)) == {pk for pk in expected if not expected[pk]}


def test_those_passed_over_are_counted_by_reason(all_kinds):
    campaign, expected = all_kinds
    reasons = [reason for reason in expected.values() if reason]
    assert passed_over(campaign, today=TODAY) == {reason: reasons.count(reason) for reason in set(reasons)}


def test_a_notice_of_an_ended_mailing_holds_nobody_back(all_kinds):
    campaign, _ = all_kinds
    assert WhyNot.UNDER_WAY not in passed_over(campaign, today=TODAY + timedelta(days=1))  # it has expired
    Mailing.objects.update(state="finished")
    assert WhyNot.UNDER_WAY not in passed_over(campaign, today=TODAY)


def test_an_exemption_counts_on_its_first_and_last_day_only(db):
    campaign = make_campaign()
    customer = make_holdout(campaign).customer
    Exemption.objects.create(
        campaign=campaign, customer=customer, reason="ill", from_day=TODAY, until=TODAY + timedelta(days=1)
    )
    days = [TODAY + timedelta(days=number) for number in range(-1, 3)]
    assert [due(campaign, today=day).exists() for day in days] == [True, False, False, True]


def test_another_campaigns_holdouts_and_exemptions_are_not_looked_at(db):
    campaign, other = make_campaign(), make_campaign(name="local_port25")
    holdout = make_holdout(campaign)
    make_holdout(other, holdout.customer, standing="silent")
    Exemption.objects.create(campaign=other, customer=holdout.customer, reason="ill", from_day=TODAY, until=TODAY)
    assert list(due(campaign, today=TODAY)) == [holdout]


@pytest.mark.parametrize("address", ["hanako@isp.example", "h.s+x@mail.isp.example", "..hanako.@keitai.example"])
def test_addresses_that_mail_can_go_to(address):
    assert unusable(address) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "there is no"),
        ("hanako", "not a mail address"),
        ("hanako@", "not a mail address"),
        ("@isp.example", "not a mail address"),
        ("ha nako@isp.example", "not a mail address"),
        ("a@b@isp.example", "not a mail address"),
        ("hanako@isp", "not a mail address"),
        ("hanako@-isp.example", "not a mail address"),
        ("<hanako@isp.example>", "not a mail address"),
        ("a,b@isp.example", "not a mail address"),
        ("x" * 65 + "@isp.example", "not a mail address"),
        ("x@" + "isp." * 70 + "example", "not a mail address"),
        ("花子@isp.example", "not ASCII"),
        ("hanako@isp.example\r\nBcc: all@isp.example", "control characters"),
        ("hanako@isp.example\n", "control characters"),
        ("hanako\x00@isp.example", "control characters"),
    ],
)
def test_addresses_that_mail_cannot_go_to_and_why(address, reason):
    assert reason in unusable(address)
