"""A mailing from plan to end: planned, approved by a second person, started, paused, resumed, cancelled, finished."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaign.logs.redaction import without_addresses
from campaign.models import Language
from notices import approval, pace, selection, texts
from notices.models import Delivery, Mailing, Notice

State, Cause = Mailing.State, Mailing.PauseCause
OPEN = tuple(state for state in State if state not in Mailing.ENDED)
NO_PAUSE = {
    "paused_at": None,
    "pause_reason": "",
    "pause_cause": "",
    "try_again_at": None,
    "tries": 0,
    "recent_attempts": "",
}
TOLD = ("state", "text_ja_id", "text_en_id", "paused_at", "pause_reason")  # by the audit, where a step changes it
CANCELLED = gettext_noop("the mailing was cancelled")
EXPIRED = selection.EXPIRED
MOVED = gettext_noop("the cut-off date was moved")
OVERTAKEN = gettext_noop("a notice of the cut-off date takes its place")
LATELY = timedelta(days=1)  # an attempt that was under way at the end of its mailing has long come back by then


class NotAllowed(Exception):
    """A step that the mailing's state or the four eyes forbid; the text is for the person who asked."""


@dataclass(frozen=True)
class Report:
    """The ledger in numbers: planned = accepted + refused + withdrawn + unknown + waiting.

    `waiting` includes what is being sent at this moment. The last four are parts of `accepted`;
    what is missing to its sum has not shown up in the log yet.
    """

    planned: int
    accepted: int
    refused: int
    withdrawn: int
    unknown: int
    waiting: int
    delivered: int
    deferred: int
    bounced: int
    expired: int


def report(*, mailing_id: int) -> Report:
    """From one statement, so that the numbers are those of one moment and always add up."""
    of, fate = Notice.State, Delivery.Fate
    states = {
        "accepted": Q(state=of.ACCEPTED),
        "refused": Q(state=of.REFUSED),
        "withdrawn": Q(state=of.WITHDRAWN),
        "unknown": Q(state=of.UNKNOWN),
        "waiting": Q(state__in=(of.WAITING, of.CLAIMED)),
        "delivered": Q(delivery__fate=fate.DELIVERED),
        "deferred": Q(delivery__fate=fate.DEFERRED),
        "bounced": Q(delivery__fate=fate.BOUNCED),
        "expired": Q(delivery__fate=fate.EXPIRED),
    }
    counts = {name: Count("pk", filter=condition) for name, condition in states.items()}
    return Report(**Notice.objects.filter(mailing=mailing_id).aggregate(planned=Count("pk"), **counts))


def approve(*, mailing_id: int, user_id: int, now: datetime) -> None:
    """By a second person. Raises NotAllowed, also where a text has an error."""
    mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.planned_by_id == user_id:
        raise NotAllowed(_("Whoever planned a mailing cannot approve it: a second person has to."))
    wrong = approval.errors(mailing) if mailing.state == State.PLANNED else []
    if wrong:
        raise NotAllowed(_("The texts of this mailing are not right: %(errors)s") % {"errors": " ".join(wrong)})
    same = Mailing.objects.filter(text_ja=mailing.text_ja_id, text_en=mailing.text_en_id)
    approved = {"state": State.APPROVED, "approved_at": now, "approved_by_id": user_id}
    if not same.filter(pk=mailing_id, state=State.PLANNED).update(**approved):
        raise _not_now(mailing_id, _("Only a mailing that waits for approval can be approved."))


def take_texts(*, mailing_id: int) -> None:
    """Take the texts that are approved now, before anything has gone out; an approval of the old ones lapses."""
    mailing = Mailing.objects.select_related("campaign").get(pk=mailing_id)
    new = {f"text_{code}": texts.current(mailing.campaign, mailing.kind, code).version for code in Language.values}
    values = new | {"approved_at": None, "approved_by": None}
    if not mailing.move(State.PLANNED, since=(State.PLANNED, State.APPROVED), **values):
        raise _not_now(mailing_id, _("Only a mailing that has not been started can take other texts."))


def start(*, mailing_id: int, now: datetime) -> bool:
    """False where it is being sent already: in the hours, an approved mailing starts by itself in a moment."""
    mailing = Mailing.objects.get(pk=mailing_id)
    values = {"started_at": now, "hold_until": now + settings.NOTICE_HOLD}
    if mailing.move(State.SENDING, since=(State.APPROVED,), **values):
        return True
    if Mailing.objects.filter(pk=mailing_id, state=State.SENDING).exists():
        return False
    raise _not_now(mailing_id, _("Only an approved mailing can be started."))


def start_approved(*, now: datetime) -> int:
    """Those that are approved start by themselves; how many."""
    values = {"since": (State.APPROVED,), "started_at": now, "hold_until": now + settings.NOTICE_HOLD}
    return sum(each.move(State.SENDING, **values) for each in Mailing.objects.filter(state=State.APPROVED))


def pause(*, mailing_id: int, reason: str, now: datetime, cause: Cause = Cause.PERSON) -> None:
    """Stop until somebody resumes it; one that pauses for the relay's sake (`cause`) goes on by itself.

    A person may also pause what has paused by itself: then it stays so.
    """
    can_be = Q(state__in=(State.SENDING, State.APPROVED))
    if cause is Cause.PERSON:
        can_be |= Q(state=State.PAUSED) & ~Q(pause_cause=Cause.PERSON)
    words = without_addresses(" ".join(reason.split()))  # all staff may read them
    values = {"paused_at": now, "pause_reason": words[:300], "pause_cause": cause, "tries": 0}
    values["try_again_at"] = now + pace.try_after(0) if cause is Cause.RELAY else None
    if not Mailing.objects.filter(can_be, pk=mailing_id).update(state=State.PAUSED, **values):
        raise _not_now(mailing_id, _("Only a mailing that is approved or being sent can be paused."))


def take_try(*, mailing_id: int, now: datetime) -> bool:
    """Whether the caller, and nobody else, shall see now if the relay takes the mail of a paused mailing again."""
    mailing = Mailing.objects.to_try().filter(pk=mailing_id, try_again_at__lte=now).first()
    if mailing is None:
        return False
    this_try = Mailing.objects.to_try().filter(pk=mailing_id, try_again_at=mailing.try_again_at)
    next_try = now + pace.try_after(mailing.tries + 1)
    return this_try.update(try_again_at=next_try, tries=mailing.tries + 1) == 1


def go_on(*, mailing_id: int) -> bool:
    """The relay takes mail again: end a pause that was for its sake, unless a person has changed it meanwhile."""
    return Mailing.objects.to_try().filter(pk=mailing_id).update(state=State.SENDING, **NO_PAUSE) == 1


def resume(*, mailing_id: int, now: datetime) -> None:
    """Go on, and forget the trouble there was: it has been looked into."""
    mailing = Mailing.objects.get(pk=mailing_id)
    values = NO_PAUSE | {
        "started_at": Coalesce(F("started_at"), now),
        "hold_until": Case(When(started_at=None, then=now + settings.NOTICE_HOLD), default=F("hold_until")),
    }
    if not mailing.move(State.SENDING, since=(State.PAUSED,), **values):
        raise _not_now(mailing_id, _("Only a paused mailing can be resumed."))


def cancel(*, mailing_id: int, now: datetime) -> None:
    """For good: what has not gone out is withdrawn. Raises NotAllowed."""
    if not _end(Mailing.objects.get(pk=mailing_id), State.CANCELLED, CANCELLED, now=now):
        raise _not_now(mailing_id, _("This mailing has ended already."))


def _end(mailing: Mailing, state: State, reason: str, *, now: datetime) -> bool:
    """With all that waits; False where it has ended already, if only a moment ago."""
    with transaction.atomic():
        ended = mailing.move(state, since=OPEN, ended_at=now)
        if ended:
            Notice.objects.for_mailing(mailing).withdraw_all(reason, now=now)
    return ended


def _not_now(mailing_id: int, rule: str) -> NotAllowed:
    mailing = Mailing.objects.get(pk=mailing_id)
    stands = _("The mailing is in the state “%(state)s”.") % {"state": mailing.get_state_display()}
    return NotAllowed(f"{rule} {stands}")


def finish_if_done(*, mailing_id: int, now: datetime) -> bool:
    """End a mailing in which nothing waits and nothing is being sent; what is unknown does not hold it open.

    Looked at once more when nobody can let an unknown one wait again (`record.settle`): it would miss its mailing.
    """
    left = Notice.objects.filter(mailing=OuterRef("pk"), state__in=(Notice.State.WAITING, Notice.State.CLAIMED))
    done = Mailing.objects.filter(~Exists(left), pk=mailing_id, state=State.SENDING)
    if not done.exists():
        return False
    with transaction.atomic():
        Mailing.objects.select_for_update(no_key=True).get(pk=mailing_id)
        return done.update(state=State.FINISHED, ended_at=now) == 1


def reopen(*, mailing_id: int) -> bool:
    """A finished mailing goes on, because one of its notices proved not to have gone out.

    Not what one customer asked for, where the same has been asked for again since.
    """
    later = Mailing.objects.exclude(state=State.CANCELLED).filter(only_for=OuterRef("only_for"), pk__gt=OuterRef("pk"))
    finished = Mailing.objects.filter(~Exists(later), pk=mailing_id, state=State.FINISHED)
    return finished.update(state=State.SENDING, ended_at=None) == 1


def tidy(*, now: datetime) -> None:
    """End what has expired or has nothing left to send, and let nothing wait in an ended mailing.

    A notice may come back from an attempt after its mailing was cancelled. Looked at are mailings that ended lately:
    of those that ended before, which become very many, `let_nothing_wait` is asked now and then.
    """
    today = timezone.localdate(now)
    _cancel_those_of_another_date(now=now)
    _withdraw_what_is_overtaken(now=now)
    for mailing in Mailing.objects.filter(state__in=OPEN, expires_on__lt=today).order_by("pk"):
        _end(mailing, State.FINISHED, EXPIRED, now=now)
    let_nothing_wait(Mailing.objects.filter(ended_at__gte=now - LATELY), now=now)
    for mailing_id in Mailing.objects.filter(state=State.SENDING).values_list("pk", flat=True):
        finish_if_done(mailing_id=mailing_id, now=now)


def let_nothing_wait(among: QuerySet[Mailing], *, now: datetime) -> None:
    """Withdraw what waits in those that have ended."""
    for state, reason in ((State.CANCELLED, CANCELLED), (State.FINISHED, EXPIRED)):
        Notice.objects.filter(mailing__in=among.filter(state=state)).withdraw(reason, now=now)


def _cancel_those_of_another_date(*, now: datetime) -> None:
    """Final notices whose date was moved after they were planned; the schedule wants others for the new date."""
    finals = Mailing.objects.filter(state__in=OPEN, kind__in=selection.FINALS).order_by("pk")
    for mailing in finals.select_related("campaign"):
        if mailing.period == mailing.campaign.cutoff_on.isoformat():
            continue
        _end(mailing, State.CANCELLED, MOVED, now=now)


def _withdraw_what_is_overtaken(*, now: datetime) -> None:
    """Where a final notice goes out, an earlier one of the campaign that still waits does not go out as well."""
    finals = Mailing.objects.filter(kind__in=selection.FINALS, state=State.SENDING)
    for final in finals:
        earlier = Mailing.objects.filter(campaign=final.campaign_id, planned_at__lt=final.planned_at)
        earlier = earlier.exclude(state__in=Mailing.ENDED).exclude(kind=Mailing.Kind.THANKS)
        takes_its_place = Notice.objects.for_mailing(final).filter(holdout=OuterRef("holdout"))
        going_out = takes_its_place.exclude(state__in=(Notice.State.REFUSED, Notice.State.WITHDRAWN))
        Notice.objects.filter(Exists(going_out), mailing__in=earlier).withdraw(OVERTAKEN, now=now)
