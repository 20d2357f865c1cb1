"""Writes down what became of notices: leases that ended, unknown ones settled by evidence, fates."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from campaign.submissions import fates
from notices import mailings
from notices.deliveries import bounces, keep, relaylog, suppressions
from notices.models import Delivery, Mailing, Notice

CHUNK = 1000
MARGIN = timedelta(hours=1)  # clocks and logs of several hosts are seldom further apart
QUEUE_LIFETIME = timedelta(days=7)  # after it no mail server still tries
SECOND_THOUGHTS = timedelta(days=1)  # in which a server further on may still bounce what was delivered
REFUSED_SINCE = timedelta(days=1)
KEPT = timedelta(days=21)  # what was taken out of the log
UNKNOWN_FOR = timedelta(days=14)  # then it is the operator's; the log is not read again for it
WORKER_GONE = gettext_noop("the sending process ended before it could write down the relay's reply")
IN_THE_LOG = gettext_noop("found in the mail server's log")
NOT_IN_THE_LOG = gettext_noop("not in the mail server's log: it may go again")


def settle(*, now: datetime) -> None:
    """Bring the ledger in line with the log. Safe to repeat, also by two at once."""
    _end_leases(now)
    _settle_unknown(now)
    _record_fates(now)
    _learn_from_refusals(now)
    fates.forget_before(now - KEPT)
    bounces.forget_before(now - timedelta(days=settings.RETENTION_DAYS))


def _end_leases(now: datetime) -> None:
    """But for what a worker that was only late settles at this very moment."""
    claimed = Notice.objects.filter(state=Notice.State.CLAIMED, claimed_at__lt=now - settings.NOTICE_LEASE)
    claimed.change_unlocked(state=Notice.State.UNKNOWN, reply=WORKER_GONE)


def _settle_unknown(now: datetime) -> None:
    rows = Notice.objects.filter(state=Notice.State.UNKNOWN, claimed_at__gte=now - UNKNOWN_FOR)
    unknown = list(rows.select_related("mailing").order_by("claimed_at"))
    logged_until = fates.logged_until() if unknown else None
    if logged_until is None:
        return
    first, last = unknown[0].claimed_at, unknown[-1].claimed_at
    until = min(now, last + settings.NOTICE_LEASE + 2 * MARGIN)
    seen, halfway = fates.seen_message_ids(
        domain=settings.NOTICE_DOMAIN, since=first - 2 * MARGIN, until=until, now=min(now, until + QUEUE_LIFETIME)
    )
    witnesses = _witnesses(first - MARGIN, last + settings.NOTICE_LEASE + MARGIN, seen=frozenset(seen))
    for notice in unknown:
        if notice.message_id in seen:
            keep.accept_late(notice, IN_THE_LOG, at=seen[notice.message_id])
        elif notice.message_id not in halfway and relaylog.did_not_go_out(
            notice.claimed_at,
            logged_until=logged_until,
            lease=settings.NOTICE_LEASE,
            margin=MARGIN,
            witnesses=witnesses,
        ):
            _let_go_again(notice, now=now)


def _witnesses(begin: datetime, end: datetime, *, seen: frozenset[str]) -> relaylog.Witnesses:
    """What the relay itself accepted; what only the log says would speak for the log by the log."""
    accepted = Notice.objects.filter(state=Notice.State.ACCEPTED, accepted_at__range=(begin, end))
    rows = accepted.exclude(reply=IN_THE_LOG).values_list("message_id", "accepted_at")
    return relaylog.Witnesses(dict(rows), seen)


def _let_go_again(notice: Notice, *, now: datetime) -> None:
    """Back to waiting, in one step with the mailing, which may have finished in the meantime; withdrawn where it ended
    for good, be it days ago."""
    with transaction.atomic():
        Mailing.objects.select_for_update(no_key=True).get(pk=notice.mailing_id)  # as in `mailings.finish_if_done`
        if not notice.put_back(NOT_IN_THE_LOG, send_after=now):
            return
        if timezone.localdate(now) <= notice.mailing.expires_on:
            mailings.reopen(mailing_id=notice.mailing_id)
        mailings.let_nothing_wait(Mailing.objects.filter(pk=notice.mailing_id), now=now)


def _record_fates(now: datetime) -> None:
    since = _oldest_open(now)
    if since is None:
        return
    told = fates.news(domain=settings.NOTICE_DOMAIN, since=since - MARGIN, until=now)
    found = relaylog.latest(told.fates)
    message_ids = list(found)
    for begin in range(0, len(message_ids), CHUNK):
        chunk = message_ids[begin : begin + CHUNK]
        keep.write_down({name: relaylog.evidence(found[name]) for name in chunk})
    # The log may be faster than the worker that sends: what it said of a claimed notice is asked for again.
    unsettled = Notice.objects.unsettled().filter(claimed_at__gte=now - UNKNOWN_FOR)
    fates.written_down(told, but_for=set(unsettled.values_list("message_id", flat=True)))


def _oldest_open(now: datetime) -> datetime | None:
    """Acceptance of the oldest notice of whose fate the log may still tell something new."""
    recent = Notice.objects.filter(state=Notice.State.ACCEPTED, accepted_at__gte=now - QUEUE_LIFETIME)
    open_fate = Q(delivery=None) | Q(delivery__fate=Delivery.Fate.DEFERRED)
    open_notices = recent.filter(open_fate | Q(accepted_at__gte=now - SECOND_THOUGHTS))
    return open_notices.order_by("accepted_at").values_list("accepted_at", flat=True).first()


def _learn_from_refusals(now: datetime) -> None:
    """A relay that knows its users says at once that there is none of that name."""
    lately = Mailing.objects.filter(expires_on__gte=timezone.localdate(now - REFUSED_SINCE))
    refused = Notice.objects.filter(mailing__in=lately, state=Notice.State.REFUSED, ended_at__gte=now - REFUSED_SINCE)
    for notice in refused.exclude(claimed_at=None).select_related("holdout__customer").order_by("pk"):
        suppressions.learn([(notice, relaylog.refusal(notice.reply, at=notice.ended_at))])
