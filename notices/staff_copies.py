"""A text sent to a colleague for a look: invented values, a registered address, and in no customer's ledger."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from campaign.models import Campaign, Customer, Holdout, Reason, Standing
from notices import compose, selection, texts
from notices.compose import Letter
from notices.models import Mailing, Notice, StaffCopy, TextVersion
from notices.outcomes import Outcome as RelayOutcome
from notices.placeholders import PLACEHOLDERS
from notices.relay import Lost, NoConnection, send_alone

NUMBER = "000000000"  # of no notice: theirs begin at 100,000,000
AN_HOUR = 20  # copies that one person may send
Outcome = StaffCopy.Outcome


class NotPossible(ValueError):
    """A copy that may not go out; the message is for the person who asked."""


def registered() -> QuerySet:
    """The colleagues to whom a copy may go: those who may log in and have an address."""
    return get_user_model().objects.filter(is_active=True).exclude(email="").order_by("username")


def send(
    *,
    campaign_id: int,
    kind: str,
    language: str,
    version_id: int | None,
    program: str,
    recipient_id: int,
    user_id: int,
    now: datetime,
) -> StaffCopy:
    """Send one copy at once, and keep what became of it. Raises NotPossible, WrongText and NotSendable."""
    recipient = registered().filter(pk=recipient_id).first()
    wrong = selection.unusable(recipient.email) if recipient else _("nobody of that name has a registered address")
    if wrong:
        raise NotPossible(_("The copy was not sent: %(why)s") % {"why": _(wrong)})
    lately = StaffCopy.objects.filter(sent_by=user_id, sent_at__gt=now - timedelta(hours=1)).count()
    if lately >= AN_HOUR:
        raise NotPossible(_("You have sent %(most)s copies within an hour: please wait a little.") % {"most": AN_HOUR})
    version = TextVersion.objects.filter(pk=version_id).first()
    campaign = Campaign.objects.get(pk=campaign_id)
    holdout = invented(campaign, address=recipient.email, language=language, program=program, now=now)
    notice = specimen(holdout, kind=kind, language=language, version=version, now=now)
    text = marked(texts.of(version, kind=kind, language=language), language=language)
    # A bounce tells nothing of a notice, so it goes where people read it.
    letter = replace(compose.compose(notice, now=now, text=text), envelope_sender=settings.NOTICE_FROM)
    copy = StaffCopy.objects.create(
        campaign=campaign,
        kind=kind,
        language=language,
        version=version,
        sent_at=now,
        sent_by_id=user_id,
        recipient=recipient,
        address=recipient.email,
        message_id=notice.message_id,
        outcome=Outcome.UNKNOWN,
    )
    copy.outcome, copy.reply = _handed_over(letter)
    copy.save(update_fields=["outcome", "reply"])
    return copy


def invented(campaign: Campaign, *, address: str, language: str, program: str, now: datetime) -> Holdout:
    """A customer whom there is not, who would get mail at `address`; nothing of it is in the database."""
    name = PLACEHOLDERS["name"].example[language]
    customer = Customer(login=address, name=name, language=language, client_program=program)
    last = now - timedelta(days=2)
    return Holdout(
        campaign=campaign,
        customer=customer,
        standing=Standing.MIXED,
        reason=Reason.SECOND_DEVICE,
        last_legacy_on=last.date(),
        last_legacy_at=last,
        last_auth_on=last.date(),
        last_auth_at=last,
    )


def specimen(holdout: Holdout, *, kind: str, language: str, version: TextVersion | None, now: datetime) -> Notice:
    """A notice for looking at: in no ledger, its number and its link open nothing."""
    mailing = Mailing(
        campaign=holdout.campaign, kind=kind, period=f"{now:%Y-%m}", expires_on=holdout.campaign.cutoff_on, daily_cap=1
    )
    setattr(mailing, f"text_{language}", version)
    return Notice(
        mailing=mailing,
        holdout=holdout,
        number=NUMBER,
        message_id=f"copy.{secrets.token_hex(12)}@{settings.NOTICE_DOMAIN}",
        language=language,
        client_program=holdout.customer.client_program,
        send_after=now,
    )


def marked(text: texts.Text, *, language: str) -> texts.Text:
    """With a subject that nobody takes for a real notice's."""
    with translation.override(language):
        mark = _("[Test]")
    return replace(text, subject=f"{mark} {text.subject}")


def _handed_over(letter: Letter) -> tuple[Outcome, str]:
    """The outcome with the relay's words."""
    try:
        outcome, reply = send_alone(letter)
    except NoConnection as error:
        return Outcome.NOT_SENT, str(error)
    except Lost as error:
        return Outcome.UNKNOWN, str(error)
    return Outcome.ACCEPTED if outcome is RelayOutcome.ACCEPTED else Outcome.REFUSED, reply
