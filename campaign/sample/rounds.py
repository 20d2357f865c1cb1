"""The campaigns' monthly rounds as they really went, by the product's own verbs and a simulated clock."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from campaign.models import Campaign, WavePlan
from campaign.plan.calendar import first_working_day, is_working_day
from notices import dispatch, mailings, planning, waves
from notices.models import Mailing, Notice

State = Mailing.State
STEP = timedelta(minutes=20)
AT_ONCE = 1000
WAVES = {Campaign.Name.POP_BEFORE_SMTP: 3, Campaign.Name.LOCAL_PORT25: 2}  # of the announcement, a week apart


class SimulatedClock:
    """Each look at it takes a moment, as in life."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=100)
        return self.now


def decide_waves(campaign: Campaign, day: date, *, now: datetime, user_id: int) -> None:
    """In the campaign's first month, before its announcement is planned; once."""
    if not _announces(campaign, day) or WavePlan.objects.filter(campaign=campaign).exists():
        return
    if waves.begun(campaign) or not waves.to_come(campaign, today=day):
        return
    first_day = max(day, first_working_day(day.year, day.month))
    waves.decide(
        campaign_id=campaign.pk,
        waves_wanted=WAVES[Campaign.Name(campaign.name)],
        first_day=first_day,
        days_between=7,
        now=now,
        user_id=user_id,
    )


def _announces(campaign: Campaign, day: date) -> bool:
    return (campaign.starts_on.year, campaign.starts_on.month) == (day.year, day.month)


def is_busy(day: date, *, zone: ZoneInfo) -> bool:
    """Whether rounds are planned or sent on this day: then the logs up to the evening before must be read."""
    if day == first_working_day(day.year, day.month):
        return bool(_running(day))
    if not is_working_day(day):
        return False
    sending = _of_month(day).filter(state=State.SENDING).values("pk")
    tonight = _at(day + timedelta(days=1), time(), zone)
    due = Notice.objects.filter(mailing__in=sending, state=Notice.State.WAITING, send_after__lt=tonight)
    return due.exists()


def _of_month(day: date) -> QuerySet[Mailing]:
    """The month's reminder, or the announcement that is named by the campaign's first day."""
    return Mailing.objects.filter(period__startswith=f"{day:%Y-%m}").order_by("pk")


def prepare(day: date, *, zone: ZoneInfo, approver_id: int) -> int:
    """Plan, approve and start what is to go out from `day` on; how many notices were planned.

    Every step looks at what is there already: a day that was cut off goes on.
    """
    planned = sum(plan(campaign_id, day, zone=zone) for campaign_id in _running(day))
    for mailing in _of_month(day):
        if mailing.state == State.PLANNED:
            mailings.approve(mailing_id=mailing.pk, user_id=approver_id, now=_at(day, time(8, 40), zone))
            mailing.refresh_from_db()
        if mailing.state == State.APPROVED:
            mailings.start(mailing_id=mailing.pk, now=_at(day, time(9), zone))
    return planned


def send(day: date, *, zone: ZoneInfo) -> int:
    """Send what is due on `day`, turn by turn; how many notices were accepted. Several may do this at once."""
    sending = _of_month(day).filter(state=State.SENDING)
    accepted = 0
    for now in _turns(day, zone):
        for mailing_id in list(sending.values_list("pk", flat=True)):
            accepted += dispatch.send_batch(mailing_id=mailing_id, clock=SimulatedClock(now), limit=AT_ONCE)
    return accepted


def _turns(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """When batches are sent: in office hours, the last one just before their end."""
    now, last = _at(day, time(9), zone) + STEP, _at(day, time(16, 59), zone)
    while now < last:
        yield now
        now += STEP
    yield last


def plan(campaign_id: int, day: date, *, zone: ZoneInfo) -> int:
    """Plan the month's reminder in the morning of `day`, unless there is one; how many notices it has.

    In the campaign's first month it is the announcement.
    """
    now = _at(day, time(8), zone)
    if _announces(Campaign.objects.get(pk=campaign_id), day):
        mailing = _announcement(campaign_id, day, now=now)
    else:
        mailing = planning.plan_reminder(campaign_id=campaign_id, today=day, now=now)
    return 0 if mailing is None else mailing.notices.count()


def _announcement(campaign_id: int, day: date, *, now: datetime) -> Mailing | None:
    try:
        return planning.plan_now(campaign_id=campaign_id, kind=Mailing.Kind.ANNOUNCEMENT, today=day, now=now)
    except planning.NothingPlanned:  # as on the later days of the month, when it is there
        return None


def plan_for_approval(today: date, *, zone: ZoneInfo) -> int:
    """Leave this month's rounds waiting for approval, with all their notices due by now.

    Planned some working days ago: the slots of a round that waits for approval pass by, and
    once approved it goes out as fast as the relay and the day's cap allow.
    """
    day = max(first_working_day(today.year, today.month), today - timedelta(days=8))
    return sum(plan(campaign_id, min(day, today), zone=zone) for campaign_id in _running(today))


def accepted_notices(since: datetime | None = None) -> Sequence[tuple[str, int]]:
    """(login, second) of each accepted notice."""
    rows = Notice.objects.filter(accepted_at__isnull=False)
    if since is not None:
        rows = rows.filter(accepted_at__gte=since)
    found = rows.values_list("holdout__customer__login", "accepted_at")
    return [(login, int(at.timestamp())) for login, at in found]


def _running(day: date) -> list[int]:
    return list(
        Campaign.objects.filter(starts_on__lte=day, cutoff_on__gt=day).order_by("pk").values_list("pk", flat=True)
    )


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone)
