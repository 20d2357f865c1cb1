"""The sample's present: logs grow as time passes, and people answer the notices of the real workers."""

from datetime import datetime, timedelta

from campaign.sample import calls, rounds, visits
from campaign.sample.relay import Journal
from campaign.sample.world import Day, World
from campaign.sample.writer import Writer

TICK = 2.0  # seconds
CALLS_EVERY = timedelta(minutes=1)
LATE = timedelta(minutes=10)  # a notice may be committed that long after its time


class Live:
    def __init__(self, world: World, writer: Writer, journal: Journal) -> None:
        self.world, self.writer, self.journal = world, writer, journal
        self._calls_until: datetime | None = None
        state = writer.state
        day = world.day_of(state.until)
        written = state.until - world.midnight(day)
        self.day = Day(world, day, journal, written=written, in_log=state.journal)

    def until(self, now: datetime) -> int:
        """Write what is due before `now`; how many lines."""
        moment = int(now.timestamp())
        self.world.learn(rounds.accepted_notices(since=now - LATE))
        self._take_calls(now)
        lines = 0
        while moment > self.day.end:
            lines += self._append(self.day.end)
            tomorrow = self.world.day_of(self.day.end)
            if tomorrow.day == 1:
                self.writer.rotate(tomorrow)
            self.day = Day(self.world, tomorrow, self.journal, in_log=self.day.in_log)
        return lines + self._append(moment)

    def _append(self, moment: int) -> int:
        mail, logins = self.day.until(moment)
        if mail or logins or moment == self.day.end:
            self.writer.append(mail, logins, until=moment, journal=self.day.in_log)
        return len(mail) + len(logins)

    def _take_calls(self, now: datetime) -> None:
        if self._calls_until and now - self._calls_until < CALLS_EVERY:
            return
        since = self._calls_until or now - calls.LONGEST
        calls.record(since=since, until=now, zone=self.world.zone, made_by_id=None)
        visits.record(since=since, until=now)
        self._calls_until = now
