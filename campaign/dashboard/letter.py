"""A letter read back from the very bytes that would go out, as different programs show it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from campaign.brands import of_login
from notices import compose, encoding, lines, links
from notices.cases import Case
from notices.models import Mailing

OLD_CHARSET = "iso-2022-jp"
OLD_PROGRAM = "outlook-express"
HIDDEN = "・・・・・・"  # in place of what opens a customer's page: who looks at a preview shall not hold the key


@dataclass(frozen=True)
class Read:
    """`html` is what the letter has, or would have where `text_alone`; `headers` as they stand in the bytes."""

    subject: str
    text: str
    html: str
    text_alone: bool
    headers: str
    charset: str


@dataclass(frozen=True)
class ForOldPrograms:
    """What an old program would get: `read` in ISO-2022-JP, or None where these characters stand in the way."""

    read: Read | None
    at_fault: tuple[str, ...]
    used: bool  # by this customer's own program


def read(case: Case, mailing: Mailing, *, now: datetime) -> Read:
    """Raises what `compose.letter` raises."""
    content = compose.letter(case, mailing, now=now).content
    message = message_from_bytes(content, policy=policy.default)
    head = content.partition(b"\r\n\r\n")[0].decode("ascii", "backslashreplace").replace("\r\n", "\n")
    text, html = message.get_body(("plain",)), _html(message)
    return Read(
        subject=str(message["Subject"]),
        text=masked(text.get_content(), case),
        html=masked(html or compose.html(case, mailing), case),
        text_alone=not html,
        headers=masked(head, case),
        charset=text.get_content_charset(),
    )


def _html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    return part.get_content() if part else ""


def masked(text: str, case: Case) -> str:
    """Without the keys to the customer's own page and to the end of the reminders."""
    keys = [url.rstrip("/").rpartition("/")[2] for url in (links.personal_url(case), links.stop_url(case))]
    return re.sub("|".join(map(re.escape, keys)), HIDDEN, text)


def for_old_programs(case: Case, mailing: Mailing, *, now: datetime) -> ForOldPrograms:
    """The mail as if its customer had an old program. Raises what `compose.letter` raises."""
    used = case.client_program in encoding.OLD_PROGRAMS
    found = read(case._replace(client_program=OLD_PROGRAM), mailing, now=now)
    if found.charset == OLD_CHARSET:
        return ForOldPrograms(found, (), used)
    return ForOldPrograms(None, at_fault(found.subject + found.text + of_login(case.login).name["ja"]), used)


def at_fault(text: str) -> tuple[str, ...]:
    """Each character that ISO-2022-JP cannot hold and that nothing stands for, once, in the order of the text."""
    return tuple(char for char in dict.fromkeys(text) if not encoding.holds(char))


def broken(text: str, *, columns: int) -> str:
    """Lines as a narrow window breaks them: at its edge, inside words; a full-width character takes two columns."""
    return "\n".join(piece for line in text.splitlines() for piece in _broken(line, columns))


def _broken(line: str, columns: int) -> list[str]:
    pieces, used = [""], 0
    for char in line:
        wide = lines.width(char)
        if used + wide > columns:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += wide
    return pieces
