"""`manage.py progress`: the dashboard's headline numbers, for scripts."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaign.dashboard.progress import Progress, progress
from campaign.models import Campaign, Standing


class Command(BaseCommand):
    help = "Print how far a campaign is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", required=True, choices=Campaign.Name.values)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args, **options) -> None:
        campaign = Campaign.objects.filter(name=options["campaign"]).first()
        if campaign is None:
            raise CommandError(f"there is no campaign {options['campaign']} yet: read logs in first (manage.py ingest)")
        found = headline(progress(campaign=campaign, today=timezone.localdate(), now=timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, value in found.items():
            self.stdout.write(f"{name:<16} {value}")


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
