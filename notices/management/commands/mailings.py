"""`manage.py mailings`: what the pages do with mailings, for scripts."""

import json
from dataclasses import asdict

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import audit
from campaign.models import Campaign
from notices import allowance, course, mailings, planning, schedule
from notices.models import Mailing, Notice

ACTS = ("plan", "approve", "start", "pause", "resume", "cancel", "report", "list")
PLAIN_ACTS = {"start": mailings.start, "resume": mailings.resume, "cancel": mailings.cancel}
NOTED = {
    "approve": audit.Act.APPROVED,
    "start": audit.Act.STARTED,
    "resume": audit.Act.RESUMED,
    "pause": audit.Act.PAUSED,
    "cancel": audit.Act.CANCELLED,
}
PERMISSIONS = {"approve": "notices.approve_mailing"}
RUN = "notices.run_mailing"


class Command(BaseCommand):
    help = "Plan, approve, start, pause, resume or cancel a mailing, report how far it is, or list them all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=ACTS)
        parser.add_argument("--campaign", choices=Campaign.Name.values, help="for plan; else: its latest mailing")
        parser.add_argument(
            "--kind",
            choices=[kind.value for kind in schedule.PLANNED],
            default=Mailing.Kind.REMINDER.value,
            help="for plan",
        )
        parser.add_argument("--mailing", type=int, metavar="ID", help="which mailing")
        parser.add_argument("--user", metavar="NAME", help="login of who does it; plan and approve need one")
        parser.add_argument("--reason", default="", help="why it is paused")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    @no_translations  # as all commands of the shell
    def handle(self, *args, act: str, **options) -> None:
        user = _user(options["user"], act)
        if act == "list":
            self._list(options["campaign"], as_json=options["json"])
            return
        try:
            mailing = _plan(options["campaign"], options["kind"], user) if act == "plan" else _act(act, user, options)
        except (mailings.NotAllowed, planning.NothingPlanned) as error:
            raise CommandError(str(error)) from error
        self._tell(mailing, as_json=options["json"])

    def _tell(self, mailing: Mailing, *, as_json: bool) -> None:
        mailing.refresh_from_db()
        report = mailings.report(mailing_id=mailing.pk)
        ahead = _ahead(mailing, waiting=report.waiting)
        ahead["utf8_instead"] = Notice.objects.for_mailing(mailing).in_utf8_instead().count()
        if as_json:
            self.stdout.write(json.dumps(_known(mailing) | asdict(report) | ahead))
            return
        self.stdout.write(_line(mailing))
        for name, notices in asdict(report).items():
            self.stdout.write(f"  {name:<9} {notices:>9}")
        for name, value in ahead.items():
            if value is not None:
                self.stdout.write(f"  {name:<26} {value}")

    def _list(self, campaign_name: str | None, *, as_json: bool) -> None:
        """One line each, the newest first; as JSON one object a line."""
        found = Mailing.objects.rounds().select_related("campaign").order_by("-planned_at", "-pk")
        if campaign_name is not None:
            found = found.filter(campaign=_campaign(campaign_name))
        for mailing in found:
            self.stdout.write(json.dumps(_known(mailing)) if as_json else _line(mailing))


def _known(mailing: Mailing) -> dict[str, object]:
    return {
        "mailing": mailing.pk,
        "campaign": mailing.campaign.name,
        "kind": mailing.kind,
        "period": mailing.period,
        "state": mailing.state,
    }


def _ahead(mailing: Mailing, *, waiting: int) -> dict[str, object]:
    """How it will go, as the page says; times as RFC 3339, days as 2026-12-31, null where there is nothing ahead."""
    now = timezone.now()
    held = mailing.state == Mailing.State.SENDING and mailing.holds(now)
    open_course = None
    if waiting and mailing.state not in Mailing.ENDED:
        today = allowance.foresee(timezone.localdate(now))
        open_course = course.course(mailing, waiting=waiting, row=today, now=now)
    busiest = open_course.busiest if open_course else None
    days = {name: getattr(open_course, name, None) for name in ("through_on", "earliest", "latest")}
    return {
        "hold_until": mailing.hold_until.isoformat() if held and mailing.hold_until else None,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "left_over": open_course.left_over if open_course else 0,
        "busiest_day": busiest.day.isoformat() if busiest else None,
        "contacts_on_busiest_day": round(busiest.contacts, 1) if busiest else None,
        "desk_takes": busiest.capacity if busiest else None,
    }


def _line(mailing: Mailing) -> str:
    kind, state = mailing.get_kind_display(), mailing.get_state_display()
    return f"{mailing.pk}: {mailing.campaign}: {kind}, {mailing.period}: {state}"


def _act(act: str, user, options: dict) -> Mailing:
    mailing = _mailing(options["campaign"], options["mailing"])
    if act not in NOTED:
        return mailing
    with transaction.atomic():
        _take_step(act, mailing, user, options["reason"])
        after = Mailing.objects.get(pk=mailing.pk)
        if act == "start" and after.state == mailing.state:
            return mailing  # it started by itself
        states = {
            "before": audit.values_of(mailing, *mailings.TOLD),
            "after": audit.values_of(after, *mailings.TOLD),
        }
        on, reason = audit.thing(after), options["reason"] if act == "pause" else ""
        audit.note(audit.of_command(user), NOTED[act], on, now=timezone.now(), reason=reason, **states)
    return mailing


def _take_step(act: str, mailing: Mailing, user, reason: str) -> None:
    now = timezone.now()
    if act == "approve":
        mailings.approve(mailing_id=mailing.pk, user_id=user.pk, now=now)
    elif act == "pause":
        mailings.pause(mailing_id=mailing.pk, reason=reason, now=now)
    else:
        PLAIN_ACTS[act](mailing_id=mailing.pk, now=now)


def _user(name: str | None, act: str):
    """Whoever is named must be allowed to do it; a script without a name may start, pause, resume and cancel.

    Who plans is named, so that somebody else approves; what the schedule plans, beat plans by itself.
    """
    if name is None:
        if act in ("plan", "approve"):
            raise CommandError(_("Planning and approving need --user: two persons answer for a mailing."))
        return None
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no user %(name)s.") % {"name": name})
    permission = PERMISSIONS.get(act, RUN)
    if act not in ("report", "list") and not user.has_perm(permission):
        raise CommandError(
            _("%(name)s does not have the permission %(permission)s.") % {"name": name, "permission": permission}
        )
    return user


def _campaign(name: str | None) -> Campaign:
    if name is None:
        raise CommandError(_("Name the campaign with --campaign."))
    campaign = Campaign.objects.filter(name=name).first()
    if campaign is None:
        raise CommandError(_("There is no campaign %(name)s.") % {"name": name})
    return campaign


def _plan(campaign_name: str | None, kind: str, user) -> Mailing:
    now = timezone.now()
    with transaction.atomic():
        made = planning.plan_now(
            campaign_id=_campaign(campaign_name).pk,
            kind=kind,
            today=timezone.localdate(),
            now=now,
            planned_by_id=user.pk,
        )
        audit.note(audit.of_command(user), audit.Act.ADDED, audit.thing(made), now=now)
    return made


def _mailing(campaign_name: str | None, mailing_id: int | None) -> Mailing:
    found = Mailing.objects.select_related("campaign")
    if mailing_id is not None:
        mailing = found.filter(pk=mailing_id).first()
        if mailing is None:
            raise CommandError(_("There is no mailing %(id)s.") % {"id": mailing_id})
        return mailing
    mailing = found.rounds().filter(campaign=_campaign(campaign_name)).order_by("-planned_at", "-pk").first()
    if mailing is None:
        raise CommandError(_("This campaign has no mailing yet."))
    return mailing
