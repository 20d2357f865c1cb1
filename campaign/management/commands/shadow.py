"""`manage.py shadow`: had the old way been off in a past week, which mail would have failed, and whose?"""

import json
from argparse import ArgumentTypeError
from ipaddress import ip_network

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from campaign.cutoff import dryrun
from campaign.cutoff.dryrun import NotPossible, Question, Rule
from campaign.cutoff.weeks import Week
from campaign.dashboard.shadow import Person, people, reach
from campaign.management.progress_bar import ProgressBar
from campaign.models import ShadowRun

HEADS = {"program": "mail program", "range": "IP addresses"}


def week(text: str) -> Week:
    try:
        return Week.read(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def network(text: str):
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: wanted an address or a network such as 192.0.2.0/24") from error


class Command(BaseCommand):
    help = (
        "Say which mail of a past week would have failed, had the old way been off; the staff page shows it then, too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--week", type=week, required=True, metavar="2026-W47", help="one that is over")
        parser.add_argument(
            "--rule", choices=Rule.values, default=Rule.ALL, help="off everywhere, outside own networks, on some hosts"
        )
        parser.add_argument(
            "--own-network",
            nargs="+",
            action="extend",
            type=network,
            metavar="N",
            help="for outside: clients that may go on (else: those of the setting OWN_NETWORKS)",
        )
        parser.add_argument(
            "--host", nargs="+", action="extend", default=[], metavar="NAME", help="for hosts: who refuses"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    @no_translations
    def handle(self, *, week: Week, rule: str, own_network, host, **options) -> None:
        now = timezone.now()
        networks = tuple(settings.OWN_NETWORKS if own_network is None else own_network)
        try:
            run = dryrun.ask(Question(week, Rule(rule), networks, tuple(host)), now=now, waiting=False)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        with ProgressBar(self.stderr, "computing", unit="days", total=7) as bar:
            dryrun.compute(run_id=run.pk, now=now, progress=lambda day: bar.advance(1))
        run.refresh_from_db()
        if options["json"]:
            self.stdout.write(json.dumps(as_json(run)))
        else:
            self._tell(run)
        seen = {row["host"].lower() for row in run.counts["hosts"]}
        for name in run.scope.split() if rule == Rule.HOSTS else ():
            if name not in seen and not any(each.split(".")[0] == name for each in seen):
                self.stderr.write(f"--host {name}: no mail of the week has it; the logs name {', '.join(sorted(seen))}")

    def _tell(self, run: ShadowRun) -> None:
        counts, found = run.counts, reach(run)
        self.stdout.write(f"{Week(run.first_day)}: the old way off {run.get_rule_display()} {run.scope}".rstrip())
        for day, streams in counts["missing"].items():
            self.stdout.write(f"  no log of {day}: {', '.join(streams)}")
        numbers = {
            "mail failing": sum(counts["refused"].values()),
            "mail going on": counts["with_auth"] + sum(counts["spared"].values()),
            "customers hit": counts["people"]["hit"],
            "of them noticed": found.noticed,
            "customers safe": counts["people"]["safe"],
        }
        for name, number in numbers.items():
            self.stdout.write(f"  {name:<16} {number:>9}")
        for title, rows in (("program", counts["programs"]), ("range", counts["ranges"][:20])):
            if rows:
                self.stdout.write(f"  {HEADS[title]:<32} {'mail failing':>12} {'customers':>9}")
            for row in rows:
                self.stdout.write(f"  {row[title] or 'unknown':<32} {row['refused']:>12} {row['people']:>9}")


def as_json(run: ShadowRun) -> dict[str, object]:
    """The counts of `campaign/cutoff/answer.py`, who was hit, where they stood and stand, and whom notices reached."""
    found = reach(run)
    return {
        "week": str(Week(run.first_day)),
        "rule": run.rule,
        "scope": run.scope.split(),
        **run.counts,
        "noticed": found.noticed,
        "without_notice": found.without,
        "standings_before": {standing or "none": number for standing, number in found.before.items()},
        "standings_now": {standing or "none": number for standing, number in found.now.items()},
        "customers": [_plain(person) for person in people(run.hits.all(), slice(None))],
    }


def _plain(person: Person) -> dict[str, object]:
    return {
        "login": person.login,
        "class": person.submission_class,
        "submissions": person.submissions,
        "confirmed": person.confirmed,
        "client_program": person.client_program,
        "last_at": person.last_at.isoformat(),
        "standing_before": person.before,
        "standing": person.now,
        "noticed": person.noticed,
    }
