"""The numbers for the board by mail, each week to those who want them: nobody twice, and nothing of a customer."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaign import roles
from campaign.dashboard import board, board_paper
from campaign.dashboard.board import Board
from campaign.jinja import day, moment
from campaign.models import Campaign, Digest, DigestWish
from notices import selection
from notices.compose import Letter
from notices.encoding import quoted
from notices.outcomes import Outcome
from notices.relay import Lost, NoConnection, send_alone

log = logging.getLogger(__name__)
State = Digest.State
TRIES = 20  # in a week, an hour apart; then it is left
ENDS = {Outcome.ACCEPTED: State.ACCEPTED, Outcome.REFUSED: State.REFUSED}  # anything else: it may go again


@dataclass(frozen=True)
class Sheet:
    """The numbers of one campaign in a language, and the name of the paper with them."""

    found: Board
    name: str
    language: str

    @cached_property
    def pdf(self) -> bytes:
        """Laid out for the first letter with it, and never for a page that shows the text alone."""
        with translation.override(self.language):
            return board_paper.pdf(self.found)


def week_of(today: date) -> date:
    """Its Monday."""
    return today - timedelta(days=today.weekday())


def send_due(*, now: datetime) -> int:
    """Mail this week's numbers to all who want them and have not got them; how many the relay accepted.

    Any number of workers may do this at once. One that died while it sent leaves a mail of unknown outcome,
    which is not sent again: the next week's follows.
    """
    _give_up_what_hangs(now=now)
    week = week_of(timezone.localdate(now))
    sheets: dict[str, list[Sheet]] = {}
    accepted, begin = 0, time.monotonic()
    for wish in _wishes(week):
        if wish.language not in sheets:
            sheets[wish.language] = sheets_in(wish.language, now=now)
        if sheets[wish.language]:  # nothing to tell before there is a week of evidence
            at = now + timedelta(seconds=time.monotonic() - begin)  # a slow relay must not make later claims look old
            accepted += _send(_row(wish, week), wish, sheets[wish.language], now=at)
    return accepted


def _wishes(week: date) -> Iterator[DigestWish]:
    """Who may see the numbers, has an address, and wanted them before the week began."""
    begin = timezone.make_aware(datetime.combine(week, datetime.min.time()))
    wishes = DigestWish.objects.filter(since__lt=begin, user__is_active=True).select_related("user").order_by("pk")
    ended = Digest.objects.filter(week=week).exclude(state=State.WAITING).values("recipient")
    for wish in wishes.exclude(user__in=ended):
        if not why_not(wish.user):
            yield wish


def why_not(user: AbstractUser) -> str:
    """Why no mail can go to somebody; "" where it can."""
    if not user.email:
        return _("Your account has no mail address: ask an administrator to enter it.")
    if selection.unusable(user.email):
        return _("The mail address of your account is none: ask an administrator to correct it.")
    return "" if user.has_perm(roles.NUMBERS) else _("Your account may not see the numbers.")


def sheets_in(language: str, *, now: datetime) -> list[Sheet]:
    """One of each campaign that has something to tell."""
    found = []
    with translation.override(language):
        for campaign in Campaign.objects.order_by("cutoff_on", "pk"):
            told = board.board(campaign, now=now)
            if told:
                name = board.file_name(campaign, timezone.localdate(now), language)
                found.append(Sheet(told, name, language))
    return found


def _row(wish: DigestWish, week: date) -> Digest:
    """The one of this week and person, whoever makes it."""
    given = {"language": wish.language, "message_id": message_id(wish.user_id, week)}
    try:
        with transaction.atomic():
            row, _made = Digest.objects.get_or_create(week=week, recipient_id=wish.user_id, defaults=given)
    except IntegrityError:  # another worker was faster
        row = Digest.objects.get(week=week, recipient_id=wish.user_id)
    return row


def message_id(user_id: int, week: date) -> str:
    """The same for ever, and nobody's guess."""
    key = salted_hmac("campaign.digest", f"{week} {user_id}", algorithm="sha256").hexdigest()[:24]
    return f"digest.{week}.{key}@{settings.NOTICE_DOMAIN}"


def _send(row: Digest, wish: DigestWish, sheets: list[Sheet], *, now: datetime) -> bool:
    """Claimed, and the claim committed, before SMTP speaks. Whether the relay accepted it."""
    row.address, row.language = wish.user.email, wish.language
    letter = compose(row, sheets, now=now)  # before the claim: what fails here has certainly not gone out
    if row.attempts >= TRIES or not row.claim(address=row.address, language=row.language, now=now):
        return False
    state, reply = _handed_over(letter)
    if not row.settle(state, reply, now=now):
        log.error("the digest of %s: %s came after its claim had ended: %s", row.week, state, reply)
    return state is State.ACCEPTED


def _handed_over(letter: Letter) -> tuple[State, str]:
    try:
        outcome, reply = send_alone(letter)
    except NoConnection as error:
        return State.WAITING, str(error)
    except Lost as error:
        return State.UNKNOWN, str(error)
    return ENDS.get(outcome, State.WAITING), reply


def _give_up_what_hangs(*, now: datetime) -> int:
    """A worker that is gone may have sent it or not: it is never sent a second time on a guess."""
    hanging = Digest.objects.filter(state=State.CLAIMED, claimed_at__lt=now - settings.NOTICE_LEASE)
    return hanging.update(state=State.UNKNOWN, ended_at=now)


def compose(row: Digest, sheets: list[Sheet], *, now: datetime) -> Letter:
    """Text in the recipient's language, with the papers."""
    language, message = row.language, EmailMessage(policy=policy.SMTP)
    with translation.override(language):
        message["Subject"] = subject(sheets)
        message["From"] = formataddr((settings.PROVIDER_NAME[language], settings.NOTICE_FROM))
        message["To"] = quoted(row.address)
        message["Date"] = format_datetime(now.astimezone(timezone.get_default_timezone()))
        message["Message-ID"] = f"<{row.message_id}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(text(sheets), cte="base64")
    for sheet in sheets:
        message.add_attachment(sheet.pdf, maintype="application", subtype="pdf", filename=sheet.name)
    message["Content-Language"] = language  # last: what sets the text drops and moves such headers
    return Letter(settings.NOTICE_FROM, quoted(row.address), message.as_bytes())


def subject(sheets: list[Sheet]) -> str:
    values = {"provider": settings.PROVIDER_NAME[translation.get_language()]}
    values["day"] = day(max(sheet.found.data_until for sheet in sheets))
    return _("%(provider)s: the end of the old way, as of %(day)s") % values


def text(sheets: list[Sheet]) -> str:
    """What the mail says, in the language that is active."""
    lines: list[str] = []
    for sheet in sheets:
        lines += _lines_of(sheet.found)
    return "\n".join([*lines, "-- ", *_foot()]) + "\n"


def _lines_of(found: Board) -> list[str]:
    head = _("%(provider)s. Data up to %(day)s, made on %(moment)s.")
    values = {"provider": found.provider, "day": day(found.data_until), "moment": moment(found.made_at)}
    return [
        board.title(found),
        head % values,
        "",
        *(f"* {label}: {value}{f' ({notes})' if notes else ''}" for label, value, notes in found.tiles),
        "",
        *found.sentences,
        "",
        _("In money"),
        *(f"* {each.title}: {each.amount} ({each.how})" for each in found.lines),
        "",
        _("What is assumed"),
        *(f"* {title}: {value} ({name})" for title, value, name in found.assumptions),
        "",
    ]


def _foot() -> list[str]:
    """Why it came, and where to switch it off."""
    return [
        _("You get this each week because you have switched it on. Here you switch it off:"),
        settings.PUBLIC_URL + reverse("digest"),
    ]
