"""Mails the guide to one customer who asks for it, now and outside the rounds, under the ledger's guarantees.

Each request is a mailing of one notice, made in one transaction: claimed, settled and followed like all others.
It goes at any hour and does not wait for the day's cap, since somebody on the phone waits for it; but it counts
in the cap, so that the rounds make room for it.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaign.customers import told
from campaign.models import Holdout
from campaign.plan.campaigns import NotPossible
from notices import approval, bulk, links, schedule, selection, texts
from notices.guides import catalog
from notices.models import Mailing, Notice
from notices.selection import WhyNot

Kind = Mailing.Kind
NOT_AGAIN_WITHIN = timedelta(minutes=10)
GOOD_FOR = timedelta(days=1)  # when the relay is away for the rest of a day
NOT_OUT = (Notice.State.WITHDRAWN, Notice.State.REFUSED)

REFUSED: dict[WhyNot, Callable[[], str]] = {
    WhyNot.EXEMPT: lambda: _("The guide is not mailed: an exemption is in force. End it first."),
    WhyNot.MOVING: lambda: _("The guide is not mailed: this customer has moved, the quiet days are not over."),
    WhyNot.MIGRATED: lambda: _("The guide is not mailed: this customer has moved."),
    WhyNot.UNREACHABLE: lambda: _(
        "The guide is not mailed: no mail reaches this customer's address. Print the letter."
    ),
}


def why_not(holdout: Holdout, *, now: datetime) -> str:
    """Why the guide cannot be mailed to somebody now, in words for the agent; "" where it can."""
    today = timezone.localdate(now)
    if today > holdout.campaign.cutoff_on + schedule.AFTER_CUTOFF:
        return _("The guide is not mailed: the old way has been closed for a month.")
    exempt = Holdout.objects.filter(pk=holdout.pk).filter(
        selection.exempt_on(today, campaign="campaign", customer="customer")
    )
    facts = selection.facts_of(holdout, today=today)
    is_exempt = exempt.exists()
    reason = selection.why_not(holdout.standing, exempt=is_exempt, kind=Kind.GUIDE, facts=facts)
    if reason == WhyNot.EXEMPT and not is_exempt:
        return _("The guide is not mailed yet: the exemption is over, and the standing is made anew within minutes.")
    if reason:
        return REFUSED[reason]()
    wrong = selection.unusable(holdout.customer.notice_address)
    return _(wrong) if wrong else _asked_already(holdout, now=now)


def _asked_already(holdout: Holdout, *, now: datetime) -> str:
    mailings = Mailing.objects.filter(only_for=holdout)
    going_on = mailings.exclude(state__in=Mailing.ENDED).first()
    if going_on is not None:
        return _("A guide for this customer is on its way: %(state)s.") % {"state": going_on.get_state_display()}
    lately = Notice.objects.filter(
        holdout=holdout, mailing__in=mailings, mailing__planned_at__gt=now - NOT_AGAIN_WITHIN
    )
    last = lately.exclude(state__in=NOT_OUT).select_related("mailing").order_by("-pk").first()
    if last is None:
        return ""
    at = timezone.localtime(last.mailing.planned_at)
    values = {"time": f"{at:%H:%M}", "minutes": int(NOT_AGAIN_WITHIN.total_seconds() // 60)}
    return _("The guide was mailed at %(time)s: within %(minutes)s minutes it goes out once.") % values


def send_guide(*, holdout_id: int, program: str, user_id: int | None, now: datetime) -> Notice:
    """The notice that goes out next. `program` is the guide's name; another one than is known is the customer's
    from now on, as told. Raises NotPossible, with the reason for the agent.
    """
    try:
        with transaction.atomic():
            # Of two at one moment, the second waits here, and finds the mailing of the first. For the customer, who
            # may be a holdout of both campaigns, and whose program is told to both.
            locked = Holdout.objects.select_for_update(of=("customer",), no_key=True)
            holdout = locked.select_related("campaign", "customer").get(pk=holdout_id)
            wrong = why_not(holdout, now=now)
            if wrong:
                raise NotPossible(wrong)
            _tell_program(holdout, program, today=timezone.localdate(now))
            return _planned(holdout, user_id=user_id, now=now)
    except IntegrityError as error:
        raise NotPossible(_("A guide for this customer is on its way already.")) from error


def _tell_program(holdout: Holdout, program: str, *, today: date) -> None:
    """Only where the guide is another one: several programs share one, and the exact name is worth keeping."""
    customer = holdout.customer
    if not program or catalog.client(program).name == catalog.client(customer.client_program).name:
        return
    if program not in {client.name for client in catalog.clients()}:
        raise NotPossible(_("There is no such guide."))
    told.tell_program(customer_id=customer.pk, program=program, today=today)
    customer.client_program = program


def _planned(holdout: Holdout, *, user_id: int | None, now: datetime) -> Notice:
    campaign = holdout.campaign
    mailing = Mailing(
        campaign=campaign,
        kind=Kind.GUIDE,
        only_for=holdout,
        text_ja=texts.current(campaign, Kind.GUIDE, "ja").version,
        text_en=texts.current(campaign, Kind.GUIDE, "en").version,
        period=moment(now),
        state=Mailing.State.SENDING,  # its texts were approved, and who asks for it agrees
        planned_at=now,
        planned_by_id=user_id,
        started_at=now,
        expires_on=timezone.localdate(now) + GOOD_FOR,
        daily_cap=1,
    )
    wrong = approval.errors(mailing)
    if wrong:
        raise NotPossible(_("The texts of the guide are not right: %(errors)s") % {"errors": " ".join(wrong)})
    mailing.save()
    place = salted_hmac("notices.order", f"{mailing} {holdout.pk}", algorithm="sha256").hexdigest()
    (message_id,) = bulk.message_ids(mailing, [place])
    return Notice.objects.create(
        mailing=mailing,
        holdout=holdout,
        number=bulk.numbers(1)[0],
        message_id=message_id,
        token_digest=links.digest(links.token_for(message_id)),
        language=holdout.customer.language,
        client_program=holdout.customer.client_program,
        send_after=now,
    )


def moment(now: datetime) -> str:
    """A period that no other mailing has, and that is a day to who reads it: 2026-12-01-093000-000000."""
    return f"{timezone.localtime(now):%Y-%m-%d-%H%M%S-%f}"
