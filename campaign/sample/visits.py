"""Who opens the guide from the page that a notice links to: like a call, a function of the customer and the second."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from notices.models import Mailing, Notice, Visit

SHARE = 0.31  # of notices after which somebody presses the button; most go the way from the provider's top page
SOON = timedelta(minutes=2)
MEAN = timedelta(hours=9)  # from a notice to the visit
LONGEST = timedelta(days=10)


def visit_after(login: str, second: int) -> datetime | None:
    chance = random.Random(f"visit {login} {second}")
    if chance.random() >= SHARE:
        return None
    after = SOON + min(timedelta(seconds=int(chance.expovariate(1 / MEAN.total_seconds()))), LONGEST - SOON)
    return datetime.fromtimestamp(second, UTC) + after


def record(*, since: datetime, until: datetime) -> int:
    """Record the visits between the two moments that are not recorded yet; how many."""
    known = set(Visit.objects.filter(at__gte=since, at__lt=until).values_list("notice", "at"))
    new = [
        Visit(notice_id=notice, act=Visit.Act.GUIDE, client_program=program, at=at)
        for notice, program, at in _visits(since, until)
        if (notice, at) not in known
    ]
    Visit.objects.bulk_create(new)
    return len(new)


def _visits(since: datetime, until: datetime) -> Iterator[tuple[int, str, datetime]]:
    """Of customers whom the notice had reached by then."""
    sent = Notice.objects.filter(accepted_at__gte=since - LONGEST, accepted_at__lt=until, delivery__fate="delivered")
    sent = sent.exclude(mailing__kind=Mailing.Kind.THANKS)
    for notice, program, login, at in sent.values_list(
        "pk", "client_program", "holdout__customer__login", "accepted_at"
    ):
        visit = visit_after(login, int(at.timestamp()))
        if visit and since <= visit < until:
            yield notice, program, visit
