"""Says of every submission in log files what way it came and who sent it. Needs no database."""

import shutil
import sys
import tempfile
from argparse import ArgumentTypeError
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign.logs.client import program_of
from campaign.logs.files import LogFile, Unreadable
from campaign.logs.own_pattern import WrongPattern, own_pattern
from campaign.logs.stamps import micros
from campaign.submissions.attribution import Rules
from campaign.submissions.listing import listed
from campaign.submissions.reading import FileReport, Place, Reading, read_file
from campaign.submissions.segments import Segments

AHEAD = timedelta(days=1)  # clocks and zones may be off by that much; a later stamp is wrong


def network(text: str):
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: wanted an address or a network such as 192.0.2.0/24") from error


def zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ArgumentTypeError(f"{text!r}: wanted a time zone such as Asia/Tokyo") from error


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--login-log", nargs="+", action="extend", default=[], metavar="FILE", required=True)
        parser.add_argument("--smtp-log", nargs="+", action="extend", default=[], metavar="FILE", required=True)
        parser.add_argument("--local-domain", nargs="+", action="extend", default=[], metavar="D", required=True)
        parser.add_argument("--own-network", nargs="+", action="extend", default=[], metavar="N", type=network)
        parser.add_argument("--filter-address", nargs="+", action="extend", default=[], metavar="A", type=network)
        parser.add_argument("--window", type=float, default=settings.WINDOW_MINUTES, metavar="MINUTES")
        parser.add_argument("--default-domain", default="", metavar="D", help="domain of logins that have none")
        parser.add_argument("--year", type=int, metavar="Y", help="of a file's first stamp that has none")
        parser.add_argument("--time-zone", type=zone, default=ZoneInfo(settings.TIME_ZONE), metavar="TZ")

    def handle(self, **given):
        if not 0 < given["window"] <= 1440:
            raise CommandError(f"--window {given['window']}: wanted minutes, more than 0 and at most 1440")
        try:
            own = own_pattern(settings.LOGIN_PATTERN, settings.LOGIN_PATTERN_TAGS)
        except WrongPattern as error:
            raise CommandError(f"LOGIN_PATTERN: {error}") from error
        now = timezone.now()
        domains = frozenset(domain.lower() for domain in given["local_domain"])
        rules = Rules(
            local_domains=domains,
            own_networks=given["own_network"],
            filter_addresses=given["filter_address"],
            window=timedelta(minutes=given["window"]),
            skew=timedelta(seconds=settings.SKEW_SECONDS),
            crowd=settings.CROWD_LOGINS,
            default_domain=given["default_domain"],
            program_of=program_of,
        )
        reading = Reading(
            zone=given["time_zone"],
            local_domains=domains,
            latest=micros(now + AHEAD),
            today=now.date(),
            year=given["year"],
            own=own,
        )
        with tempfile.TemporaryDirectory(prefix="classify-") as folder:
            segments = Segments(Path(folder) / "segments", given["time_zone"], passing=True)
            paths = dict.fromkeys([*given["login_log"], *given["smtp_log"]])  # one file may be both
            sound = all([self._read(path, reading, segments) for path in paths])
            for lines in listed(segments, rules, scratch=Path(folder)):
                with lines:
                    self._pass_on(lines)
        if not sound:
            sys.exit(1)

    def _pass_on(self, lines: IO[bytes]) -> None:
        if hasattr(self.stdout, "buffer"):
            shutil.copyfileobj(lines, self.stdout.buffer, 1 << 20)
        else:  # whoever called it from Python takes texts
            self.stdout.write(lines.read().decode(), ending="")

    def _read(self, path: str, reading: Reading, segments: Segments) -> bool:
        """Whether all of the file could be read; what could not is said on standard error."""
        try:
            with LogFile(path) as log:
                report = read_file(log, reading, segments, place=Place(), last_line_too=True)
        except Unreadable as error:
            report = FileReport(path)
            report.problem(f"{path}: {error}")
        for text in report.lines_for_people():
            self.stderr.write(text)
        return not report.problems
