import json
from datetime import date

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.utils import timezone

from campaign import audit
from campaign.customers import rollup
from campaign.models import Campaign
from campaign.plan.campaigns import NotPossible, doubtful_cutoff, move_cutoff, open_campaign
from notices import pacing

MOVE = "campaign.change_campaign"


class Command(BaseCommand):
    help = "Open a campaign, move its cut-off date, or list the campaigns."

    def add_arguments(self, parser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        opening = acts.add_parser("open", help="open a campaign; one that is open already stays as it is")
        opening.add_argument("name", choices=Campaign.Name.values)
        opening.add_argument("--starts", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        cutoff = {"type": date.fromisoformat, "required": True, "metavar": "YYYY-MM-DD"}
        opening.add_argument("--cutoff", **cutoff, help="the first day on which the old way no longer works")
        opening.add_argument("--quiet-days", type=int, default=30, metavar="DAYS")
        moving = acts.add_parser("move", help="move the cut-off date of a campaign")
        moving.add_argument("name", choices=Campaign.Name.values)
        moving.add_argument("--to", **cutoff)
        moving.add_argument("--reason", required=True)
        moving.add_argument("--by", metavar="USER", help="the staff login of whoever decided it")
        listing = acts.add_parser("list", help="list the campaigns")
        listing.add_argument("--json", dest="as_json", action="store_true", help="one JSON array on standard output")

    @no_translations
    def handle(self, *, act: str, **options) -> None:
        try:
            {"open": self.open, "move": self.move, "list": self.list}[act](**options)
        except NotPossible as error:
            raise CommandError(str(error)) from error

    def open(self, *, name, starts, cutoff, quiet_days, **options) -> None:
        known = Campaign.objects.filter(name=name).exists()
        with transaction.atomic():
            campaign = open_campaign(name=name, starts_on=starts, cutoff_on=cutoff, quiet_days=quiet_days)
            if not known:
                values = audit.values_of(campaign, "starts_on", "cutoff_on", "quiet_days")
                on = audit.thing(campaign, what=name)
                audit.note(audit.of_command(), audit.Act.ADDED, on, now=timezone.now(), after=values)
        rollup.bring_up_to_date(days=[], today=timezone.localdate())
        self.stdout.write(_line(campaign))
        if not known:
            self.doubt(campaign.cutoff_on)

    def move(self, *, name, to, reason, by, **options) -> None:
        campaign = Campaign.objects.filter(name=name).first()
        if campaign is None:
            raise CommandError(f"{name} is not open")
        user = _who_may(by)
        now = timezone.now()
        with transaction.atomic():
            changed = move_cutoff(
                campaign_id=campaign.pk, to=to, reason=reason, now=now, user_id=user.pk if user else None
            )
            days = {"before": {"cutoff_on": changed.old}, "after": {"cutoff_on": changed.new}}
            on = audit.thing(campaign, what=name)
            audit.note(audit.of_command(user), audit.Act.CHANGED, on, now=now, reason=reason, **days)
        self.stdout.write(f"{name}: cut-off moved from {changed.old} to {changed.new}")
        self.doubt(changed.new)

    def doubt(self, cutoff_on: date) -> None:
        if said := doubtful_cutoff(cutoff_on, is_open=pacing.is_open):
            self.stderr.write(said)

    def list(self, *, as_json: bool, **options) -> None:
        campaigns = Campaign.objects.order_by("name")
        if as_json:
            rows = campaigns.values("name", "starts_on", "cutoff_on", "quiet_days")
            self.stdout.write(json.dumps(list(rows), default=str))
        else:
            for campaign in campaigns:
                self.stdout.write(_line(campaign))


def _who_may(by: str | None):
    """Whoever is named must be allowed to do it; who has a shell may leave the name out."""
    if by is None:
        return None
    user = get_user_model().objects.filter(username=by, is_active=True).first()
    if user is None or not user.has_perm(MOVE):
        raise CommandError(f"--by is {by!r}, wanted the login of a staff member with the permission {MOVE}")
    return user


def _line(campaign: Campaign) -> str:
    return f"{campaign.name}: from {campaign.starts_on}, cut-off {campaign.cutoff_on}, {campaign.quiet_days} quiet days"
