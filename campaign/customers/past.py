"""Changes of standing -> how many of the chosen customers stood where, day by day, back from what is known now.

Who belongs to the choice is decided by today's program, wave, brand and range. By standing or reason no past can be
told so: who has moved has another standing and no reason any more, and would be missing from the days before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Count

from campaign.customers.chosen import Chosen, wanted_rows
from campaign.models import Campaign, StandingChange

Moves = Mapping[date, Sequence[tuple[str, str, int]]]
"""By day: (standing, the one before or "" for who was identified on the day, how many)."""


def can_be_told(chosen: Chosen) -> bool:
    return not (chosen.standing or chosen.reason)


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
