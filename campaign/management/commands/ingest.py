"""Reads log files into evidence, attributes the days they touch, and brings the standings up to date."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaign.customers import rollup
from campaign.logs.stamps import moment
from campaign.management.progress_bar import ProgressBar
from campaign.submissions import intake


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="a log file or a folder of them, - for standard input"
        )
        parser.add_argument("--year", type=int, metavar="Y", help="of a file's first stamp that has none")

    def handle(self, *, paths, year, **options):
        now = timezone.now()
        with ProgressBar(self.stderr, "reading", unit="MB", scale=1_000_000) as bar:
            report = intake.read(paths, now=now, progress=bar.advance, year=year)
        for done in report.files:
            self.stdout.write(f"{done.path}: {done.lines} lines, {_span(done)}")
            for text in done.lines_for_people():
                self.stderr.write(text)
        days = report.days | intake.stale_days(now=now)
        with ProgressBar(self.stderr, "attributing", unit="days", total=len(days)) as bar:
            intake.attribute(days, now=now, progress=lambda day: bar.advance(1))
        rollup.bring_up_to_date(days=days, today=timezone.localdate(now))
        self.stdout.write(f"{len(report.files)} files read, {len(days)} days attributed")
        if report.problems:
            sys.exit(1)


def _span(done) -> str:
    if done.first_at is None:
        return "nothing new"
    first, last = (timezone.localtime(moment(at)) for at in (done.first_at, done.last_at))
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
