from datetime import timedelta
from itertools import product

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice

from campaign.models import Exemption, Standing
from notices import claims, ledger, selection
from notices.audience import Audience
from notices.models import Mailing, Mute, Notice, Suppression
from notices.selection import CHECKS, Kind, WhyNot, by_reason, due, holdouts_with_reason, unusable, why_not

FINAL = Kind.THREE_DAYS


def passed_over(campaign, **given) -> dict[WhyNot, int]:
    return {WhyNot(reason): number for reason, number in by_reason(campaign, **given).items() if reason}


@pytest.mark.parametrize(
    ("kind", "standing", "exempt", "facts", "reason"),
    [
        ("reminder", "holdout", False, {}, None),
        ("reminder", "mixed", False, {}, None),
        ("reminder", "holdout", True, {}, WhyNot.EXEMPT),
        ("reminder", "holdout", False, {"under_way"}, WhyNot.UNDER_WAY),
        ("reminder", "holdout", True, {"under_way"}, WhyNot.EXEMPT),
        ("reminder", "moving", False, {"under_way"}, WhyNot.MOVING),
        ("reminder", "migrated", True, {}, WhyNot.EXEMPT),
        ("reminder", "silent", False, {}, WhyNot.SILENT),
        ("reminder", "exempt", False, {}, WhyNot.EXEMPT),
        ("reminder", "holdout", False, {"muted", "unreachable"}, WhyNot.UNREACHABLE),
        ("reminder", "holdout", False, {"muted", "lately"}, WhyNot.MUTED),
        ("reminder", "holdout", False, {"first_lately"}, WhyNot.FIRST_LATELY),
        ("reminder", "holdout", False, {"written"}, None),
        ("first", "holdout", False, {"written"}, WhyNot.WRITTEN),
        ("first", "holdout", False, {"known_before"}, WhyNot.KNOWN_BEFORE),
        ("announcement", "mixed", False, {"written"}, WhyNot.WRITTEN),
        ("first", "holdout", False, {"lately"}, WhyNot.LATELY),
        ("three_days", "holdout", False, {"muted", "lately", "under_way", "written"}, None),
        ("last_day", "holdout", False, {"unreachable"}, WhyNot.UNREACHABLE),
        ("two_weeks", "moving", False, {}, WhyNot.MOVING),
        ("thanks", "migrated", False, {}, None),
        ("thanks", "migrated", True, {}, WhyNot.EXEMPT),
        ("thanks", "holdout", False, {}, WhyNot.NOT_MOVED),
        ("thanks", "moving", False, {}, WhyNot.MOVING),
        ("thanks", "silent", False, {}, WhyNot.SILENT),
        ("thanks", "migrated", False, {"thanked", "lately"}, WhyNot.THANKED),
        ("thanks", "migrated", False, {"not_written"}, WhyNot.NOT_WRITTEN),
        ("thanks", "migrated", False, {"long_moved"}, WhyNot.LONG_MOVED),
    ],
)
def test_each_kind_has_its_own_people(kind, standing, exempt, facts, reason):
    facts = {WhyNot(fact) for fact in facts}
    assert why_not(standing, exempt=exempt, kind=kind, facts=facts) == reason


def test_the_audience_chooses_among_those_who_are_left():
    mixed = Audience(standings=("mixed",))
    assert why_not("mixed", exempt=False, audience=mixed) is None
    assert why_not("holdout", exempt=False, audience=mixed) == WhyNot.OTHERS
    assert why_not("moving", exempt=False, audience=mixed) == WhyNot.MOVING


def ago(days: int) -> dict[str, object]:
    return {"accepted_at": noon(TODAY - timedelta(days=days)), "ended_at": noon(TODAY - timedelta(days=days))}


@pytest.fixture
def rounds(db):
    """Mailings of two campaigns: what ended long ago, what ended this month, what goes on."""
    campaign, other = make_campaign(), make_campaign(name="local_port25")
    made = {
        "goes on": make_mailing(campaign, period="2026-11"),
        "goes on there": make_mailing(other, period="2026-11"),
        "ended": make_mailing(campaign, period="2026-10", state="finished"),
        "ended there": make_mailing(other, period="2026-10", state="finished"),
        "first": make_mailing(campaign, kind="first", period="2026-11-02", state="finished"),
        "thanks": make_mailing(campaign, kind="thanks", period="2026-09-07", state="finished"),
        "thanking": make_mailing(campaign, kind="thanks", period="2026-11-09"),
    }
    return campaign, other, made


PASTS = {  # what was before -> the facts that it makes
    "nothing": {"not_written"},
    "a notice waits": {"under_way", "not_written"},
    "a second notice waits": {"written", "under_way"},
    "a guide on request waits": {"not_written"},
    "got a guide on request yesterday": set(),
    "got an extra notice yesterday": {"lately"},
    "a notice waits in the other campaign": {"under_way", "not_written"},
    "a notice of an ended mailing is unknown": {"written", "not_written"},
    "written to yesterday": {"written", "lately"},
    "written to seven days ago": {"written"},
    "written to yesterday by the other campaign": {"lately", "not_written"},
    "got the first notice 27 days ago": {"written", "first_lately"},
    "got the first notice 29 days ago": {"written"},
    "refused": {"written", "not_written"},
    "withdrawn": {"not_written"},
    "thanked": {"written", "thanked"},
    "thanks were withdrawn": {"written"},
    "thanks wait": {"written", "thanked"},
    "muted": {"written", "muted"},
    "unreachable": {"written", "unreachable"},
    "unreachable at the contact address": {"written", "unreachable"},
    "reached again": {"written"},
    "has another address now": {"written"},
    "known before the campaign began": {"known_before", "not_written"},
    "moved long ago": {"written", "long_moved"},
}


def live_through(past: str, campaign, other, made, **given):
    """A holdout of `campaign` with that past."""
    contact = {
        "unreachable at the contact address": "Hanako@Elsewhere.example",
        "has another address now": "x@y.example",
    }
    customer = make_customer(contact_address=contact.get(past, ""))
    if past == "moved long ago":
        given["standing_since"] = TODAY - timedelta(days=31)
    if past == "known before the campaign began":
        given["identified_on"] = TODAY - timedelta(days=21)
    since = {"standing_since": TODAY - timedelta(days=30), "identified_on": TODAY - timedelta(days=20)}
    held = make_holdout(campaign, customer, **since | given)
    if "written" in PASTS[past] and past not in ("refused", "a notice of an ended mailing is unknown"):
        days = {"written to yesterday": 1, "written to seven days ago": 7}.get(past, 60)
        if "first notice" not in past:
            make_notice(made["ended"], held, **ago(days))
    if past in ("a notice waits", "a second notice waits"):
        make_notice(made["goes on"], held, state="waiting")
    elif past.endswith(("on request waits", "on request yesterday", "extra notice yesterday")):
        period = f"2026-11-23-{held.pk}"
        waits = {"state": "waiting"} if past.endswith("waits") else ago(1)
        only_for = None if "extra" in past else held
        kind = "extra" if "extra" in past else "guide"
        make_notice(make_mailing(campaign, kind=kind, only_for=only_for, period=period), held, **waits)
    elif past == "a notice waits in the other campaign":
        make_notice(made["goes on there"], make_holdout(other, customer), state="waiting")
    elif past == "a notice of an ended mailing is unknown":
        make_notice(made["ended"], held, state="unknown", claimed_at=noon(TODAY))
    elif past == "written to yesterday by the other campaign":
        make_notice(made["ended there"], make_holdout(other, customer), **ago(1))
    elif past.startswith("got the first notice"):
        make_notice(made["first"], held, **ago(int(past.split()[4])))
    elif past in ("refused", "withdrawn"):
        make_notice(made["ended"], held, state=past, ended_at=noon(TODAY))
    elif past == "thanked":
        make_notice(made["thanks"], held, **ago(60))
    elif past == "thanks were withdrawn":
        make_notice(made["thanks"], held, state="withdrawn")
    elif past == "thanks wait":
        make_notice(made["thanking"], held, state="waiting")
    elif past == "muted":
        Mute.objects.create(holdout=held, by="page", at=noon(TODAY))
    elif past.startswith("unreachable") or past in ("reached again", "has another address now"):
        address = customer.login if past == "has another address now" else customer.notice_address.lower()
        ended = noon(TODAY) if past == "reached again" else None
        Suppression.objects.create(customer=customer, address=address, since=noon(TODAY), ended_at=ended)
    return held


@pytest.fixture
def everybody(rounds):
    """A holdout of each standing and past, exempt or not, and what the rule says of each by kind."""
    campaign, other, made = rounds
    lived = []
    for standing, past, exempt in product(Standing.values, PASTS, (True, False)):
        if exempt and past not in ("nothing", "a notice waits"):
            continue
        held = live_through(past, campaign, other, made, standing=standing)
        if exempt:
            Exemption.objects.create(
                campaign=campaign, customer=held.customer, reason="ill", from_day=TODAY, until=TODAY
            )
        lived.append((held.pk, standing, exempt, {WhyNot(fact) for fact in PASTS[past]}))
    return campaign, lived


@pytest.mark.parametrize("kind", Kind.values)
def test_the_database_finds_the_same_reasons_as_the_rule(everybody, kind):
    campaign, lived = everybody
    expected = {pk: why_not(standing, exempt=exempt, kind=kind, facts=facts) for pk, standing, exempt, facts in lived}
    found = dict(holdouts_with_reason(campaign, today=TODAY, kind=kind).values_list("pk", "not_due"))
    assert found == {pk: reason or "" for pk, reason in expected.items()}
    due_now = set(due(campaign, today=TODAY, kind=kind).values_list("pk", flat=True))
    assert due_now == {pk for pk, reason in expected.items() if reason is None} != set()
    reasons = [reason for reason in expected.values() if reason]
    counted = passed_over(campaign, today=TODAY, kind=kind)
    assert counted == {reason: reasons.count(reason) for reason in set(reasons)}
    assert set(CHECKS[Kind(kind)]) <= set(reasons)  # each of its reasons is among those tried


def test_the_facts_of_one_holdout_are_those_of_the_rule(rounds):
    campaign, other, made = rounds
    for past, facts in PASTS.items():
        held = live_through(past, campaign, other, made, standing="holdout")
        assert selection.facts_of(held, today=TODAY) == {WhyNot(fact) for fact in facts}, past


def test_the_database_narrows_by_every_part_of_an_audience(rounds):
    campaign, _, _ = rounds
    wanted = make_holdout(
        campaign,
        make_customer(language="en"),
        standing="mixed",
        reason="second_device",
        client_program="becky",
        wave=2,
    )
    nothing_known = make_holdout(campaign, make_customer(language="ja"), standing="holdout")
    both = {wanted, nothing_known}
    for audience, expected in [
        (Audience(), both),
        (Audience(standings=("mixed",)), {wanted}),
        (Audience(reasons=("second_device", "auth_failed")), {wanted}),
        (Audience(reasons=("unknown",)), {nothing_known}),
        (Audience(programs=("becky",)), {wanted}),
        (Audience(programs=("unknown", "becky")), both),
        (Audience(waves=(1, 2)), {wanted}),
        (Audience(languages=("ja",)), {nothing_known}),
        (Audience(standings=("mixed",), languages=("ja",)), set()),
    ]:
        assert set(due(campaign, today=TODAY, audience=audience)) == expected
        assert {held for held in both if lets_in(audience, held)} == expected
        others = passed_over(campaign, today=TODAY, audience=audience).get(WhyNot.OTHERS, 0)
        assert others == 2 - len(expected)


def lets_in(audience: Audience, held) -> bool:
    values = {"standing": held.standing, "reason": held.reason, "program": held.client_program, "wave": held.wave}
    return audience.lets_in(**values, language=held.customer.language)


def test_a_notice_of_an_ended_mailing_holds_nobody_back(rounds):
    campaign, _, made = rounds
    make_notice(made["goes on"], state="waiting")
    assert WhyNot.UNDER_WAY in passed_over(campaign, today=TODAY)
    assert WhyNot.UNDER_WAY not in passed_over(campaign, today=TODAY + timedelta(days=11))  # it has expired
    Mailing.objects.update(state="finished")
    assert WhyNot.UNDER_WAY not in passed_over(campaign, today=TODAY)


def now_of(notice: Notice, *, today=TODAY) -> str:
    """What a worker is told who claims it; it waits again afterwards."""
    mailing = Mailing.objects.select_related("campaign").get(pk=notice.mailing_id)
    claimed = claims.take(mailing, limit=100, now=noon(today))
    ledger.settle([], untouched=claimed, now=noon(today))
    (claim,) = [claim for claim in claimed if claim.pk == notice.pk]
    facts = {name: getattr(claim, name) for name in ("exempt", "muted", "unreachable")}
    return selection.no_longer_due(claim.mailing, claim.case.standing, **facts, today=today)


def test_when_a_notice_goes_out_everything_is_looked_up_again(rounds):
    campaign, other, made = rounds
    reminder, thanks, final = made["goes on"], made["thanking"], make_mailing(campaign, kind=FINAL, period="2027-03-31")
    for mailing, past, standing, says in [
        (reminder, "nothing", "holdout", ""),
        (reminder, "nothing", "moving", "has moved, the quiet days are not over"),
        (reminder, "muted", "holdout", "wants no more reminders"),
        (final, "muted", "holdout", ""),
        (reminder, "unreachable", "holdout", "no mail reaches the address"),
        (final, "unreachable at the contact address", "holdout", "no mail reaches the address"),
        (final, "has another address now", "holdout", ""),
        (reminder, "written to yesterday", "holdout", ""),  # that was looked at when it was planned
        (thanks, "nothing", "migrated", ""),
        (thanks, "nothing", "mixed", "has not moved"),
    ]:
        held = live_through(past, campaign, other, made, standing=standing)
        assert now_of(make_notice(mailing, held, state="waiting")) == says, (past, standing)


def test_a_notice_withdraws_when_its_day_is_over_or_its_date_was_moved(rounds):
    campaign, _, made = rounds
    final = make_mailing(campaign, kind=FINAL, period="2027-03-31")
    notice, reminder = make_notice(final, state="waiting"), make_notice(made["goes on"], state="waiting")
    assert now_of(notice, today=final.expires_on) == ""
    assert now_of(notice, today=final.expires_on + timedelta(days=1)) == selection.EXPIRED
    campaign.cutoff_on = TODAY + timedelta(days=1)
    campaign.save()
    assert (now_of(notice), now_of(reminder)) == (selection.EXPIRED, "")
    assert now_of(reminder, today=TODAY + timedelta(days=1)) == selection.EXPIRED


def test_who_is_no_longer_in_the_audience_is_not_written_to(rounds):
    campaign, _, _ = rounds
    mailing = make_mailing(campaign, period="2026-12", audience={"standings": ["mixed"], "waves": [1]})
    notice = make_notice(mailing, make_holdout(campaign, standing="mixed"), state="waiting")
    assert now_of(notice) == ""
    notice.holdout.standing = "holdout"
    notice.holdout.save()
    assert now_of(notice) == "is none of those whom the plan chooses"


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
