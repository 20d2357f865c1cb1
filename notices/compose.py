"""The bytes of a notice: the text of its mailing, filled in for one customer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from campaign.brands import Brand, of_login
from campaign.models import Campaign
from notices import encoding, links, markup, mutes, selection, situations, stencils, texts
from notices.cases import Case
from notices.days import long_day, short_day
from notices.guides import catalog
from notices.lines import COLUMNS, breathing, one_line
from notices.models import Mailing, Notice
from notices.stencils import Stencil


class NotSendable(ValueError):
    """The customer's mail address is none; the text is English, for the ledger."""


@dataclass(frozen=True)
class Letter:
    """`utf8_instead`: the customer's program is an old one, but its coding lacks a character of this mail."""

    envelope_sender: str
    recipient: str
    content: bytes
    utf8_instead: bool = False


def letter(
    case: Case,
    mailing: Mailing,
    *,
    now: datetime,
    text: texts.Text | None = None,
    brands: Callable[[str], Brand] = of_login,
) -> Letter:
    """The mail of a mailing for one customer, with another `text` than the mailing's where one is given.

    Message-ID, number and link are the notice's own: composed again, they are the same. `brands`:
    `campaign.brands.by_login()`, made for many. Raises `NotSendable`, and `WrongText` for a text that cannot be
    filled in. Where the mailing has its campaign and texts with it, the database is not asked.
    """
    address = case.address
    wrong = selection.unusable(address)
    if wrong:
        raise NotSendable(wrong)
    brand, recipient = brands(case.login), encoding.quoted(address)
    old = is_for_old_program(case.language, case.client_program)
    readable = _readable(case, brand, mailing, text, html=settings.NOTICE_HTML and not old)
    headers = _headers(case, mailing, brand, recipient=recipient, now=now)
    content, utf8_instead = encoding.content(readable, headers, for_old_programs=old)
    return Letter(links.envelope_sender(case), recipient, content, utf8_instead)


def is_for_old_program(language: str, client_program: str) -> bool:
    return language == "ja" and client_program in encoding.OLD_PROGRAMS


def brand_of(notice: Notice) -> Brand:
    """Under whose name the customer has the mailbox."""
    return of_login(notice.holdout.customer.login)


def _readable(case: Case, brand: Brand, mailing: Mailing, text: texts.Text | None, *, html: bool) -> encoding.Readable:
    own, text = _own(case, brand), text or texts.of_mailing(mailing, case.language)
    shared = _shared(case, brand, mailing.campaign)
    stencil = _stencil(text.subject, text.body, shared, bool(own["name"]), bool(own["moved_on"]))
    subject = stencil.subject(own)
    return encoding.Readable(
        subject=subject,
        sender_name=one_line(brand.name[case.language]),
        sender=brand.notice_from,
        text=lambda charset: stencil.text(own, charset),
        html=markup.html(subject, stencil.body(own), language=case.language) if html else "",
    )


def html(case: Case, mailing: Mailing) -> str:
    """The HTML part that the mail has, or would have if it were more than text. Raises `WrongText`."""
    filled = texts.fill(texts.of_mailing(mailing, case.language), values_for(case, mailing.campaign))
    return markup.html(one_line(filled.subject), filled.body, language=case.language)


def values_for(case: Case, campaign: Campaign) -> dict[str, object]:
    """A value for each name of `PLACEHOLDERS`, as the customer's own language writes it."""
    brand = of_login(case.login)
    return _common(_shared(case, brand, campaign)) | _own(case, brand)


def _own(case: Case, brand: Brand) -> stencils.Own:
    """The values that are a customer's own."""
    sent_at = case.last_legacy_at.astimezone(timezone.get_default_timezone())
    return {
        "name": one_line(case.name),
        "number": spelled(case.number),
        "sent_on": long_day(sent_at.date(), case.language),
        "sent_at": f"{sent_at.hour:02}:{sent_at.minute:02}",
        "moved_on": long_day(case.last_auth_on, case.language) if case.last_auth_on else "",
        "link": links.personal_url(case, site=brand.site),
    }


class Shared(NamedTuple):
    """What a customer has in common with many others, of what a mail says."""

    language: str
    program: str
    brand: Brand
    standing: str
    reason: str
    confirmed: bool
    cutoff_on: date
    own_network: bool


def _shared(case: Case, brand: Brand, campaign: Campaign) -> Shared:
    own_network = campaign.name == Campaign.Name.LOCAL_PORT25
    of_case = (case.language, case.client_program, brand, case.standing, case.reason, case.confirmed)
    return Shared(*of_case, campaign.cutoff_on, own_network)


@lru_cache(maxsize=256)  # some 25 kB each
def _stencil(subject: str, body: str, shared: Shared, named: bool, moved: bool) -> Stencil:
    empty = frozenset(name for name, there in (("name", named), ("moved_on", moved)) if not there)
    return stencils.cut(texts.Text(subject, body), _common(shared), empty=empty, language=shared.language)


def _common(shared: Shared) -> dict[str, object]:
    language, program, brand = shared.language, shared.program, shared.brand
    last_day = shared.cutoff_on - timedelta(days=1)
    ended = catalog.client(program).state == "dead"
    return {
        "provider": one_line(brand.name[language]),
        "cutoff": long_day(shared.cutoff_on, language),
        "cutoff_day": short_day(shared.cutoff_on, language),
        "until": long_day(last_day, language),
        "until_day": short_day(last_day, language),
        "program": catalog.title(program, language),
        "situation": situations.situation(shared.standing, shared.reason, language=language),
        "steps": _steps(program, language, brand),
        "smtp_host": brand.smtp_host,
        "smtp_port": str(brand.smtp_port),
        "home": brand.home,
        "phone": brand.phone,
        "hours": brand.hours[language],
        "confirmed": shared.confirmed,
        "has_guide": catalog.client(program).name == program and bool(catalog.title(program, language)) and not ended,
        "program_ended": ended,
        "own_network": shared.own_network,
    }


def spelled(number: str) -> str:
    """An announcement number as people read it out: 482-913-057."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def _steps(program: str, language: str, brand: Brand) -> str:
    steps: list[str] = []
    for line in catalog.mail_steps(program, language, brand):
        if line.startswith(" ") and steps:
            steps[-1] += "\n" + line
        else:
            steps.append(line)
    return breathing(steps, columns=COLUMNS[language])


def _headers(case: Case, mailing: Mailing, brand: Brand, *, recipient: str, now: datetime) -> str:
    """All but Subject and From, and those of the coding."""
    headers = (
        f"To: {recipient}\r\nReply-To: {brand.reply_to}\r\nDate: {_date(now)}\r\nMessage-ID: <{case.message_id}>\r\n"
        f"Content-Language: {case.language}\r\n{_of_all(mailing.kind, mailing.campaign.name)}"
    )
    if mailing.kind in mutes.MUTABLE and brand.site.startswith("https://"):
        stop = links.stop_url(case, site=brand.site)
        headers += f"List-Unsubscribe: <{stop}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"  # RFC 8058
    return headers


@lru_cache(maxsize=4)
def _date(now: datetime) -> str:
    return format_datetime(now.astimezone(timezone.get_default_timezone()))


def _of_all(kind: str, campaign: str) -> str:
    """What all mails of a mailing have. Auto-Submitted: RFC 3834."""
    precedence = f"Precedence: {settings.NOTICE_PRECEDENCE}\r\n" if settings.NOTICE_PRECEDENCE else ""
    of_list = f"<{kind}.{campaign}.{settings.NOTICE_DOMAIN}>".replace("_", "-")
    return f"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n{precedence}List-Id: {of_list}\r\n"
