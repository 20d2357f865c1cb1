import json
from dataclasses import asdict
from datetime import date

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.utils import timezone

from campaign import audit
from campaign.dashboard.waves import DECIDE, told, waves_of
from campaign.models import Campaign, WavePlan
from campaign.plan.campaigns import NotPossible
from campaign.plan.waves import draw
from notices import lift, waves
from notices.models import Lift, Mailing

COLUMNS = (
    "outcome",
    "language",
    "not_told",
    "window_days",
    "days_left_out",
    "written",
    "measured",
    "share",
    "by_itself",
    "low",
    "high",
)


class Command(BaseCommand):
    help = "Decide and draw the waves of the first announcement, or tell what each round brought about."

    def add_arguments(self, parser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        deciding = acts.add_parser("decide", help="fix number and days of the waves, and draw them by lot")
        deciding.add_argument("--waves", type=int, required=True, metavar="N")
        deciding.add_argument("--first-day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        deciding.add_argument("--days-between", type=int, default=14, metavar="DAYS")
        deciding.add_argument("--by", metavar="USER", help="the staff login of whoever decided it")
        showing = acts.add_parser("show", help="the waves, and where their customers stand")
        telling = acts.add_parser("lift", help="count anew, and tell how many moved because of each round")
        for each in (deciding, showing, telling):
            each.add_argument("--campaign", choices=Campaign.Name.values, required=True)
        for each in (showing, telling):
            each.add_argument("--json", dest="as_json", action="store_true", help="one JSON array on standard output")

    @no_translations
    def handle(self, *, act: str, campaign: str, **options) -> None:
        found = Campaign.objects.filter(name=campaign).first()
        if found is None:
            raise CommandError(f"{campaign} is not open")
        {"decide": self.decide, "show": self.show, "lift": self.lift}[act](found, **options)

    def decide(self, campaign, *, waves: int, first_day: date, days_between: int, by: str | None, **options) -> None:
        values = {"waves_wanted": waves, "first_day": first_day, "days_between": days_between}
        try:
            plan = _decide(campaign, values, by)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        draw(campaign)
        self.stdout.write(f"{campaign.name}: {plan.waves} waves from {plan.first_day}, drawn with seed {plan.seed}")

    def show(self, campaign, *, as_json: bool, **options) -> None:
        found = waves_of(campaign, WavePlan.objects.filter(campaign=campaign).first())
        if as_json:
            self.stdout.write(json.dumps([asdict(wave) for wave in found], default=str))
            return
        for wave in found:
            self.stdout.write(
                f"wave {wave.number or '-'} from {wave.begins or '-'}: {wave.customers} customers, "
                f"{wave.written} written to, {wave.started} begun, {wave.moved} moved, {wave.left} left"
            )

    def lift(self, campaign, *, as_json: bool, **options) -> None:
        begun = Mailing.objects.rounds().filter(campaign=campaign, started_at__isnull=False)
        begun = begun.exclude(kind=Mailing.Kind.THANKS)
        for mailing in begun.order_by("planned_at", "pk"):
            lift.count(mailing_id=mailing.pk, now=timezone.now())
        found = Lift.objects.filter(mailing__in=begun).select_related("mailing")
        rows = [_row(each) for each in found.order_by("mailing__planned_at", "mailing", "-outcome", "language")]
        if as_json:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            self.stdout.write(_line(row))


def _decide(campaign: Campaign, values: dict[str, object], by: str | None) -> WavePlan:
    user = None
    if by is not None:
        user = get_user_model().objects.filter(username=by, is_active=True).first()
        if user is None or not user.has_perm(DECIDE):
            raise CommandError(f"--by is {by!r}, wanted the login of a staff member with the permission {DECIDE}")
    now = timezone.now()
    with transaction.atomic():
        before = WavePlan.objects.filter(campaign=campaign).first()
        made = waves.decide(campaign_id=campaign.pk, now=now, user_id=user.pk if user else None, **values)
        on = audit.thing(made, what=campaign.name)
        audit.note(audit.of_command(user), audit.Act.CHANGED, on, now=now, **told(before, made))
    return made


def _row(found: Lift) -> dict[str, object]:
    mailing = found.mailing
    known = {"mailing": mailing.pk, "kind": mailing.kind, "period": mailing.period}
    return known | {name: getattr(found, name) for name in COLUMNS}


def _line(row: dict) -> str:
    name = f"{row['kind']} {row['period']} {row['outcome']} {row['language'] or 'all'}"
    if row["not_told"]:
        return f"{name}: cannot be told ({row['not_told']})"
    more, low, high = (100 * value for value in (row["share"] - row["by_itself"], row["low"], row["high"]))
    within = f"{row['window_days']} day{'' if row['window_days'] == 1 else 's'}"
    return (
        f"{name}: {more:+.1f} of a hundred ({low:+.1f} to {high:+.1f}) within {within}, of {row['written']} written to"
    )
