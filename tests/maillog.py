"""A provider's mail log about notices, as Postfix writes it, read by the real pipeline."""

from datetime import datetime
from pathlib import Path

from rounds import at, take

from campaign.submissions import intake
from notices.models import Notice

EVENING = at(22)
Line = tuple[datetime, str, str]


class MailLog:
    """Called with lines, it appends and reads them; with `name`, in a log file of that name."""

    def __init__(self, path: Path):
        self.path = path

    def __call__(self, lines: list[Line], *, name: str = "", host: str = "mx1") -> None:
        path = self.path.with_name(name) if name else self.path
        with path.open("a") as log:
            for time, program, text in lines:
                log.write(f"{time.isoformat(timespec='microseconds')} {host} postfix/{program}[411]: {text}\n")
        report = intake.read([path], now=EVENING)
        assert not report.problems
        intake.attribute(report.days, now=EVENING)


def taken(notice: Notice, time: datetime, queue_id: str) -> list[Line]:
    return [
        (time, "smtpd", f"{queue_id}: client=app.isp.example[10.64.0.9]"),
        (time, "cleanup", f"{queue_id}: message-id=<{notice.message_id}>"),
        (time, "qmgr", f"{queue_id}: from=<notice+x@isp.example>, size=5000, nrcpt=1 (queue active)"),
    ]


def attempt(
    time: datetime, queue_id: str, status: str, dsn: str, words: str, relay: str = "mx.isp.example[192.0.2.9]:25"
) -> list[Line]:
    text = f"{queue_id}: to=<x@isp.example>, relay={relay}, delay=0.5, delays=0.1/0/0.2/0.2, dsn={dsn}"
    return [(time, "smtp", f"{text}, status={status} ({words})")]


def removed(time: datetime, queue_id: str) -> list[Line]:
    return [(time, "qmgr", f"{queue_id}: removed")]


def accepted(notice: Notice, time: datetime) -> Notice:
    take(notice, now=time)
    assert notice.accept("250 2.0.0 Ok", now=time)
    return notice
