"""Changes of standing -> how many of the chosen customers stood where, day by day, back from what is known now.

Who belongs to the choice is decided by today's program, wave, brand and range. By standing or reason no past can be
told so: who has moved has another standing and no reason any more, and would be missing from the days before.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Max, Min

from campaign.customers.chosen import Chosen, chosen_in, wanted_rows
from campaign.models import Campaign, Holdout, PastOfSome, StandingChange

log = logging.getLogger(__name__)
FRESH = timedelta(hours=20)  # that the days before the last one are shown for, and not counted again
FORGOTTEN = timedelta(days=14)  # after nobody has asked
TOO_OLD = timedelta(days=2)  # that the days end before the last one and are shown, while they are counted anew
LONGEST = PastOfSome._meta.get_field("query").max_length

Moves = Mapping[date, Sequence[tuple[str, str, int]]]
"""By day: (standing, the one before or "" for who was identified on the day, how many)."""


def can_be_told(chosen: Chosen) -> bool:
    return not (chosen.standing or chosen.reason)


def can_be_kept(chosen: Chosen) -> bool:
    """Not where the address is too long, such as by a program's name of many letters that are not ASCII."""
    return len(chosen.query()) <= LONGEST


def unwound(now: Mapping[str, int], moves: Moves, days: Iterable[date]) -> list[tuple[date, dict[str, int]]]:
    """How many stood where on each of the days, in their order; `now` is after the last of them."""
    standing, found = Counter(now), []
    for day in sorted(days, reverse=True):
        found.append((day, {name: number for name, number in standing.items() if name}))
        for to, previous, number in moves.get(day, ()):
            standing[to] -= number
            standing[previous] += number
    return found[::-1]


def of(
    campaign: Campaign, chosen: Chosen, *, now: Mapping[str, int], first: date, last: date
) -> list[tuple[date, dict[str, int]]]:
    """Every day from `first` to `last`, on which it was `now`: one look at each change of the chosen customers."""
    changes = StandingChange.objects.filter(wanted_rows(chosen, "holdout__"), holdout__campaign=campaign)
    counted = changes.filter(day__gt=first, day__lte=last).values_list("day", "standing", "previous").order_by()
    moves: dict[date, list[tuple[str, str, int]]] = {}
    for day, *move in counted.annotate(number=Count("*")):
        moves.setdefault(day, []).append(tuple(move))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return unwound(now, moves, days)


def known(campaign: Campaign, chosen: Chosen, *, last: date, now: datetime) -> list[tuple[date, dict[str, int]]] | None:
    """What a job has counted of the chosen up to `last`, or a little before; None where it is yet to do so, which this
    asks for. Only of such as `can_be_kept`, and worth it: each question is a row.
    """
    found = PastOfSome.objects.filter(campaign=campaign, query=chosen.query()).first()
    old = found is not None and found.last is not None and found.last < last - TOO_OLD
    if found is None or (not found.waiting and (old or found.counted_at < now - FRESH)):
        asked = {"asked_at": now, "waiting": True}
        found, _new = PastOfSome.objects.update_or_create(campaign=campaign, query=chosen.query(), defaults=asked)
    if found.last is None or old:
        return None
    return [(date.fromisoformat(day), standings) for day, standings in found.days]


def count_waiting(*, now: datetime) -> int:
    """Answer what was asked; how many. What nobody has asked for lately goes.

    One that cannot be answered keeps none of the others waiting, and is tried again when it would be counted anew.
    """
    PastOfSome.objects.filter(asked_at__lt=now - FORGOTTEN).delete()
    waiting = list(PastOfSome.objects.filter(waiting=True).select_related("campaign").order_by("asked_at", "pk"))
    for asked in waiting:
        try:
            _answer(asked, now=now)
        except (OperationalError, InterfaceError):
            log.exception("question %s waits on: the database did not answer", asked.pk)
        except Exception:
            log.exception("question %s cannot be answered", asked.pk)
            none = {"waiting": False, "last": None, "counted_at": now, "days": []}
            PastOfSome.objects.filter(pk=asked.pk).update(**none)
    return len(waiting)


def _answer(asked: PastOfSome, *, now: datetime) -> None:
    campaign, chosen = asked.campaign, chosen_in(asked.query)
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # not while standings are made
        counted = campaign.standing_counts.aggregate(first=Min("day"), last=Max("day"))
        if counted["last"] is None:
            return  # nothing is counted of anybody yet: the question waits on
        holdouts = Holdout.objects.filter(wanted_rows(chosen), campaign=campaign)
        standings = dict(holdouts.values_list("standing").annotate(number=Count("*")).order_by())
        days = of(campaign, chosen, now=standings, **counted)
    answer = [(day.isoformat(), standings) for day, standings in days]
    values = {"waiting": False, "last": counted["last"], "counted_at": now, "days": answer}
    PastOfSome.objects.filter(pk=asked.pk).update(**values)
