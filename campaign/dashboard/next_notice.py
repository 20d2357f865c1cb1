"""What a customer gets next in a campaign, when and why, in the words that staff read out."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.jinja import day
from campaign.models import Holdout, Standing
from campaign.plan import last_days
from campaign.plan.last_days import Span
from notices import audience, planning, selection
from notices.coming import Coming, Known, Step, Waiting, coming
from notices.models import Mailing, MailingPlan, Notice
from notices.schedule import Kind
from notices.selection import FINALS, WhyNot


@dataclass(frozen=True)
class NextNotice:
    """`kind` and `when` are empty where nothing comes."""

    kind: str
    when: str
    why: str


def next_notice(holdout: Holdout, *, exempt: tuple[Span, ...], today: date) -> NextNotice:
    """`exempt` are the spans of the holdout's exemptions that are not over."""
    campaign = holdout.campaign
    plans = planning.plans_of(campaign)
    planned = frozenset(Mailing.objects.rounds().filter(campaign=campaign).values_list("kind", "period"))
    known = known_of(holdout, plans, exempt=exempt, today=today)
    found = coming(known, planning.course_of(campaign, plans), today=today, planned=planned)
    if found.kind is None:
        return NextNotice("", "", _why_nothing(found, known, campaign.cutoff_on, today=today))
    return NextNotice(str(Kind(found.kind).label), _when(found), _why(found, known, campaign.cutoff_on))


def known_of(holdout: Holdout, plans: dict[Kind, MailingPlan], *, exempt: tuple[Span, ...], today: date) -> Known:
    """What the rule asks of one holdout, looked up."""
    accepted = Notice.objects.filter(holdout__customer=holdout.customer_id, accepted_at__isnull=False)
    first = Q(mailing__kind=Kind.FIRST, holdout=holdout)
    last = accepted.exclude(mailing__kind__in=selection.APART).aggregate(
        at=Max("accepted_at"), first=Max("accepted_at", filter=first)
    )
    facts = selection.facts_of(holdout, today=today)
    return Known(
        standing=Standing(holdout.standing),
        standing_since=holdout.standing_since,
        exempt=exempt,
        facts=facts,
        left_out_of=frozenset(kind for kind, plan in plans.items() if not _lets_in(plan, holdout)),
        last_notice_on=last["at"] and timezone.localdate(last["at"]),
        first_notice_on=last["first"] and timezone.localdate(last["first"]),
        moves_on=_moves_on(holdout),
        waiting=_waiting(holdout, facts, exempt=exempt, today=today),
    )


def _lets_in(plan: MailingPlan, holdout: Holdout) -> bool:
    """But for the standing, which for thanks will be another one."""
    chosen = audience.kept(plan.audience)
    standing = Standing.MIGRATED if plan.kind == Kind.THANKS else holdout.standing
    return chosen.lets_in(
        standing=standing,
        reason=holdout.reason,
        program=holdout.client_program,
        wave=holdout.wave,
        language=holdout.customer.language,
    )


def _moves_on(holdout: Holdout) -> date | None:
    if holdout.standing != Standing.MOVING:
        return None
    return holdout.last_legacy_on + timedelta(days=holdout.campaign.quiet_days)


def _waiting(holdout: Holdout, facts: frozenset[WhyNot], *, exempt: tuple[Span, ...], today: date) -> Waiting | None:
    """The one that goes out first, of those that the last look before sending lets out on their day.

    What has a mailing that ended does not go out.
    """
    going_on = Notice.objects.filter(holdout=holdout, state=Notice.State.WAITING).exclude(
        mailing__state__in=Mailing.ENDED
    )
    for notice in going_on.select_related("mailing__campaign").order_by("send_after", "pk"):
        day = max(timezone.localdate(notice.send_after), today)
        exempt_then = last_days.exempt_until(exempt, day=day) is not None
        after = holdout.standing == Standing.EXEMPT and not exempt_then  # as `coming` has it: the worst
        reason = selection.no_longer_due(
            notice.mailing,
            Standing.HOLDOUT if after else holdout.standing,
            exempt=exempt_then,
            muted=WhyNot.MUTED in facts,
            unreachable=WhyNot.UNREACHABLE in facts,
            today=day,
        )
        if not reason:
            return Waiting(Kind(notice.mailing.kind), timezone.localdate(notice.send_after), notice.mailing.state)
    return None


def _when(found: Coming) -> str:
    values = {"first": day(found.first), "last": day(found.last) if found.last else ""}
    if found.step == Step.TO_BE_APPROVED:
        return _("On %(first)s at the earliest, once somebody has approved the mailing.") % values
    if found.step == Step.PAUSED:
        return _("On %(first)s at the earliest, once somebody has resumed the mailing.") % values
    if found.step == Step.ON_ITS_WAY and found.kind == Kind.GUIDE:
        return _("Within seconds: it waits neither for the hours nor for the day's cap.")
    if found.step == Step.ON_ITS_WAY:
        return _("On %(first)s, or as soon after it as the day's cap allows.") % values
    if found.last:
        return _("Between %(first)s and %(last)s.") % values
    if found.kind in FINALS:
        return _("On %(first)s.") % values
    return _("On %(first)s, or on one of the days after it: so many go out on a day.") % values


def _why(found: Coming, known: Known, cutoff: date) -> str:
    if found.kind in FINALS:
        return _("Still sends the old way, which ends on %(day)s.") % {"day": day(cutoff)}
    if found.if_moved:
        return _("If no mail goes the old way until %(day)s, this customer counts as moved.") % {
            "day": day(known.moves_on)
        }
    if found.kind == Kind.REMINDER and found.passed and known.last_notice_on:
        values = {"passed": day(found.passed), "last": day(known.last_notice_on), "gap": settings.NOTICE_GAP_DAYS}
        return (
            _(
                "Still sends the old way. The reminder of %(passed)s leaves this customer out: the last notice was on "
                "%(last)s, and within %(gap)s days nobody gets two."
            )
            % values
        )
    return {
        Kind.ANNOUNCEMENT: _("Sends the old way, and the campaign begins by telling everybody who does."),
        Kind.FIRST: _("Was found after the campaign had begun: whoever is new gets a first notice of their own."),
        Kind.REMINDER: _("Still sends the old way: a reminder goes out each month."),
        Kind.THANKS: _("Has moved, and had been written to."),
        Kind.EXTRA: _("Still sends the old way, and was chosen for an extra notice."),
        Kind.GUIDE: _("Has asked for the guide."),
    }[found.kind]


def _why_nothing(found: Coming, known: Known, cutoff: date, *, today: date) -> str:
    if found.why_not is None:
        return _("Nothing comes any more: the campaign has no mailing left in its plan.")
    silent_from = last_days.silent_from(cutoff, known.exempt, today=today)
    if found.why_not is WhyNot.EXEMPT and silent_from:
        until = last_days.ends_on(cutoff, known.exempt) - last_days.DAY
        values = {"first": day(silent_from), "last": day(until)}
        if WhyNot.MUTED in known.facts:
            muted = _(
                "Nothing comes: this customer wants no more reminders, and is exempt from %(first)s until %(last)s, "
                "when the last notices go out."
            )
            return muted % values
        return _("Nothing comes: exempt from %(first)s until %(last)s, beyond the last notices.") % values
    return WHY_NOTHING[found.why_not]()


WHY_NOTHING = {
    WhyNot.EXEMPT: lambda: _("Nothing comes: the exemption lasts beyond the last mailing."),
    WhyNot.MOVING: lambda: _("Nothing comes: this customer has moved and waits the quiet days out."),
    WhyNot.MIGRATED: lambda: _("Nothing comes: this customer has moved."),
    WhyNot.SILENT: lambda: _("Nothing comes: this customer sends no mail any more."),
    WhyNot.OTHERS: lambda: _("Nothing comes: the campaign's plan leaves out customers like this one."),
    WhyNot.UNREACHABLE: lambda: _("Nothing comes: no mail reaches this customer's address. Write a letter, or call."),
    WhyNot.MUTED: lambda: _("Nothing comes: this customer wants no more reminders."),
    WhyNot.LATELY: lambda: _("Nothing comes: the last notice was only some days ago, and no later mailing is left."),
    WhyNot.FIRST_LATELY: lambda: _("Nothing comes: the first notice was less than a month ago."),
    WhyNot.UNDER_WAY: lambda: _("Nothing more comes: a notice of another campaign is under way."),
    WhyNot.WRITTEN: lambda: _("Nothing comes: this customer has been written to."),
    WhyNot.KNOWN_BEFORE: lambda: _("Nothing comes: only new customers are written to."),
    WhyNot.NOT_WRITTEN: lambda: _(
        "Nothing comes: this customer was never written to, so there is nothing to thank for."
    ),
    WhyNot.THANKED: lambda: _("Nothing comes: this customer has been thanked."),
    WhyNot.LONG_MOVED: lambda: _("Nothing comes: this customer moved too long ago for thanks."),
}
