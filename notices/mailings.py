"""A mailing from plan to end: planned, approved by a second person, started, paused, resumed, cancelled, finished."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaign.models import Campaign, Holdout
from notices import links, pacing, selection
from notices.models import Delivery, Mailing, Notice

State = Mailing.State
CHUNK = 1000
LATEST_AFTER_LAST_SLOT = timedelta(days=14)
SHORT = {Campaign.Name.POP_BEFORE_SMTP: "pbs", Campaign.Name.LOCAL_PORT25: "p25"}
CANCELLED = gettext_noop("the mailing was cancelled")
EXPIRED = gettext_noop("the mailing had expired")


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


def plan_reminder(*, campaign_id: int, today: date, now: datetime, planned_by_id: int | None = None) -> Mailing | None:
    """Plan this month's reminder for all who are due.

    None when nobody is due, the campaign does not run on this day, or the month has its
    reminder already: it is safe to ask again, also for two at the same moment.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    mailing = Mailing(
        campaign=campaign,
        period=f"{today:%Y-%m}",
        planned_at=now,
        planned_by_id=planned_by_id,
        expires_on=campaign.cutoff_on - timedelta(days=1),
        daily_cap=settings.NOTICE_DAILY_CAP,
    )
    this_month = Mailing.objects.filter(campaign=campaign, kind=mailing.kind, period=mailing.period)
    if not campaign.starts_on <= today < campaign.cutoff_on or this_month.exists():
        return None
    try:
        with transaction.atomic():
            holdouts = list(selection.due(campaign, today=today).order_by("pk").values_list("pk", flat=True))
            if not holdouts:
                return None
            mailing.save()
            _plan_notices(mailing, holdouts, now=now)
    except IntegrityError:
        if this_month.exists():  # somebody else planned it at the same moment
            return None
        raise
    return mailing


def _plan_notices(mailing: Mailing, holdouts: list[int], *, now: datetime) -> None:
    """One notice for each holdout, in an order that is random but the mailing's own."""
    random.Random(f"{mailing} {settings.SECRET_KEY}").shuffle(holdouts)
    slots = pacing.slots(now, cap=mailing.daily_cap, within=pacing.hours())
    last = now
    for begin in range(0, len(holdouts), CHUNK):
        notices = list(_notices(mailing, holdouts[begin : begin + CHUNK], slots=slots, now=now))
        Notice.objects.bulk_create(notices)
        last = max(last, notices[-1].send_after)
    # Days after the last slot are for what was deferred or paused; later the next month's mailing is due.
    latest = timezone.localdate(last) + LATEST_AFTER_LAST_SLOT
    if latest < mailing.expires_on:
        mailing.expires_on = latest
        mailing.save(update_fields=["expires_on"])


def _notices(mailing: Mailing, chunk: list[int], *, slots: Iterator[datetime], now: datetime) -> Iterator[Notice]:
    of = "customer__"
    fields = ("pk", f"{of}language", f"{of}client_program", f"{of}contact_address", f"{of}login")
    found = {row[0]: row[1:] for row in Holdout.objects.filter(pk__in=chunk).values_list(*fields)}
    for pk, number in zip(chunk, _numbers(len(chunk)), strict=True):
        language, program, contact_address, login = found[pk]
        message_id = _message_id(mailing, pk)
        notice = Notice(
            mailing=mailing,
            holdout_id=pk,
            number=number,
            message_id=message_id,
            token_digest=links.digest(links.token_for(message_id)),
            language=language,
            client_program=program,
            send_after=now,
        )
        wrong = selection.unusable(contact_address or login)
        if wrong:
            notice.state, notice.reply, notice.ended_at = Notice.State.REFUSED, wrong, now
        else:
            notice.send_after = next(slots)
        yield notice


def _message_id(mailing: Mailing, holdout_id: int) -> str:
    keyed = salted_hmac("notices.message-id", f"{mailing} {holdout_id}", algorithm="sha256").hexdigest()[:24]
    return f"notice.{SHORT[Campaign.Name(mailing.campaign.name)]}.{mailing.period}.{keyed}@{settings.NOTICE_DOMAIN}"


def _numbers(wanted: int) -> list[str]:
    """Announcement numbers that no notice has: random, so that one does not lead to the next."""
    found: set[str] = set()
    while len(found) < wanted:
        drawn = {str(100_000_000 + secrets.randbelow(900_000_000)) for _ in range(wanted - len(found))}
        found |= drawn - set(Notice.objects.filter(number__in=drawn).values_list("number", flat=True))
    return list(found)


def approve(*, mailing_id: int, user_id: int, now: datetime) -> None:
    mailing = Mailing.objects.get(pk=mailing_id)
    if mailing.planned_by_id == user_id:
        raise NotAllowed(_("Whoever planned a mailing cannot approve it: a second person has to."))
    if not mailing.move(State.APPROVED, since=(State.PLANNED,), approved_at=now, approved_by_id=user_id):
        raise _not_now(mailing_id, _("Only a mailing that waits for approval can be approved."))


def start(*, mailing_id: int, now: datetime) -> None:
    mailing = Mailing.objects.get(pk=mailing_id)
    values = {"started_at": now, "hold_until": now + settings.NOTICE_HOLD}
    if not mailing.move(State.SENDING, since=(State.APPROVED,), **values):
        raise _not_now(mailing_id, _("Only an approved mailing can be started."))


def start_approved(*, now: datetime) -> int:
    approved = Mailing.objects.filter(state=State.APPROVED)
    return approved.update(state=State.SENDING, started_at=now, hold_until=now + settings.NOTICE_HOLD)


def pause(*, mailing_id: int, reason: str, now: datetime) -> None:
    mailing = Mailing.objects.get(pk=mailing_id)
    values = {"paused_at": now, "pause_reason": reason[:300]}
    if not mailing.move(State.PAUSED, since=(State.SENDING, State.APPROVED), **values):
        raise _not_now(mailing_id, _("Only a mailing that is approved or being sent can be paused."))


def resume(*, mailing_id: int, now: datetime) -> None:
    """Go on, and forget the trouble there was: it has been looked into."""
    mailing = Mailing.objects.get(pk=mailing_id)
    values = {
        "paused_at": None,
        "pause_reason": "",
        "recent_attempts": "",
        "started_at": Coalesce(F("started_at"), now),
        "hold_until": Case(When(started_at=None, then=now + settings.NOTICE_HOLD), default=F("hold_until")),
    }
    if not mailing.move(State.SENDING, since=(State.PAUSED,), **values):
        raise _not_now(mailing_id, _("Only a paused mailing can be resumed."))


def cancel(*, mailing_id: int, now: datetime) -> None:
    mailing = Mailing.objects.get(pk=mailing_id)
    open_states = tuple(state for state in State if state not in Mailing.ENDED)
    with transaction.atomic():
        if not mailing.move(State.CANCELLED, since=open_states, ended_at=now):
            raise _not_now(mailing_id, _("This mailing has ended already."))
        Notice.objects.for_mailing(mailing).withdraw(CANCELLED, now=now)


def _not_now(mailing_id: int, rule: str) -> NotAllowed:
    mailing = Mailing.objects.get(pk=mailing_id)
    stands = _("The mailing is in the state “%(state)s”.") % {"state": mailing.get_state_display()}
    return NotAllowed(f"{rule} {stands}")


def finish_if_done(*, mailing_id: int, now: datetime) -> bool:
    """End a mailing in which nothing waits and nothing is being sent; what is unknown does not hold it open."""
    left = Notice.objects.filter(mailing=OuterRef("pk"), state__in=(Notice.State.WAITING, Notice.State.CLAIMED))
    done = Mailing.objects.filter(~Exists(left), pk=mailing_id, state=State.SENDING)
    return done.update(state=State.FINISHED, ended_at=now) == 1


def reopen(*, mailing_id: int) -> bool:
    """A finished mailing goes on, because one of its notices proved not to have gone out."""
    finished = Mailing.objects.filter(pk=mailing_id, state=State.FINISHED)
    return finished.update(state=State.SENDING, ended_at=None) == 1


def tidy(*, now: datetime) -> None:
    """End what has expired or has nothing left to send, and let nothing wait in an ended mailing.

    A notice may come back from an attempt after its mailing was cancelled.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        open_mailings = Mailing.objects.exclude(state__in=Mailing.ENDED)
        expired = list(open_mailings.filter(expires_on__lt=today).values_list("pk", flat=True))
        Mailing.objects.filter(pk__in=expired).update(state=State.FINISHED, ended_at=now)
        Notice.objects.filter(mailing__in=expired).withdraw(EXPIRED, now=now)
    for state, reason in ((State.CANCELLED, CANCELLED), (State.FINISHED, EXPIRED)):
        Notice.objects.filter(mailing__in=Mailing.objects.filter(state=state)).withdraw(reason, now=now)
    for mailing_id in Mailing.objects.filter(state=State.SENDING).values_list("pk", flat=True):
        finish_if_done(mailing_id=mailing_id, now=now)
