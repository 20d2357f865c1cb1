"""A text sent to a colleague for a look: invented values, a registered address, and in no customer's ledger."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from campaign.models import Campaign, Reason, Standing
from notices import compose, selection, texts
from notices.cases import Case
from notices.compose import Letter
from notices.models import Mailing, StaffCopy, TextVersion
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
    case = invented(address=recipient.email, language=language, program=program, now=now)
    mailing = specimen(campaign, kind=kind, language=language, version=version, now=now)
    text = marked(texts.of(version, kind=kind, language=language), language=language)
    # A bounce tells nothing of a notice, so it goes where people read it.
    letter = replace(compose.letter(case, mailing, now=now, text=text), envelope_sender=settings.NOTICE_FROM)
    copy = StaffCopy.objects.create(
        campaign=campaign,
        kind=kind,
        language=language,
        version=version,
        sent_at=now,
        sent_by_id=user_id,
        recipient=recipient,
        address=recipient.email,
        message_id=case.message_id,
        outcome=Outcome.UNKNOWN,
    )
    copy.outcome, copy.reply = _handed_over(letter)
    copy.save(update_fields=["outcome", "reply"])
    return copy


def invented(*, address: str, language: str, program: str, now: datetime) -> Case:
    """Of a customer whom there is not, who would get mail at `address`; nothing of it is in the database."""
    last = now - timedelta(days=2)
    return Case(
        number=NUMBER,
        message_id=new_message_id(),
        language=language,
        client_program=program,
        login=address,
        contact_address="",
        name=PLACEHOLDERS["name"].example[language],
        standing=Standing.MIXED,
        reason=Reason.SECOND_DEVICE,
        last_legacy_at=last,
        last_auth_on=last.date(),
        confirmed=False,
    )


def new_message_id() -> str:
    """Of a mail that is in no ledger: the link that is made of it opens nothing."""
    return f"copy.{secrets.token_hex(12)}@{settings.NOTICE_DOMAIN}"


def specimen(campaign: Campaign, *, kind: str, language: str, version: TextVersion | None, now: datetime) -> Mailing:
    """A mailing for looking at, that nobody has planned."""
    mailing = Mailing(campaign=campaign, kind=kind, period=f"{now:%Y-%m}", expires_on=campaign.cutoff_on, daily_cap=1)
    setattr(mailing, f"text_{language}", version)
    return mailing


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
