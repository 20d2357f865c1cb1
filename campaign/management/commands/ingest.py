"""Reads log files into evidence, attributes the days they touch, and brings the standings up to date."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from campaign.customers import rollup
from campaign.customers.following import Follower
from campaign.dashboard.sources import said_of
from campaign.logs.files import STANDARD_INPUT
from campaign.logs.stamps import moment
from campaign.management.progress_bar import ProgressBar
from campaign.submissions import clocks, gaps, intake
from campaign.turns import only_one

POLL = 1.0  # seconds between two looks at the files
CLOCK_DAYS = 3  # of those just read, on which clocks are compared


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "paths", nargs="*", metavar="PATH", help="a log file or a folder of them, - for standard input"
        )
        parser.add_argument("--year", type=int, metavar="Y", help="of a file's first stamp that has none")
        parser.add_argument(
            "--follow",
            action="store_true",
            help="go on reading what is added to the files, through rotation, until Ctrl-C; without PATH: LOG_FILES",
        )

    def handle(self, *, paths, year, follow, **options):
        if follow:
            self.follow(paths, year)
            return
        if not paths:
            raise CommandError("no PATH given: wanted log files, or --follow for those of LOG_FILES")
        now = timezone.now()
        with ProgressBar(self.stderr, "reading", unit="MB", scale=1_000_000) as bar:
            report = intake.read(paths, now=now, progress=bar.advance, year=year)
        self.tell(report)
        days = report.days | intake.stale_days(now=now)
        with ProgressBar(self.stderr, "attributing", unit="days", total=len(days)) as bar:
            intake.attribute(days, now=now, progress=lambda day: bar.advance(1))
        gone_or_come = gaps.bring_up_to_date(now=now)
        rollup.bring_up_to_date(days=days | gone_or_come, today=timezone.localdate(now))
        self.compare_clocks(sorted(day for day in report.days if day <= timezone.localdate(now))[-CLOCK_DAYS:])
        read = sum(not done.unread for done in report.files)
        self.stdout.write(f"{read} files read, {len(days)} days attributed")
        if report.problems:
            sys.exit(1)

    def compare_clocks(self, days) -> None:
        clocks.measure(days)
        with translation.override("en"):  # as all that commands say
            for clock in clocks.wrong(today=days[-1]) if days else ():
                self.stderr.write(f"{said_of(clock)} {clocks.setting_for(clock)} sets it right (docs/sources.md)")

    def follow(self, paths, year) -> None:
        if year is not None:
            raise CommandError("--year is for files that grow no more: wanted no --year beside --follow")
        if STANDARD_INPUT in paths:
            raise CommandError("standard input is not followed: wanted files")
        if not paths and not settings.LOG_FILES:
            raise CommandError("nothing to follow: wanted a PATH, or the setting LOG_FILES")
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())  # what is begun is finished
        follower = Follower(paths, patterns=() if paths else settings.LOG_FILES, now=timezone.now())
        self.stdout.write("following " + " ".join(paths or settings.LOG_FILES))
        self.stdout.flush()
        while not ended.is_set():
            self.look(follower, timezone.now())
            ended.wait(POLL)

    def look(self, follower: Follower, now: datetime) -> None:
        today = timezone.localdate(now)
        if not follower.due(now=now, today=today):
            return
        with _turn() as mine:
            if mine:
                done = follower.step(now=now, today=today)
                for text in done.report.problems:
                    self.stderr.write(text)

    def tell(self, report: intake.ReadReport) -> None:
        for done in report.files:
            if not done.unread:
                self.stdout.write(f"{done.path}: {done.lines} lines, {_span(done)}")
            for text in done.lines_for_people():
                self.stderr.write(text)


@contextmanager
def _turn() -> Iterator[bool]:
    """Not while the worker reads; without Redis nobody else does, and to read at the same time does no harm."""
    with ExitStack() as stack:
        try:
            mine = stack.enter_context(only_one("read_logs"))
        except redis.ConnectionError:
            mine = True
        yield mine


def _span(done) -> str:
    if done.first_at is None:
        return "nothing new"
    first, last = (timezone.localtime(moment(at)) for at in (done.first_at, done.last_at))
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
