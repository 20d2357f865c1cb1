"""Reads the mailbox to which bounces come, where no pipe is possible: each message once, then put aside.

What is understood goes to the folder `processed`, what is not to `unclear`, for a person. A message
is moved after its row is committed: whoever dies in between meets it again, and it changes nothing.
"""

import imaplib
import mailbox
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from notices.deliveries import bounces
from notices.deliveries.message import LONGEST
from notices.models import ReturnedMail

Kind = ReturnedMail.Kind
PROCESSED, UNCLEAR = "processed", "unclear"
FOR_PEOPLE = {Kind.OTHER, Kind.FOREIGN}
TIMEOUT_SECONDS = 60
AT_ONCE = 1000  # messages of one run; the next goes on


class NoMailbox(Exception):
    """The mailbox cannot be opened or read; the text says why."""


@dataclass(frozen=True)
class Place:
    """`maildir` with `path`, or `imaps` with the rest."""

    kind: str
    path: str
    host: str = ""
    port: int = imaplib.IMAP4_SSL_PORT
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass
class Report:
    """What a run read, by kind, and how many messages it left for the next one."""

    kinds: Counter = field(default_factory=Counter)
    later: int = 0

    def in_words(self) -> str:
        found = ", ".join(f"{kind}: {number}" for kind, number in sorted(self.kinds.items()))
        return f"{sum(self.kinds.values())} read ({found or 'none'}), {self.later} left for the next time"


class Folder(Protocol):
    """Where bounces lie: each has a key by which it is put aside."""

    def messages(self) -> Iterator[tuple[str, bytes]]: ...
    def put_aside(self, key: str, folder: str) -> None: ...


def parse(where: str) -> Place:
    """`maildir:/path` or `imaps://user:password@host:port/folder`; special characters in it as %40."""
    if where.startswith("maildir:") and len(where) > len("maildir:"):
        return Place("maildir", where.removeprefix("maildir:"))
    try:
        url = urlsplit(where)
        port = url.port or imaplib.IMAP4_SSL_PORT
    except ValueError:  # whose words may have a part of the password
        raise NoMailbox("the mailbox's address is wrong: special characters in it are written as %40") from None
    if url.scheme != "imaps" or not url.hostname or not url.username or url.password is None:
        raise NoMailbox("the mailbox is neither maildir:/path nor imaps://user:password@host/folder")
    folder = unquote(url.path.strip("/")) or "INBOX"
    return Place("imaps", folder, url.hostname, port, unquote(url.username), unquote(url.password))


def read_all(place: Place, *, clock: Callable[[], datetime]) -> Report:
    """Take in up to `AT_ONCE` messages. Raises `NoMailbox`."""
    report = Report()
    with _opened(place) as folder:
        for key, content in folder.messages():
            try:
                kind = bounces.take_in(content, now=clock())
            except bounces.NotYet:
                report.later += 1
                continue
            folder.put_aside(key, UNCLEAR if kind in FOR_PEOPLE else PROCESSED)
            report.kinds[str(kind)] += 1
    return report


@contextmanager
def _opened(place: Place) -> Iterator[Folder]:
    try:
        if place.kind == "maildir":
            yield Maildir(Path(place.path))
            return
        with imaplib.IMAP4_SSL(
            place.host, place.port, timeout=TIMEOUT_SECONDS, ssl_context=ssl.create_default_context()
        ) as client:
            client.login(place.user, place.password)
            yield Imap(client, place.path)
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as error:
        raise NoMailbox(f"{type(error).__name__}: {error}"[:500]) from error


class Maildir:
    """On a disk of ours: no locks are needed."""

    def __init__(self, path: Path):
        if not (path / "cur").is_dir() or not (path / "new").is_dir():
            raise NoMailbox(f"{path} is no maildir: it has no folders cur and new")
        self._path = path
        self._box = mailbox.Maildir(path, create=False)

    def messages(self) -> Iterator[tuple[str, bytes]]:
        for key in sorted(self._box.keys())[:AT_ONCE]:
            try:
                with self._box.get_file(key) as file:
                    content = file.read(LONGEST)
            except (KeyError, FileNotFoundError):  # another reader was faster
                continue
            yield key, content

    def put_aside(self, key: str, folder: str) -> None:
        """By a rename, as maildirs want it; the file keeps its bytes, however many."""
        names = self._box.list_folders()
        target = Path(self._box.get_folder(folder)._path if folder in names else self._box.add_folder(folder)._path)
        for part in ("new", "cur"):
            for path in (self._path / part).glob(f"{_escaped(key)}*"):
                if path.name.partition(":")[0] == key:
                    path.rename(target / "cur" / f"{key}:2,S")


def _escaped(key: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in key)


class Imap:
    """At another host."""

    def __init__(self, client: imaplib.IMAP4_SSL, folder: str):
        self._client = client
        told = self._ask("CAPABILITY", client.capability())  # before the login servers tell less
        self._able = set(b" ".join(told).decode("ascii", "replace").upper().split())
        self._ask("SELECT", client.select(_quoted(folder)))

    def messages(self) -> Iterator[tuple[str, bytes]]:
        ((found,), *_rest) = (self._ask("SEARCH", self._client.uid("SEARCH", "UNDELETED")),)
        for uid in (found or b"").split()[:AT_ONCE]:
            # A part of it, so that a huge message is never held whole; without marking it as read.
            data = self._ask("FETCH", self._client.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{LONGEST}>)"))
            content = next((each[1] for each in data if isinstance(each, tuple)), None)
            if content is not None:
                yield uid.decode(), content

    def put_aside(self, key: str, folder: str) -> None:
        self._client.create(folder)  # it answers NO where the folder is there
        if "MOVE" in self._able:
            self._ask("MOVE", self._client.uid("MOVE", key, folder))
            return
        self._ask("COPY", self._client.uid("COPY", key, folder))
        self._ask("STORE", self._client.uid("STORE", key, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self._able:
            self._ask("EXPUNGE", self._client.uid("EXPUNGE", key))

    def _ask(self, command: str, answer: tuple[str, list]) -> list:
        status, data = answer
        if status != "OK":
            raise NoMailbox(f"{command} was answered by {status} {data!r}"[:500])
        return data


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
