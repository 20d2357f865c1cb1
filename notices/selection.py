"""Who is due for a kind of mailing, and why the others are not."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from campaign.models import Campaign, Exemption, Holdout, Standing
from notices.audience import EVERYBODY, Audience, kept, standings_of
from notices.models import Mailing, Mute, Notice, Suppression

Kind = Mailing.Kind
FINALS = (Kind.TWO_WEEKS, Kind.THREE_DAYS, Kind.LAST_DAY)  # they name a date that does not come again
BESIDE = (Kind.EXTRA, Kind.GUIDE)  # beside the plan: after them the campaign still begins as it would have
# After these others need no distance: who asks for the guide is not to lose the announcement or a month's reminder.
APART = (Kind.THANKS, Kind.GUIDE)
A_MONTH = timedelta(days=28)  # from a first notice to a reminder; shorter than any month, so that none is left out
THANKS_WITHIN = timedelta(days=30)  # of the day on which somebody counts as moved
EXPIRED = gettext_noop("the mailing had expired")


class WhyNot(models.TextChoices):
    """Why a holdout is not written to."""

    EXEMPT = "exempt", _("exempt at the moment")
    NOT_MOVED = "not_moved", _("has not moved")
    MOVING = "moving", _("has moved, the quiet days are not over")
    MIGRATED = "migrated", _("has moved")
    SILENT = "silent", _("sends no mail any more")
    OTHERS = "others", _("is none of those whom the plan chooses")
    UNREACHABLE = "unreachable", _("no mail reaches the address")
    MUTED = "muted", _("wants no more reminders")
    WRITTEN = "written", _("has been written to in this campaign")
    KNOWN_BEFORE = "known_before", _("was known before the campaign began to write: the reminder is for these")
    NOT_WRITTEN = "not_written", _("was never written to in this campaign")
    THANKED = "thanked", _("has been thanked already")
    LONG_MOVED = "long_moved", _("moved too long ago for thanks")
    UNDER_WAY = "under_way", _("still has a notice of an earlier mailing under way")
    LATELY = "lately", _("got a notice only some days ago")
    FIRST_LATELY = "first_lately", _("got the first notice less than a month ago")

    @property
    def english(self) -> str:
        """For the ledger, whose texts a page translates when it shows them."""
        with translation.override(None):
            return str(self.label)


BY_STANDING = {
    Standing.HOLDOUT: WhyNot.NOT_MOVED,
    Standing.MIXED: WhyNot.NOT_MOVED,
    Standing.MOVING: WhyNot.MOVING,
    Standing.MIGRATED: WhyNot.MIGRATED,
    Standing.SILENT: WhyNot.SILENT,
    Standing.EXEMPT: WhyNot.EXEMPT,
}
EVER = (WhyNot.UNREACHABLE,)
THANKS_CHECKS = (WhyNot.THANKED, WhyNot.NOT_WRITTEN, WhyNot.LONG_MOVED)
NEVER_TOO_MUCH = (WhyNot.UNDER_WAY, WhyNot.LATELY)
CHECKS = {  # after the exemption, the standing and the audience; the first that holds is the one that counts
    Kind.ANNOUNCEMENT: (*EVER, WhyNot.MUTED, WhyNot.WRITTEN, *NEVER_TOO_MUCH),
    Kind.FIRST: (*EVER, WhyNot.MUTED, WhyNot.KNOWN_BEFORE, WhyNot.WRITTEN, *NEVER_TOO_MUCH),
    Kind.REMINDER: (*EVER, WhyNot.MUTED, *NEVER_TOO_MUCH, WhyNot.FIRST_LATELY),
    Kind.TWO_WEEKS: EVER,
    Kind.THREE_DAYS: EVER,
    Kind.LAST_DAY: EVER,
    Kind.THANKS: (*EVER, WhyNot.MUTED, *THANKS_CHECKS, *NEVER_TOO_MUCH),
    Kind.EXTRA: (*EVER, WhyNot.MUTED, *NEVER_TOO_MUCH),
    Kind.GUIDE: EVER,  # who asks for it wants it: it is no reminder
}


def why_not(
    standing: Standing | str,
    *,
    exempt: bool,
    kind: Kind | str = Kind.REMINDER,
    audience: Audience = EVERYBODY,
    facts: frozenset[WhyNot] | set[WhyNot] = frozenset(),
) -> WhyNot | None:
    """None for who is due for the kind.

    `exempt`: an exemption is in force today, whatever the standing of last night says. `facts`:
    what else is so of this holdout today, of the names in CHECKS; when a notice goes out, its
    address and the mute are looked up again and what was written before is not.
    """
    if exempt:
        return WhyNot.EXEMPT
    if standing not in standings_of(kind):
        return BY_STANDING[Standing(standing)]
    if not audience.takes(standing) or WhyNot.OTHERS in facts:
        return WhyNot.OTHERS
    return next((reason for reason in CHECKS[Kind(kind)] if reason in facts), None)


def no_longer_due(mailing: Mailing, standing: str, *, exempt: bool, muted: bool, unreachable: bool, today: date) -> str:
    """Why a notice that waits must not go out any more (English, for the ledger), or "".

    What is given is so of its customer at this moment.
    """
    if today > mailing.expires_on or past_its_date(mailing.kind, mailing.period, mailing.campaign, today=today):
        return EXPIRED
    facts = {reason for reason, so in ((WhyNot.MUTED, muted), (WhyNot.UNREACHABLE, unreachable)) if so}
    reason = why_not(standing, exempt=exempt, kind=mailing.kind, audience=kept(mailing.audience), facts=facts)
    return reason.english if reason else ""


def past_its_date(kind: Kind | str, period: str, campaign: Campaign, *, today: date) -> bool:
    """Whether the cut-off has come, or a notice names a date that has been moved since."""
    if kind in (Kind.THANKS, Kind.GUIDE):  # who can no longer send needs the guide most
        return False
    return today >= campaign.cutoff_on or (kind in FINALS and period != campaign.cutoff_on.isoformat())


def exempt_on(day: date, *, campaign: str, customer: str) -> Exists:
    """Whether an exemption is in force; `campaign` and `customer` name the outer query's columns."""
    exemptions = Exemption.objects.filter(campaign=OuterRef(campaign), customer=OuterRef(customer))
    return Exists(exemptions.filter(from_day__lte=day, until__gte=day))


class Sets:
    """The facts of WhyNot for all holdouts of a campaign at once; what `why_not` says of one is the rule."""

    def __init__(self, campaign: Campaign, *, kind: Kind | str, today: date, audience: Audience = EVERYBODY) -> None:
        self._campaign, self._kind, self._today, self._audience = campaign, Kind(kind), today, audience
        self._exempt = exempt_on(today, campaign="campaign", customer="customer")

    def reason(self) -> Case:
        """The value of WhyNot of each holdout, or "" for who is due."""
        standings = [
            When(standing=standing, then=Value(reason.value))
            for standing, reason in BY_STANDING.items()
            if standing not in standings_of(self._kind)
        ]
        whens = [When(condition, then=Value(reason.value)) for reason, condition in self._conditions()]
        exempt = When(self._exempt, then=Value(WhyNot.EXEMPT.value))
        return Case(exempt, *standings, *whens, default=Value(""), output_field=models.CharField())

    def due(self) -> Iterator[Q | Exists]:
        """What holds for those who are due: one condition each, so that a database can join instead of looking up."""
        yield Q(standing__in=standings_of(self._kind))
        yield ~self._exempt
        for _reason, condition in self._conditions():
            yield ~condition

    def _conditions(self) -> Iterator[tuple[WhyNot, Q | Exists]]:
        if self._audience:
            yield WhyNot.OTHERS, ~self._audience.condition()
        for reason in CHECKS[self._kind]:
            yield reason, getattr(self, f"_{reason.value}")()

    def facts(self) -> dict[WhyNot, Q | Exists]:
        """All that can be told of holdouts in this campaign, whatever the kind."""
        reasons = {reason for reasons in CHECKS.values() for reason in reasons}
        return {reason: getattr(self, f"_{reason.value}")() for reason in sorted(reasons)}

    def _unreachable(self) -> Exists:
        return Suppression.objects.in_the_way(customer="customer")

    def _muted(self) -> Exists:
        return Exists(Mute.objects.filter(holdout=OuterRef("pk")))

    def _written(self) -> Exists:
        states = (Notice.State.ACCEPTED, Notice.State.UNKNOWN, Notice.State.REFUSED)
        return self._got(exclude=(Kind.THANKS, *BESIDE), state__in=states)

    def _known_before(self) -> Q:
        begun = begun_on(self._campaign)
        return Q(identified_on__lt=begun) if begun else Q(pk__in=())

    def _not_written(self) -> Exists:
        return ~self._got(state=Notice.State.ACCEPTED)

    def _thanked(self) -> Exists:
        return Exists(self._own().exclude(state=Notice.State.WITHDRAWN).filter(mailing__kind=Kind.THANKS))

    def _first_lately(self) -> Exists:
        since = _midnight(self._today - A_MONTH)
        return Exists(self._own().filter(mailing__kind=Kind.FIRST, accepted_at__gte=since))

    def _long_moved(self) -> Q:
        return Q(standing_since__lt=self._today - THANKS_WITHIN)

    def _under_way(self) -> Exists:
        """In any campaign: two reminders on one morning are one too many. What an ended or expired
        mailing could not settle holds nobody back."""
        return Exists(_open_notices(self._today).filter(holdout__customer=OuterRef("customer")))

    def _lately(self) -> Exists:
        """In any campaign: both ask for the same change."""
        return Exists(_sent_lately(self._today).filter(holdout__customer=OuterRef("customer")))

    def _own(self) -> QuerySet[Notice]:
        return Notice.objects.filter(holdout=OuterRef("pk"))

    def _got(self, *, exclude: tuple[Kind, ...] = (Kind.THANKS,), **states: object) -> Exists:
        return Exists(self._own().filter(**states).exclude(mailing__kind__in=exclude))


def _open_notices(today: date) -> QuerySet[Notice]:
    """Of mailings that are under way, those that hold others back."""
    going_on = Mailing.objects.exclude(state__in=Mailing.ENDED).filter(expires_on__gte=today)
    return Notice.objects.open().filter(mailing__in=list(going_on.exclude(kind__in=APART).values_list("pk", flat=True)))


def _sent_lately(today: date) -> QuerySet[Notice]:
    """Those after which others keep a distance."""
    since = _midnight(today - timedelta(days=settings.NOTICE_GAP_DAYS - 1))
    return Notice.objects.filter(accepted_at__gte=since).exclude(mailing__kind__in=APART)


def not_too_much(why: WhyNot, customers: QuerySet, *, today: date) -> tuple[QuerySet[Notice], str]:
    """The notices that hold customers back for `why`, one of NEVER_TOO_MUCH, and the column of when each goes out."""
    found = {WhyNot.UNDER_WAY: (_open_notices, "send_after"), WhyNot.LATELY: (_sent_lately, "accepted_at")}
    notices, at = found[why]
    return notices(today).filter(holdout__customer__in=customers), at


def facts_of(holdout: Holdout, *, today: date) -> frozenset[WhyNot]:
    """What is so of one holdout today, as `why_not` asks."""
    conditions = Sets(holdout.campaign, kind=Kind.REMINDER, today=today).facts()
    told = {
        f"is_{reason.value}": Case(When(condition, then=True), default=False)
        for reason, condition in conditions.items()
    }
    row = Holdout.objects.filter(pk=holdout.pk).annotate(**told).values(*told).get()
    return frozenset(reason for reason in conditions if row[f"is_{reason.value}"])


def begun_on(campaign: Campaign) -> date | None:
    """The day on which the campaign's first mailing was planned; one that was cancelled with nothing out is none."""
    may_be_out = Exists(Notice.objects.out_or_to_go().filter(mailing=OuterRef("pk")))
    ours = Mailing.objects.filter(~Q(state=Mailing.State.CANCELLED) | may_be_out, campaign=campaign)
    first = ours.exclude(kind__in=(Kind.THANKS, *BESIDE)).aggregate(at=Min("planned_at"))["at"]
    return first and timezone.localdate(first)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def holdouts_with_reason(
    campaign: Campaign, *, today: date, kind: Kind | str = Kind.REMINDER, audience: Audience = EVERYBODY
) -> QuerySet[Holdout]:
    """All holdouts, each with `not_due`: the value of `WhyNot`, or "" for who is due."""
    reason = Sets(campaign, kind=kind, today=today, audience=audience).reason()
    return Holdout.objects.filter(campaign=campaign).annotate(not_due=reason)


def due(
    campaign: Campaign, *, today: date, kind: Kind | str = Kind.REMINDER, audience: Audience = EVERYBODY
) -> QuerySet[Holdout]:
    """Those whom a mailing that is planned today goes to."""
    conditions = Sets(campaign, kind=kind, today=today, audience=audience).due()
    return Holdout.objects.filter(*conditions, campaign=campaign)


def by_reason(
    campaign: Campaign, *, today: date, kind: Kind | str = Kind.REMINDER, audience: Audience = EVERYBODY
) -> dict[str, int]:
    """How many holdouts have which value of `not_due`: of `WhyNot`, or "" for who is due."""
    found = holdouts_with_reason(campaign, today=today, kind=kind, audience=audience)
    return dict(found.order_by().values_list("not_due").annotate(number=Count("*")))


# Dots may stand anywhere before the @: Japanese mobile carriers gave out such addresses.
LOCAL_PART = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{LOCAL_PART}@{LABEL}(?:\.{LABEL})+")


NOT_SENT = "not sent: "


def unusable(address: str) -> str:
    """Why no mail can be sent to an address (English, for the ledger, begins with `NOT_SENT`), or "" if it can."""
    if not address:
        return gettext_noop("not sent: there is no mail address")
    if not address.isprintable():
        return gettext_noop("not sent: the mail address has control characters in it")
    if not address.isascii():
        return gettext_noop("not sent: the mail address has characters that are not ASCII")
    if len(address) > 254 or not ADDRESS.fullmatch(address):
        return gettext_noop("not sent: this is not a mail address")
    return ""
