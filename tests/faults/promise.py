"""Nobody twice, nobody forgotten: what must be so whatever was killed."""

from collections import Counter

from faults.world import World
from rounds import numbers

from notices.models import Mailing, Notice

State = Notice.State


def held(
    world: World, mailing: Mailing, *, planned: int, refused: int = 0, withdrawn: int = 0, unknown: int = 0
) -> None:
    """The relay's own books against the ledger. `unknown` are those shown to the operator, at most."""
    ours = set(Notice.objects.for_mailing(mailing).values_list("holdout__customer__login", flat=True))
    taken = [one for one in world.accepted() if one["recipient"] in ours]
    copies = Counter(one["recipient"] for one in taken)
    twice = {recipient: number for recipient, number in copies.items() if number > 1}
    assert not twice, f"more than one copy: {twice}"

    ledger = Notice.objects.for_mailing(mailing)
    accepted = dict(ledger.filter(state=State.ACCEPTED).values_list("message_id", "holdout__customer__login"))
    report = numbers(mailing)
    open_ones = dict(ledger.filter(state=State.UNKNOWN).values_list("message_id", "holdout__customer__login"))
    assert len(open_ones) == report.unknown <= unknown, open_ones
    at_relay = {one["message_id"]: one["recipient"] for one in taken}
    assert at_relay.items() >= accepted.items(), "accepted, but the relay never had them"
    assert (at_relay.items() - accepted.items()) <= open_ones.items(), (
        "the relay has them, and the ledger says otherwise"
    )

    assert (report.planned, report.refused, report.withdrawn) == (planned, refused, withdrawn)
    assert report.waiting == 0
    assert report.accepted == planned - refused - withdrawn - report.unknown == len(accepted)
    assert not ledger.filter(state__in=(State.WAITING, State.CLAIMED)).exists()
