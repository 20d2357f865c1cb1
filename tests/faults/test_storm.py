"""A whole round while everything that takes part in it is killed again and again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from builders import make_campaign
from django.db import OperationalError, connection
from faults import people, promise
from faults.storm import Storm
from faults.world import World
from rounds import numbers, state_of
from waiting import until

from campaign.submissions import fates
from notices import mailings
from notices.models import Delivery, Mailing, Notice

WHO = {"nobody": 20, "later": 40, "second": 100, "third": 300, "fourth": 100, "excused": 30}
LATER_KILLS = 2
LONG = 600  # seconds for what is known of a spell to be told


class Size(NamedTuple):
    deliveries: int
    kills: int


# The whole storm where providers of that size are; what the other database has of its own shows in a smaller one.
SIZES = {"postgresql": Size(10_000, kills=50), "sqlite": Size(3_000, kills=15)}
# Afterwards, each so much later: whose notices become due then, and how many more kills there are.
SPELLS = (
    (timedelta(minutes=8), "second", 0),
    (timedelta(minutes=90), "third", LATER_KILLS),
    (timedelta(minutes=8), "fourth", 0),
    *[(timedelta(minutes=90), "", 0)] * 8,  # until nothing is open
)


class Operator:
    """Looks after the processes, as systemd does, and after the round, as staff do."""

    def __init__(self, world: World, mailing: Mailing):
        self.world, self.mailing, self.resumed = world, mailing, 0

    def look(self) -> None:
        self.world.look_after()
        try:
            if state_of(self.mailing) == Mailing.State.PAUSED:
                with suppress(mailings.NotAllowed):
                    mailings.resume(mailing_id=self.mailing.pk, now=self.world.clock.now())
                self.resumed += 1
        except OperationalError:
            connection.close()  # the database was killed under us, too

    def ask(self, question: Callable[[], object]) -> object:
        """The database's answer; none while it is down."""
        self.look()
        try:
            return question()
        except OperationalError:
            connection.close()
            return None


def test_nobody_gets_two_and_nobody_is_forgotten_whatever_is_killed(make_world, seed):
    print(f"FAULTS_SEED={seed}")
    world = make_world(per_second=500, workers=2)
    size = SIZES[world.vendor]
    who = WHO | {"customer": size.deliveries}
    make_campaign(name=people.CAMPAIGN)
    people.move_in(**who)
    mailing = people.plan(world)
    people.start(world, mailing)
    people.excuse("excused")
    for kind in ("second", "third", "fourth"):
        make_due(kind, world.clock.now() + timedelta(hours=20))
    operator = Operator(world, mailing)
    storm = Storm(world, seed, meanwhile=operator.look, is_quiet=partial(operator.ask, partial(is_quiet, world)))
    world.start()
    world.wait_for_answers()
    until(lambda: world.taken() > 0, "the first notice", meanwhile=operator.look)
    try:
        storm.rage(size.kills, until_taken=size.deliveries)
        settle_by_evidence(world, storm, operator)
    finally:
        tell(world, storm, operator)
    assert storm.kills >= size.kills
    promise.held(world, mailing, planned=sum(who.values()), refused=who["nobody"], withdrawn=who["excused"])
    assert state_of(mailing) == Mailing.State.FINISHED
    delivered = Delivery.objects.filter(notice__mailing=mailing, fate=Delivery.Fate.DELIVERED)
    assert delivered.count() == sum(who.values()) - who["nobody"] - who["excused"]


def settle_by_evidence(world: World, storm: Storm, operator: Operator) -> None:
    """Hours pass, the log goes on, and with it what is known; there is no peace yet either."""
    storm.calm()
    for later, due, kills in SPELLS:
        world.clock.pass_by(later)
        began = world.clock.now()
        print(f"{later} later: {operator.ask(Notice.objects.open().count)} open")
        if due:
            until(partial(operator.ask, partial(make_due, due, began)), "the database")
        if kills:
            storm.rage(kills, until_taken=world.taken() + 150)
            storm.calm()
        settled = partial(nothing_to_do, began - timedelta(minutes=65), world.clock.now)
        until(partial(operator.ask, settled), "the log", seconds=LONG)
        if operator.ask(lambda: not Notice.objects.open().exists()):
            break
    until(partial(operator.ask, all_is_told), "the fates", seconds=LONG)


def is_quiet(world: World) -> bool:
    """Whether nothing can go out at this moment."""
    return not Notice.objects.claimable(now=world.clock.now()).exists()


def make_due(kind: str, when: datetime) -> int:
    return Notice.objects.filter(state=Notice.State.WAITING, holdout__customer__login__startswith=kind).update(
        send_after=when
    )


def nothing_to_do(settled_until: datetime, clock: Callable[[], datetime]) -> bool:
    """Whether all that was sent so long ago is settled, and nothing can go out at this moment."""
    before = Notice.objects.unsettled().filter(claimed_at__lt=settled_until)
    return not (before | Notice.objects.claimable(now=clock())).exists()


def all_is_told() -> bool:
    """Whether each notice that was accepted has its fate."""
    return not Notice.objects.filter(state=Notice.State.ACCEPTED, delivery=None).exists()


def tell(world: World, storm: Storm, operator: Operator) -> None:
    """What a failure shows."""
    print(f"{storm.kills} kills, {world.taken()} taken, resumed {operator.resumed} times by the operator")
    about = Mailing.objects.filter(pk=operator.mailing.pk).values("state", "pause_reason", "recent_attempts")
    print(numbers(operator.mailing), *about, f"log read to {fates.logged_until()}, now {world.clock.now()}", sep="; ")
    print(*storm.strokes, *storm.world.ordered_kills(), sep="; ")
    for name in ("worker0", "worker1", "relay", "beat"):
        print(f"--- {name}", world.last_words(name), sep="\n")
