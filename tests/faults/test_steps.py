"""A worker is killed at one exact step of a round, for every step; then life goes on, and everybody has one copy."""

import base64
import pickle
import subprocess
import sys
from datetime import timedelta
from itertools import count

import pytest
from builders import make_campaign, make_user
from faults import people, promise
from faults.mortal import Death
from faults.world import HERE, World
from rounds import DAY, numbers, state_of

from campaign.models import Customer, Exemption, Holdout
from notices.models import Mailing, Notice

EACH = 9  # notices of a round, claimed three at a time
PER_SECOND = 30
SEND, PLAN, SETTLE, READ = (
    "notices.tasks.send_due",
    "notices.planning.plan_reminder",
    "notices.tasks.settle",
    "campaign.tasks.read_logs",
)
_serial = count(1)

# What the worker was doing; the notices that nobody knows the outcome of right after it, as (taken by the relay, not).
STEPS = {
    "before anything is claimed": (Death("dispatch.py", "connect"), 0),
    "claimed, and not committed": (Death("ledger.py", "_claimed", "return"), 0),
    "claimed and committed": (Death("ledger.py", "claim", "return"), 3),
    "before the first letter": (Death("dispatch.py", "_hand_over"), 3),
    "in the middle of a text": (Death("relay.py", "_write", "half"), 3),
    "in the middle of the second text": (Death("relay.py", "_write", "half", 2), 3),
    "the relay has taken one": (Death("dispatch.py", "_send", "return"), 3),
    "the relay has taken all of them, and nothing is written": (Death("ledger.py", "settle"), 3),
    "written, and not committed": (Death("ledger.py", "_accept", "return"), 3),
    "written and committed": (Death("ledger.py", "settle", "return"), 0),
    "written, and the day not given back": (Death("pace.py", "give_back_to_day"), 0),
    "before the round is found through": (Death("mailings.py", "finish_if_done"), 0),
    "the round is found through": (Death("mailings.py", "finish_if_done", "return"), 0),
}
AT_THE_RELAY = ("mail", "rcpt", "begun", "named", "recorded", "replied")


class Mortals:
    """Processes that do one thing, and may die of it."""

    def __init__(self, world: World):
        command = [sys.executable, str(HERE / "mortal.py"), str(world.folder / "clock")]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, env=world.environment, **pipes)

    def do(self, verb: str, death: Death | None = None, **words: object) -> str:
        request = base64.b64encode(pickle.dumps((verb, words, death))).decode()
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return base64.b64decode(self._process.stdout.readline()).decode()

    def must(self, verb: str, **words: object) -> None:
        assert (said := self.do(verb, **words)) == "done", said

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def world(make_world):
    world = make_world(per_second=PER_SECOND)
    world.start()
    world.wait_for_answers()
    make_campaign(name=people.CAMPAIGN)
    make_user("second")
    return world


@pytest.fixture(scope="module")
def mortals(world):
    mortals = Mortals(world)
    yield mortals
    mortals.end()


@pytest.fixture
def people_of(world):
    """New customers of this test alone; nobody is left when it ends."""

    def move_in(*kinds: str) -> None:
        number = next(_serial)
        people.move_in(**{f"{kind}{number}x": EACH for kind in kinds or ("customer",)})

    yield move_in
    Mailing.objects.all().delete()
    Exemption.objects.all().delete()
    Holdout.objects.all().delete()
    Customer.objects.all().delete()


@pytest.fixture
def sending(world, mortals, people_of):
    def begin(*kinds: str) -> Mailing:
        people_of(*kinds)
        plan(world, mortals)
        mailing = Mailing.objects.get()
        now = world.clock.now()
        values = {"state": "sending", "approved_at": now, "started_at": now}
        Mailing.objects.update(**values)
        Notice.objects.filter(state="waiting").update(send_after=now)
        return mailing

    return begin


def plan(world: World, mortals: Mortals, death: Death | None = None) -> str:
    campaign = Holdout.objects.values_list("campaign", flat=True).first()
    return mortals.do(PLAN, death, campaign_id=campaign, today=DAY, now=world.clock.now())


def recover(world: World, mortals: Mortals) -> None:
    """The other workers go on, hours pass, and the log tells what is left to tell."""
    world.clock.pass_by(timedelta(minutes=2))
    mortals.must(SEND)
    for _ in range(3):
        world.clock.pass_by(timedelta(minutes=90))
        for verb in (READ, SETTLE, SEND, SETTLE):
            mortals.must(verb)
        if not Notice.objects.open().exists():
            return


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_is_killed(step, world, mortals, sending):
    death, in_the_dark = STEPS[step]
    mailing = sending()
    assert mortals.do(SEND, death) == "signal 9", f"the step was never reached: {death}"
    assert Notice.objects.unsettled().count() == in_the_dark
    assert numbers(mailing).planned == EACH
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH)
    assert state_of(mailing) == Mailing.State.FINISHED


@pytest.mark.parametrize("step", AT_THE_RELAY)
def test_a_worker_is_killed_while_the_relay_is(step, world, mortals, sending):
    mailing = sending()
    assert world.order(at=step, kill="client")
    assert mortals.do(SEND) == "signal 9"
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH)


@pytest.mark.parametrize("step", [*AT_THE_RELAY, "queued"])
def test_the_relay_is_killed(step, world, mortals, sending):
    mailing = sending()
    assert world.order(at=step, kill="relay")
    mortals.must(SEND)
    world.processes["relay"].wait(60)
    world.start("relay")
    world.wait_for_answers()
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH)


@pytest.mark.parametrize("event", ["call", "return"])
@pytest.mark.parametrize("function", ["fill", "plan_reminder"])
def test_a_worker_is_killed_while_planning(function, event, world, mortals, people_of):
    people_of()
    assert plan(world, mortals, Death("planning.py", function, event)) == "signal 9"
    assert Mailing.objects.count() == (1 if (function, event) == ("plan_reminder", "return") else 0)
    assert plan(world, mortals) == "done"
    assert Notice.objects.for_mailing(Mailing.objects.get()).count() == EACH


@pytest.mark.parametrize(
    "death", [Death("models/ledger.py", "withdraw_all"), Death("models/ledger.py", "withdraw_all", "return")]
)
def test_whoever_cancels_is_killed(death, world, mortals, sending):
    mailing = sending()
    words = {"mailing_id": mailing.pk, "now": world.clock.now()}
    assert mortals.do("notices.mailings.cancel", death, **words) == "signal 9"
    assert (state_of(mailing), numbers(mailing).waiting) == (Mailing.State.SENDING, EACH), "all of it, or nothing"
    mortals.must("notices.mailings.cancel", **words)
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH, withdrawn=EACH)


def test_whoever_pauses_is_killed_and_a_worker_too(world, mortals, sending):
    mailing = sending()
    assert mortals.do(SEND, Death("dispatch.py", "_send", "return", 4)) == "signal 9"
    words = {"mailing_id": mailing.pk, "now": world.clock.now()}
    assert (
        mortals.do("notices.mailings.pause", Death("mailings.py", "pause", "return"), reason="", **words) == "signal 9"
    )
    mortals.must(SEND)
    assert (state_of(mailing), numbers(mailing).accepted) == (Mailing.State.PAUSED, 3)
    mortals.must("notices.mailings.resume", **words)
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH)


def test_a_worker_is_killed_while_it_withdraws(world, mortals, sending):
    mailing = sending("excused", "customer")
    people.excuse("excused")
    assert mortals.do(SEND, Death("ledger.py", "_settle_one", "return")) == "signal 9"
    recover(world, mortals)
    promise.held(world, mailing, planned=2 * EACH, withdrawn=EACH)


@pytest.mark.parametrize(
    "death",
    [
        Death("record.py", "_end_leases", "return"),
        Death("record.py", "_let_go_again"),
        Death("mailings.py", "reopen"),
        Death("mailings.py", "reopen", "return"),
    ],
)
def test_a_worker_is_killed_while_it_settles_what_another_one_left(death, world, mortals, sending):
    mailing = sending()
    assert mortals.do(SEND, Death("ledger.py", "claim", "return")) == "signal 9"
    world.clock.pass_by(timedelta(minutes=2))
    mortals.must(SEND)
    world.clock.pass_by(timedelta(minutes=90))
    mortals.must(READ)
    assert mortals.do(SETTLE, death) == "signal 9"
    recover(world, mortals)
    promise.held(world, mailing, planned=EACH)
