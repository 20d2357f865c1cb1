"""`manage.py progress`: the dashboard's headline numbers, as a table or for scripts."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from campaign.dashboard.progress import Progress, progress
from campaign.dashboard.words import standing_title
from campaign.models import Campaign, Standing


class Command(BaseCommand):
    help = "Print how far a campaign is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", required=True, choices=Campaign.Name.values)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    @no_translations
    def handle(self, *args, **options) -> None:
        campaign = Campaign.objects.filter(name=options["campaign"]).first()
        if campaign is None:
            raise CommandError(f"there is no campaign {options['campaign']} yet: read logs in first (manage.py ingest)")
        found = progress(campaign=campaign, today=timezone.localdate(), now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(headline(found)))
            return
        for line in lines(found):
            self.stdout.write(line)


def headline(found: Progress) -> dict[str, object]:
    """Dates as 2026-12-31; the share from 0 to 1, null without mail; zeros and no `as_of` before there are logs."""
    now, mailing = found.now, found.last_mailing
    standings = {str(standing): now.standings[standing] if now else 0 for standing in Standing}
    return {
        "campaign": found.campaign,
        "as_of": now.day.isoformat() if now else None,
        "identified": now.identified if now else 0,
        "moved": now.moved if now else 0,
        "left": now.left if now else 0,
        "silent": standings[Standing.SILENT],
        "exempt": standings[Standing.EXEMPT],
        "standings": standings,
        "share_smtp_auth": None if found.share is None else round(found.share, 4),
        "days_to_cutoff": found.days_to_cutoff,
        "cutoff_on": found.cutoff_on.isoformat(),
        "last_mailing": {"period": mailing.period, "state": mailing.state} | asdict(mailing.report)
        if mailing
        else None,
    }


def lines(found: Progress) -> Iterator[str]:
    """The same as people read it, a number a line."""
    told, days, mailing = headline(found), found.days_to_cutoff, found.last_mailing
    yield _line("Campaign", found.campaign)
    yield _line("Cut-off", f"{found.cutoff_on} ({f'days left: {days}' if days > 0 else 'has come'})")
    yield _line("As of", told["as_of"] or "no logs read yet")
    yield _line("Identified", told["identified"])
    for standing, number in told["standings"].items():
        yield _line(f"  {standing_title(standing)}", number)
    yield _line("Mail with SMTP-AUTH", "not known" if found.share is None else f"{found.share:.1%}")
    yield _line("Last mailing", f"{mailing.title} ({mailing.state})" if mailing else "none yet")
    for name, number in asdict(mailing.report).items() if mailing else ():
        yield _line(f"  {name.capitalize()}", number)


def _line(name: str, value: str | int) -> str:
    return f"{name:<26} {value if isinstance(value, str) else f'{value:>9,}'}"
