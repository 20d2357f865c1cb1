"""Plans a mailing: one notice for each holdout that is due, a million of them in one transaction.

Whoever is killed in the middle leaves nothing, and of two who plan the same at one moment one
waits for the other and finds it done.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaign.locks import PLANNING, in_turn
from campaign.models import Campaign, Holdout, WavePlan
from campaign.plan import waves
from notices import audience, bulk, pacing, schedule, selection, texts
from notices.models import Mailing, MailingPlan, Notice
from notices.schedule import Course, Kind, Round

CHUNK = 10_000  # notices in memory at a time
GOOD_FOR_DAYS = {  # after the last regular slot: for what was deferred or paused; later the next one is due
    Kind.ANNOUNCEMENT: 14,
    Kind.FIRST: 14,
    Kind.REMINDER: 14,
    Kind.TWO_WEEKS: 3,
    Kind.THREE_DAYS: 0,
    Kind.LAST_DAY: 0,
    Kind.THANKS: 14,
}


class NothingPlanned(Exception):
    """Why a kind is not planned today; the text is for the person who asked."""


def plans_of(campaign: Campaign) -> dict[Kind, MailingPlan]:
    """Of every kind that is planned by itself, as it comes where staff have not changed it; in a holdout's order."""
    kept = {plan.kind: plan for plan in campaign.mailing_plans.select_related("changed_by")}
    return {
        kind: kept.get(kind) or MailingPlan(campaign=campaign, kind=kind, good_for_days=GOOD_FOR_DAYS[kind])
        for kind in schedule.PLANNED
    }


def course_of(campaign: Campaign, plans: dict[Kind, MailingPlan]) -> Course:
    """What the rules of the schedule need to know of a campaign."""
    return Course(
        starts_on=campaign.starts_on,
        cutoff_on=campaign.cutoff_on,
        is_open=pacing.is_open,
        active=frozenset(kind for kind, plan in plans.items() if plan.active),
        begun_on=selection.begun_on(campaign),
        gap_days=settings.NOTICE_GAP_DAYS,
        batch_days=1 if settings.NOTICE_DAILY_BATCHES else 7,
    )


def change_plan(
    *,
    campaign_id: int,
    kind: Kind | str,
    active: bool,
    chosen: object,
    good_for_days: int,
    now: datetime,
    user_id: int | None = None,
) -> MailingPlan:
    """For mailings planned from now on. `chosen` is the audience as JSON. Raises NotAnAudience."""
    values = {
        "active": active,
        "audience": audience.read(chosen, kind=kind).as_json(),
        "good_for_days": good_for_days,
        "changed_at": now,
        "changed_by_id": user_id,
    }
    plan, _made = MailingPlan.objects.update_or_create(campaign_id=campaign_id, kind=kind, defaults=values)
    return plan


def plan_what_is_wanted(*, today: date, now: datetime) -> list[Mailing]:
    """What the schedule wants of every campaign, and what it wanted on days that were missed.

    The campaign whose date is nearest comes first: a customer in two is written to by that one.
    """
    made = []
    for campaign in Campaign.objects.order_by("cutoff_on", "pk"):
        plans = plans_of(campaign)
        for wanted in schedule.wanted(course_of(campaign, plans), today=today):
            mailing = plan_round(campaign, wanted, plan=plans[wanted.kind], today=today, now=now)
            if mailing:
                made.append(mailing)
    return made


def plan_now(
    *, campaign_id: int, kind: Kind | str, today: date, now: datetime, planned_by_id: int | None = None
) -> Mailing:
    """Plan a kind because somebody asks for it, if its time has come. Raises NothingPlanned."""
    campaign = Campaign.objects.get(pk=campaign_id)
    plans = plans_of(campaign)
    title = Kind(kind).label
    if not plans[Kind(kind)].active:
        raise NothingPlanned(_("Nothing planned: “%(kind)s” is switched off in the campaign's plan.") % {"kind": title})
    found = next(schedule.rounds(kind, course_of(campaign, plans), since=today), None)
    if found is None:
        raise NothingPlanned(_("Nothing planned: the time for “%(kind)s” is over in this campaign.") % {"kind": title})
    if today < found.plan_from:
        values = {"kind": title, "day": found.plan_from.isoformat()}
        raise NothingPlanned(_("Nothing planned: “%(kind)s” is planned from %(day)s on.") % values)
    mailing = plan_round(
        campaign, found, plan=plans[found.kind], today=today, now=now, planned_by_id=planned_by_id, again=True
    )
    if mailing is None:
        values = {"kind": title, "period": found.period}
        if _cancelled_too_late(Mailing.objects.filter(campaign=campaign, kind=kind, period=found.period)):
            raise NothingPlanned(
                _(
                    "Nothing planned: “%(kind)s” for %(period)s was cancelled when some had gone out, or may have. "
                    "Nobody shall get it twice."
                )
                % values
            )
        raise NothingPlanned(
            _("Nothing planned: nobody is due, or there is “%(kind)s” for %(period)s already.") % values
        )
    return mailing


def plan_reminder(*, campaign_id: int, today: date, now: datetime, planned_by_id: int | None = None) -> Mailing | None:
    """This month's reminder, whatever day of the campaign it is; None as in `plan_round`."""
    campaign = Campaign.objects.get(pk=campaign_id)
    if not campaign.starts_on <= today < campaign.cutoff_on:
        return None
    wanted = Round(Kind.REMINDER, f"{today:%Y-%m}", today, today, today, campaign.cutoff_on - timedelta(days=1))
    plan = plans_of(campaign)[Kind.REMINDER]
    return plan_round(campaign, wanted, plan=plan, today=today, now=now, planned_by_id=planned_by_id)


def plan_round(
    campaign: Campaign,
    wanted: Round,
    *,
    plan: MailingPlan,
    today: date,
    now: datetime,
    planned_by_id: int | None = None,
    again: bool = False,
) -> Mailing | None:
    """None when nobody is due or it is planned already: it is safe to ask again, also for two at the same moment.

    One that was cancelled counts as planned, unless a person wants it `again` and nothing of it went out.
    """
    same = Mailing.objects.filter(campaign=campaign, kind=wanted.kind, period=wanted.period)
    before = list(same)
    if before and not (again and all(left_nothing(each) for each in before)):
        return None
    people = audience.kept(plan.audience)
    mailing = Mailing(
        campaign=campaign,
        kind=wanted.kind,
        text_ja=texts.current(campaign, wanted.kind, "ja").version,
        text_en=texts.current(campaign, wanted.kind, "en").version,
        period=wanted.period,
        attempt=1 + max((each.attempt for each in before), default=0),
        planned_at=now,
        planned_by_id=planned_by_id,
        expires_on=wanted.latest,
        daily_cap=settings.NOTICE_DAILY_CAP,
        audience=people.as_json(),
    )
    try:
        with transaction.atomic():
            if wanted.kind == Kind.ANNOUNCEMENT:  # its waves stand from now on; before the turn, as everybody waits
                Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
            one_at_a_time()
            due = selection.due(campaign, today=today, kind=wanted.kind, audience=people)
            if not due.exists():
                return None
            mailing.save()  # whoever plans the same now waits here
            last = fill(mailing, due, first_day=wanted.first_day, now=now)
            mailing.expires_on = min(wanted.latest, last + timedelta(days=plan.good_for_days))
            mailing.save(update_fields=["expires_on"])
    except IntegrityError:
        if same.exclude(pk__in=[each.pk for each in before]).exists():  # somebody else was faster
            return None
        raise
    return mailing


def one_at_a_time() -> None:
    """Wait, to the end of the transaction, for whoever plans at this moment, in any campaign.

    Asked before who is due: of two that plan at once each would find nobody written to by the other, and both
    would write to the same people. Who takes holdouts away waits, too.
    """
    in_turn(PLANNING)


def left_nothing(mailing: Mailing) -> bool:
    """Cancelled, and each of its notices has ended without the relay having taken it. What is so stays so:

    withdrawn and refused are ends, and of a cancelled mailing nothing is claimed any more.
    """
    cancelled = mailing.state == Mailing.State.CANCELLED
    return cancelled and not Notice.objects.for_mailing(mailing).out_or_to_go().exists()


def _cancelled_too_late(same: QuerySet[Mailing]) -> bool:
    found = list(same)
    all_cancelled = all(each.state == Mailing.State.CANCELLED for each in found)
    return all_cancelled and not all(left_nothing(each) for each in found)


@dataclass
class Slots:
    """The times at which notices become due, one after the other; each wave has its first day."""

    cap: int
    begin: datetime
    plan: WavePlan | None = None
    last: datetime | None = None
    _wave: int | None = None
    _slots: Iterator[datetime] = field(default_factory=lambda: iter(()))

    def next(self, wave: int | None) -> datetime:
        if self.last is None or (self.plan and wave != self._wave):
            self._turn_to(wave)
        self.last = next(self._slots)
        return self.last

    def _turn_to(self, wave: int | None) -> None:
        begin = self.begin
        if self.plan and wave is not None:
            begin = max(begin, _midnight(self.plan.day_of(wave)))
        if self.last is not None:
            begin = max(begin, self.last + timedelta(microseconds=1))  # the wave before has that slot
        self._wave = wave
        self._slots = pacing.slots(begin, cap=self.cap, within=pacing.hours())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def fill(mailing: Mailing, due: QuerySet[Holdout], *, first_day: date, now: datetime) -> date:
    """Writes the notices; the day of the last slot.

    In an order that is random but the mailing's own; the announcement by waves. What a round
    does is told from this order (notices/lift.py): nothing but chance may come into it.
    """
    by_waves = None
    if mailing.kind == Kind.ANNOUNCEMENT:
        by_waves = WavePlan.objects.filter(campaign=mailing.campaign_id).first()
    if by_waves:
        waves.draw(mailing.campaign)
    # With the attempt, so that one that is planned again has Message-IDs and links of its own.
    named = str(mailing) if mailing.attempt == 1 else f"{mailing} {mailing.attempt}"
    seed = salted_hmac("notices.order", named, algorithm="sha256").hexdigest()
    place = MD5(Concat(Value(seed), Cast("pk", models.CharField())))
    order = (F("wave").asc(nulls_last=True), "place", "pk") if by_waves else ("place", "pk")
    of = "customer__"
    columns = ("pk", "place", "wave", f"{of}language", f"{of}client_program", f"{of}contact_address", f"{of}login")
    rows = due.annotate(place=place).order_by(*order).values_list(*columns).iterator(chunk_size=CHUNK)
    slots = Slots(mailing.daily_cap, max(now, _midnight(first_day)), by_waves)
    with closing(rows):  # at once, also after an error: its cursor must not outlive the transaction
        while chunk := list(islice(rows, CHUNK)):
            bulk.insert(Notice, _columns(mailing, chunk, slots, now=now), rows=len(chunk))
    return timezone.localdate(slots.last or now)


def _columns(mailing: Mailing, chunk: list[tuple], slots: Slots, *, now: datetime) -> dict[str, object]:
    """By column: a list of a value for each row, or one value for all."""
    holdouts, places, in_wave, languages, programs, contacts, logins = zip(*chunk, strict=True)
    wrong = [selection.unusable(contact or login) for contact, login in zip(contacts, logins, strict=True)]
    at = [None if reason else slots.next(wave) for wave, reason in zip(in_wave, wrong, strict=True)]
    message_ids = bulk.message_ids(mailing, places)
    return {
        "mailing_id": mailing.pk,
        "holdout_id": holdouts,
        "number": bulk.numbers(len(chunk)),
        "message_id": message_ids,
        "token_digest": bulk.token_digests(message_ids),
        "language": languages,
        "client_program": programs,
        "state": [Notice.State.REFUSED.value if reason else Notice.State.WAITING.value for reason in wrong],
        "send_after": [slot or now for slot in at],
        "slot_on": [slot and slot.date() for slot in at],
        "ended_at": [now if reason else None for reason in wrong],
        "reply": wrong,
    }
