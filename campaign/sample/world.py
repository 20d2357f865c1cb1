"""The people, the notices that have reached them, and each day's lines as time goes by."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaign.sample import acts, relay
from campaign.sample.acts import Act, Kind
from campaign.sample.people import Person, people
from campaign.sample.reactions import Change, changes
from campaign.sample.relay import Fate, Journal, fate_of
from campaign.sample.state import State
from campaign.sample.traffic import Scribe, Truth
from campaign.sample.writer import STAMP

UNFORESEEN = 25000  # serial numbers of acts that are not in the day's plan
AFTER_CHANGE = 60  # seconds until the new settings are tried


class World:
    def __init__(self, state: State, *, zone: ZoneInfo) -> None:
        self.seed, self.zone = state.seed, zone
        self.persons: tuple[Person, ...] = people(seed=state.seed, count=state.count)
        self.begins = self.midnight(state.day("begins_on"))
        self.changes: dict[int, tuple[Change, ...]] = {}
        self._numbers = {person.login: person.number for person in self.persons}
        self._notices: dict[int, set[int]] = defaultdict(set)
        for person in self.persons:
            self._think(person)

    def midnight(self, day: date) -> int:
        return int(datetime.combine(day, time(), tzinfo=self.zone).timestamp())

    def day_of(self, moment: int) -> date:
        return datetime.fromtimestamp(moment, self.zone).date()

    def learn(self, notices: Iterable[tuple[str, int]]) -> None:
        """(login, second) of notices that were accepted; knowing one already does no harm."""
        touched = set()
        for login, at in notices:
            number = self._numbers.get(login)
            if number is not None and at not in self._notices[number] and fate_of(login) != Fate.BOUNCED:
                self._notices[number].add(at)
                touched.add(number)
        for number in touched:
            self._think(self.persons[number])

    def _think(self, person: Person) -> None:
        found = changes(person, begins=self.begins, notices=sorted(self._notices.get(person.number, ())))
        if found:
            self.changes[person.number] = found

    def tests_on(self, first: int, end: int) -> list[Act]:
        """The first mail after each change of settings, from one second to before another."""
        found = []
        for number, known in self.changes.items():
            for change in known:
                second = change.at + AFTER_CHANGE - first
                if 0 <= second < end - first:
                    found.append(Act(second, Kind.TEST, number, change.device, UNFORESEEN + number))
        return found


class Day:
    """One day, written bit by bit: `until` gives the lines that are due and not yet written.

    `written` is the second up to which an earlier run wrote the day, `in_log` the number
    of the journal's entries that it wrote.
    """

    def __init__(
        self,
        world: World,
        day: date,
        journal: Journal,
        *,
        written: int = 0,
        in_log: int = 0,
        truth: list[Truth] | None = None,
    ) -> None:
        self.day, self.world, self.journal = day, world, journal
        self.begin = world.midnight(day)
        self.end = world.midnight(day + timedelta(days=1))
        self.in_log = in_log
        self._acts = acts.plan(world.persons, seed=world.seed, day=day)
        self._next = 0
        self._tested: set[Act] = set()
        self._scribe = Scribe(world.persons, world.changes, day, world.zone, truth)
        for caught in journal.waiting(in_log, since=self.begin):
            self._log(relay.lines(caught, self._scribe.clock))
        if written:
            self.until(self.begin + written, old=in_log)

    def until(self, moment: int, *, old: int | None = None) -> tuple[list[str], list[str]]:
        """Mail and login lines stamped before `moment`; with `old`, no newer entries of the journal."""
        second = min(moment, self.end) - self.begin
        while self._next < len(self._acts) and self._acts[self._next].second < second:
            self._scribe.write(self._acts[self._next])
            self._next += 1
        for act in self.world.tests_on(self.begin, self.begin + second):
            if act not in self._tested:
                self._tested.add(act)
                self._scribe.write(act)
        if old is None:
            for caught in self.journal.since(self.in_log):
                self.in_log += 1
                self._log(relay.lines(caught, self._scribe.clock))
        return self._due(second)

    def _log(self, lines: tuple[list[str], list[str]]) -> None:
        self._scribe.mail += lines[0]
        self._scribe.logins += lines[1]

    def _due(self, second: int) -> tuple[list[str], list[str]]:
        scribe = self._scribe
        limit = scribe.clock.stamp(second) if self.begin + second < self.end else None
        return _taken(scribe.mail, limit), _taken(scribe.logins, limit)


def _taken(lines: list[str], before: str | None) -> list[str]:
    """Those stamped before, or all; they are no longer among the `lines` then."""
    if before is None:
        taken, left = lines[:], []
    else:
        taken = [line for line in lines if STAMP(line) < before]
        left = [line for line in lines if STAMP(line) >= before]
    lines[:] = left
    return taken
