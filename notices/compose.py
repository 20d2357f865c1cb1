"""The bytes of a notice: three templates with one context, 7-bit clean, readable in old programs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from unicodedata import east_asian_width

from django.conf import settings
from django.template import engines
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaign.models import Campaign, DailyUse, Reason, Standing
from notices import links, selection
from notices.guides import catalog
from notices.models import Notice

COLUMNS = {"ja": 60, "en": 72}  # a full-width character is two columns
MARK = {"ja": "■", "en": "*"}
NEVER_FIRST = "、。」』）)ーっゃゅょッャュョ"  # on a line

# Programs that show UTF-8 as rubbish, or did in versions that are still about.
OLD_PROGRAMS = frozenset(
    {"outlook-express", "windows-live-mail", "windows-mail", "becky", "eudora"}
    | {"al-mail", "edmax", "shuriken", "sylpheed", "hidemaru"}
)
# What ISO-2022-JP cannot hold, and what means the same. The variants of characters that names
# are written with (髙, 﨑) are not here: a name stays as it is, and makes the mail UTF-8.
RESPELLED = str.maketrans(
    {"～": "〜", "－": "−", "㈱": "(株)", "㈲": "(有)", "–": "-", "—": "―", "•": "・", "\u00a0": " "}
    | {chr(0x2460 + number): f"({number + 1})" for number in range(20)}  # ① to ⑳
)
SITUATIONS = {
    Reason.AUTH_FAILED: lambda: _(
        "The setting seems to be changed already, but the password in it is not accepted. "
        "Please enter it again in your mail program."
    ),
    Reason.FORWARDER: lambda: _(
        "What sent it seems to be a mail server or a forwarder that sends for several people. Please pass this on to "
        "whoever looks after it: it has to sign in with the user name and the password of this mailbox."
    ),
    Reason.DEVICE_OR_PRINTER: lambda: _(
        "What sent it seems to be a printer, a scanner, another device or a script, not a mail program. "
        "Please change the settings there."
    ),
    Reason.OLD_HOST_OR_PORT: lambda: _(
        "You have used the new way before, but mail still goes by the old server name or the old port. "
        "Please check both in every account of your mail program."
    ),
    Reason.SECOND_DEVICE: lambda: _(
        "Mail was also sent the new way. So one device seems to be changed already, and another one is not."
    ),
    Reason.OWN_NETWORK_ONLY: lambda: _(
        "The mail was sent over one of our own lines. The password will be needed there, too."
    ),
}
UTF8 = Charset("utf-8")
UTF8.body_encoding = BASE64
ISO_2022_JP = Charset("iso-2022-jp")  # 7-bit by itself
DOT_ATOM = re.compile(r"[^.\s]+(?:\.[^.\s]+)*")


class NotSendable(ValueError):
    """The customer's mail address is none; the text is English, for the ledger."""


@dataclass(frozen=True)
class Letter:
    envelope_sender: str
    recipient: str
    content: bytes


def compose(notice: Notice, *, now: datetime) -> Letter:
    """The mail for `notice`, with its related rows as they are now.

    Message-ID, number and link are the notice's own: composed again, they are the same.
    Raises `NotSendable`.
    """
    address = notice.holdout.customer.notice_address
    wrong = selection.unusable(address)
    if wrong:
        raise NotSendable(wrong)
    recipient = _quoted(address)
    with translation.override(notice.language):
        context = _context(notice)
        subject = _render("mail", "reminder.subject.txt", context).strip()
        text = wrapped(_render("mail", "reminder.txt", context), columns=COLUMNS[notice.language])
        html = _render("pages", "reminder.html", context) if settings.NOTICE_HTML else ""
    if notice.language == "ja" and notice.client_program in OLD_PROGRAMS:
        message = _for_old_programs(subject, text, provider=context["provider"])
    else:
        message = None
    if message is None:
        message = _modern(subject, text, html, provider=context["provider"])
    _add_headers(message, notice, recipient=recipient, now=now)
    content = message.as_bytes(policy=compat32.clone(linesep="\r\n"))
    return Letter(_envelope_sender(notice), recipient, content)


def _context(notice: Notice) -> dict[str, object]:
    language, program = notice.language, notice.client_program
    holdout, campaign = notice.holdout, notice.mailing.campaign
    return {
        "language": language,
        "mark": MARK[language],
        "provider": one_line(settings.PROVIDER_NAME[language]),
        "name": one_line(holdout.customer.name),
        "campaign": campaign.name,
        "cutoff": campaign.cutoff_on,
        "last_legacy_at": holdout.last_legacy_at,
        "last_legacy_time": f"{timezone.localtime(holdout.last_legacy_at):%H:%M}",
        "confirmed": _confirmed(notice, campaign),
        "situation": _situation(holdout.standing, holdout.reason),
        "program": catalog.title(program, language),
        "has_guide": catalog.client(program).name == program != catalog.FALLBACK,
        "steps": catalog.mail_steps(program, language),
        "number": spelled(notice.number),
        "link": links.personal_url(notice),
        "phone": settings.SUPPORT_PHONE,
        "hours": settings.SUPPORT_HOURS[language],
    }


def _confirmed(notice: Notice, campaign: Campaign) -> bool:
    """Whether the evidence of the last legacy day names the customer beyond doubt."""
    last_day = DailyUse.objects.filter(
        customer=notice.holdout.customer_id,
        submission_class=campaign.legacy_class,
        day=notice.holdout.last_legacy_on,
    )
    return last_day.filter(confirmed__gt=0).exists()


def _situation(standing: str, reason: str) -> str:
    """What the mail says of this customer's own case; "" where the rest of it says all."""
    if reason in SITUATIONS:
        return SITUATIONS[Reason(reason)]()
    return SITUATIONS[Reason.SECOND_DEVICE]() if standing == Standing.MIXED else ""


def spelled(number: str) -> str:
    """An announcement number as people read it out: 482-913-057."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def one_line(text: str) -> str:
    """A stranger's text without line ends and other characters that nobody sees."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _render(engine: str, template: str, context: dict[str, object]) -> str:
    return engines[engine].get_template(f"mail/{template}").render(context)


def width(text: str) -> int:
    """Columns of text where a full-width character takes two."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def wrapped(text: str, *, columns: int) -> str:
    """Lines of at most `columns`, at most one blank line in a row; a line with an address on its own stays whole."""
    lines: list[str] = []
    for line in text.splitlines():
        lines += [line] if line.startswith(("http://", "https://")) else _lines(line.rstrip(), columns)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _lines(line: str, columns: int) -> Iterator[str]:
    """Japanese goes to a new line after each 。 and, where that is too long, after a 、."""
    hang = " " * len(re.match(r" *(?:\d+\. |- |\()?", line)[0])
    filled = ""
    for piece in _pieces(line, columns - len(hang)):
        if filled and (width(filled + piece.rstrip()) > columns or filled.endswith("。")):
            yield filled.rstrip()
            filled = hang
        filled += piece
    yield filled.rstrip()


def _pieces(line: str, columns: int) -> Iterator[str]:
    """What must stay on one line: up to a 、 or 。 or a blank; longer than a line, it is cut anywhere."""
    for piece in filter(None, re.findall(r"[^、。 ]*(?:[、。][」』）)]?| +|$)", line)):
        while width(piece.rstrip()) > columns:
            cut = next(end for end in range(len(piece), 0, -1) if width(piece[:end]) <= columns)
            cut -= len(re.search(r"[A-Za-z0-9@._-]*$", piece[:cut])[0]) % cut  # not inside a word, if there is a choice
            while cut > 1 and piece[cut] in NEVER_FIRST:
                cut -= 1
            yield piece[:cut]
            piece = piece[cut:]
        yield piece


def _quoted(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return address if DOT_ATOM.fullmatch(local) else f'"{local}"@{domain}'


def _modern(subject: str, text: str, html: str, *, provider: str) -> Message:
    if html:
        message = MIMEMultipart("alternative")
        message.attach(_part(text, "plain", UTF8))
        message.attach(_part(html, "html", UTF8))
    else:
        message = _part(text, "plain", UTF8)
    _add_readable_headers(message, subject, provider=provider, charset="utf-8")
    return message


def _for_old_programs(subject: str, text: str, *, provider: str) -> Message | None:
    """The text alone in ISO-2022-JP; None when a character is left that it cannot hold."""
    subject, text, provider = (part.translate(RESPELLED) for part in (subject, text, provider))
    try:
        for part in (subject, text, provider):
            part.encode("iso-2022-jp")
    except UnicodeEncodeError:
        return None
    message = _part(text, "plain", ISO_2022_JP)
    _add_readable_headers(message, subject, provider=provider, charset="iso-2022-jp")
    return message


def _part(text: str, subtype: str, charset: Charset) -> Message:
    part = MIMENonMultipart("text", subtype)
    part.set_payload(text.replace("\n", "\r\n"), charset)
    return part


def _add_readable_headers(message: Message, subject: str, *, provider: str, charset: str) -> None:
    # With its name known, a header fills its first line: an empty one counts as no subject.
    message["Subject"] = Header(one_line(subject), charset, header_name="Subject")
    sender = Header(provider, charset, header_name="From")
    sender.append(f"<{settings.NOTICE_FROM}>", "us-ascii")
    message["From"] = sender


def _add_headers(message: Message, notice: Notice, *, recipient: str, now: datetime) -> None:
    campaign = notice.mailing.campaign.name.replace("_", "-")
    message["To"] = recipient
    message["Reply-To"] = settings.NOTICE_REPLY_TO
    message["Date"] = format_datetime(now.astimezone(timezone.get_default_timezone()))
    message["Message-ID"] = f"<{notice.message_id}>"
    message["Content-Language"] = notice.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"<{notice.mailing.kind}.{campaign}.{settings.NOTICE_DOMAIN}>"


def _envelope_sender(notice: Notice) -> str:
    """One for each notice, so that a bounce names its notice."""
    key = notice.message_id.partition("@")[0].rpartition(".")[2]
    return f"notice+{key}@{settings.NOTICE_DOMAIN}"
