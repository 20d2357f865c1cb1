"""How far each source of the logs was read, what is missing, what was not understood, and whose clock is wrong."""

import json

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from campaign.dashboard.sources import SourcesPage, said_of, sources_page
from campaign.submissions import clocks
from campaign.submissions.rhythm import Gap
from campaign.submissions.sources import Source, State


class Command(BaseCommand):
    help = f"{__doc__} Ends with exit status 1 when a source is late."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        found, wrong = sources_page(now=now, today=timezone.localdate(now)), clocks.wrong(today=timezone.localdate(now))
        if options["json"]:
            self.stdout.write(json.dumps({"as_of": now.isoformat(timespec="seconds")} | told(found, wrong)))
        else:
            self.write(found, wrong)
        if any(source.state == State.LATE for source in found.speaking):
            raise SystemExit(1)

    def write(self, found: SourcesPage, wrong: list[clocks.WrongClock]) -> None:
        for source in [*found.speaking, *found.others]:
            last = f"{timezone.localtime(source.last_at):%Y-%m-%d %H:%M:%S}"
            name = f"{source.host or '-'} {source.program or '-'}"
            gaps = f", {len(source.gaps)} gaps" if source.gaps else ""
            odd = f", {source.not_understood} not understood" if source.not_understood else ""
            self.stdout.write(f"{name:<32} {source.state:<9} {last}  {source.lines} lines{odd}{gaps}  {source.file}")
        for one in found.gaps:
            begin, end = (timezone.localtime(at) for at in (one.gap.begin, one.gap.end))
            name = f"{one.source.host} {one.source.program}"
            self.stdout.write(f"gap: {name} from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")
        for day in found.uncovered:
            self.stdout.write(f"gap: on {day} a whole kind of log is missing")
        for row in found.not_understood:
            self.stdout.write(f"not understood: {row.lines} lines of {row.program}, such as {row.example!r}")
        with translation.override("en"):  # as all that commands say
            for clock in wrong:
                self.stdout.write(f"{said_of(clock)} {clocks.setting_for(clock)} sets it right.")


def told(found: SourcesPage, wrong: list[clocks.WrongClock]) -> dict[str, object]:
    """Times as RFC 3339; `lag_seconds` is negative where the last line is of the future."""
    return {
        "sources": [_source(source) for source in (*found.speaking, *found.others)],
        "days_without_coverage": [day.isoformat() for day in found.uncovered],
        "not_understood": [
            {"program": row.program, "lines": row.lines, "example": row.example} for row in found.not_understood
        ],
        "wrong_clocks": [
            {
                "host": clock.host,
                "seconds_ahead": clock.seconds,
                "against": list(clock.against),
                "setting": clocks.setting_for(clock),
            }
            for clock in wrong
        ],
        "clock_readings": [
            {"host": one.host, "against": one.against, "seconds_ahead": one.seconds, "customers": one.votes}
            for one in found.readings
        ],
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "host": source.host,
        "program": source.program,
        "state": source.state.value,
        "first_line": source.first_at.isoformat(),
        "last_line": source.last_at.isoformat(),
        "lag_seconds": round(source.lag.total_seconds()),
        "missed_lines": source.missed,
        "lines": source.lines,
        "not_understood": source.not_understood,
        "file": source.file,
        "gaps": [_gap(gap) for gap in source.gaps],
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "from": gap.begin.isoformat(),
        "to": gap.end.isoformat(),
        "hours": gap.hours,
        "missed_lines": gap.missed,
    }
