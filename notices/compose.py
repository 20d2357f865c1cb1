"""The bytes of a notice: the text of its mailing, filled in for one customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from campaign.brands import Brand, of_login
from campaign.models import Campaign, DailyUse
from notices import encoding, links, markup, mutes, selection, situations, texts
from notices.days import long_day, short_day
from notices.guides import catalog
from notices.lines import COLUMNS, breathing, one_line, wrapped
from notices.models import Notice


class NotSendable(ValueError):
    """The customer's mail address is none; the text is English, for the ledger."""


@dataclass(frozen=True)
class Letter:
    """`utf8_instead`: the customer's program is an old one, but its coding lacks a character of this mail."""

    envelope_sender: str
    recipient: str
    content: bytes
    utf8_instead: bool = False


def with_all_it_needs(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Notices from here are composed without another look into the database."""
    related = ("mailing__campaign", "mailing__text_ja", "mailing__text_en", "holdout__customer")
    last_day = DailyUse.objects.filter(
        customer=OuterRef("holdout__customer"),
        submission_class=OuterRef("mailing__campaign__name"),
        day=OuterRef("holdout__last_legacy_on"),
        confirmed__gt=0,
    )
    return notices.select_related(*related).annotate(confirmed=Exists(last_day))


def compose(notice: Notice, *, now: datetime, text: texts.Text | None = None) -> Letter:
    """The mail for `notice`, with its related rows as they are now; `text` instead of its mailing's for a preview.

    Message-ID, number and link are the notice's own: composed again, they are the same.
    Raises `NotSendable`, and `WrongText` for a text that cannot be filled in.
    """
    address = notice.holdout.customer.notice_address
    wrong = selection.unusable(address)
    if wrong:
        raise NotSendable(wrong)
    recipient, brand = encoding.quoted(address), brand_of(notice)
    headers = list(_headers(notice, brand, recipient=recipient, now=now))
    old = is_for_old_program(notice.language, notice.client_program)
    content, utf8_instead = encoding.content(_readable(notice, brand, text), headers, for_old_programs=old)
    return Letter(links.envelope_sender(notice), recipient, content, utf8_instead)


def is_for_old_program(language: str, client_program: str) -> bool:
    return language == "ja" and client_program in encoding.OLD_PROGRAMS


def brand_of(notice: Notice) -> Brand:
    """Under whose name the customer has the mailbox."""
    return of_login(notice.holdout.customer.login)


def readable(notice: Notice, *, text: texts.Text | None = None) -> encoding.Readable:
    """What the customer sees, before it is encoded. Raises `WrongText`."""
    return _readable(notice, brand_of(notice), text)


def _readable(notice: Notice, brand: Brand, text: texts.Text | None) -> encoding.Readable:
    language = notice.language
    wants_html = settings.NOTICE_HTML and not is_for_old_program(language, notice.client_program)
    filled = texts.fill(text or texts.of_mailing(notice.mailing, language), _values(notice, brand))
    subject = one_line(filled.subject)
    return encoding.Readable(
        subject=subject,
        sender_name=one_line(brand.name[language]),
        sender=brand.notice_from,
        text=wrapped(filled.body, columns=COLUMNS[language]),
        html=markup.html(subject, filled.body, language=language) if wants_html else "",
    )


def html(notice: Notice) -> str:
    """The HTML part that the notice has, or would have if it were more than text. Raises `WrongText`."""
    filled = texts.fill(texts.of_mailing(notice.mailing, notice.language), values_for(notice))
    return markup.html(one_line(filled.subject), filled.body, language=notice.language)


def values_for(notice: Notice) -> dict[str, object]:
    """A value for each name of `PLACEHOLDERS`, as the customer's own language writes it."""
    return _values(notice, brand_of(notice))


def _values(notice: Notice, brand: Brand) -> dict[str, object]:
    language, program = notice.language, notice.client_program
    holdout, campaign = notice.holdout, notice.mailing.campaign
    last_day = campaign.cutoff_on - timedelta(days=1)
    sent_at = timezone.localtime(holdout.last_legacy_at)
    return {
        "provider": one_line(brand.name[language]),
        "name": one_line(holdout.customer.name),
        "number": spelled(notice.number),
        "cutoff": long_day(campaign.cutoff_on, language),
        "cutoff_day": short_day(campaign.cutoff_on, language),
        "until": long_day(last_day, language),
        "until_day": short_day(last_day, language),
        "sent_on": long_day(sent_at.date(), language),
        "sent_at": f"{sent_at:%H:%M}",
        "program": catalog.title(program, language),
        "situation": situations.situation(holdout.standing, holdout.reason, language=language),
        "steps": _steps(program, language, brand),
        "moved_on": long_day(holdout.last_auth_on, language) if holdout.last_auth_on else "",
        "smtp_host": brand.smtp_host,
        "smtp_port": str(brand.smtp_port),
        "link": links.personal_url(notice, site=brand.site),
        "home": brand.home,
        "phone": brand.phone,
        "hours": brand.hours[language],
        "confirmed": _confirmed(notice, campaign),
        "has_guide": catalog.client(program).name == program and bool(catalog.title(program, language)),
        "own_network": campaign.name == Campaign.Name.LOCAL_PORT25,
    }


def spelled(number: str) -> str:
    """An announcement number as people read it out: 482-913-057."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


@lru_cache(maxsize=1024)
def _steps(program: str, language: str, brand: Brand) -> str:
    steps: list[str] = []
    for line in catalog.mail_steps(program, language, brand):
        if line.startswith(" ") and steps:
            steps[-1] += "\n" + line
        else:
            steps.append(line)
    return breathing(steps, columns=COLUMNS[language])


def _confirmed(notice: Notice, campaign: Campaign) -> bool:
    """Whether the evidence of the last legacy day names the customer beyond doubt."""
    prefetched = getattr(notice, "confirmed", None)
    if prefetched is not None:
        return prefetched
    last_day = DailyUse.objects.filter(
        customer=notice.holdout.customer_id,
        submission_class=campaign.legacy_class,
        day=notice.holdout.last_legacy_on,
    )
    return last_day.filter(confirmed__gt=0).exists()


def _headers(notice: Notice, brand: Brand, *, recipient: str, now: datetime) -> Iterator[tuple[str, str]]:
    mailing = notice.mailing
    yield "To", recipient
    yield "Reply-To", brand.reply_to
    yield "Date", format_datetime(now.astimezone(timezone.get_default_timezone()))
    yield "Message-ID", f"<{notice.message_id}>"
    yield "Content-Language", notice.language
    yield "Auto-Submitted", "auto-generated"  # RFC 3834
    yield "X-Auto-Response-Suppress", "All"
    if settings.NOTICE_PRECEDENCE:
        yield "Precedence", settings.NOTICE_PRECEDENCE
    yield "List-Id", f"<{mailing.kind}.{mailing.campaign.name}.{settings.NOTICE_DOMAIN}>".replace("_", "-")
    if mailing.kind in mutes.MUTABLE and brand.site.startswith("https://"):
        yield "List-Unsubscribe", f"<{links.stop_url(notice, site=brand.site)}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"  # RFC 8058
