"""The months before today, as they really went: logs are written, read, and answered by rounds.

Everything the loop does is found again after a kill: what is written stands in the state,
what is read and sent stands in the database.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign.customers import rollup
from campaign.models import Campaign
from campaign.plan import campaigns
from campaign.sample import calls, rounds, visits
from campaign.sample.hands import Hands
from campaign.sample.relay import Journal
from campaign.sample.state import State, load, save
from campaign.sample.world import Day, World
from campaign.sample.writer import Writer
from campaign.submissions import intake
from notices.deliveries import record

Say = Callable[[str], None]
AT_ONCE = 10  # days that are written before the hands begin to attribute them


def state_of(folder: Path, *, today: date, seed: int, count: int, days: int, zone: ZoneInfo) -> State:
    """The state of an earlier run, or that of a new provider with so many customers and days of history."""
    state = load(folder)
    if state is None:
        begins = today - timedelta(days=days)
        starts = max(_month(today, -5), _month(begins, 1))
        until = int(datetime.combine(begins, time(), tzinfo=zone).timestamp())
        state = State(seed, count, begins.isoformat(), starts.isoformat(), until)
        folder.mkdir(parents=True, exist_ok=True)
        save(folder, state)
    return state


def _month(day: date, shift: int) -> date:
    """The first day of a month so many months away."""
    years, month = divmod(day.year * 12 + day.month - 1 + shift, 12)
    return date(years, month + 1, 1)


class History:
    def __init__(
        self, folder: Path, world: World, journal: Journal, *, hands: Hands, approver_id: int, say: Say
    ) -> None:
        state = load(folder)
        assert state is not None, "state_of() comes first"
        self.world, self.journal, self.say = world, journal, say
        self.writer, self.hands = Writer(folder, state), hands
        self.approver_id = approver_id
        self._lines = 0
        self._unread = 0

    @property
    def state(self) -> State:
        return self.writer.state

    def catch_up(self, *, now: datetime) -> None:
        """Write, read and send everything up to `now`."""
        today = self.world.day_of(int(now.timestamp()))
        starts_on = self.state.day("starts_on")
        calls.open_desk(starts_on=starts_on, today=today, now=now, changed_by_id=self.approver_id)
        self.world.learn(rounds.accepted_notices())
        # What an earlier run read and left unattributed.
        self.hands.attribute(intake.stale_days(now=now), now=now)
        while (day := self.world.day_of(self.state.until)) < today:
            self._open_campaigns(day)
            self._turn_month(day)
            # This month's round is left to whoever looks at the sample.
            if (day.year, day.month) != (today.year, today.month) and rounds.is_busy(day, zone=self.world.zone):
                self._round(day)
            self.write_until(self.world.midnight(day + timedelta(days=1)))
            self._unread += 1
            if self._unread >= AT_ONCE:
                self.begin_reading(now=self._written_until())
        self._turn_month(today)
        self._open_campaigns(today)
        self.write_until(int(now.timestamp()))
        self.read(now=now)
        self._take_calls(now)
        planned = rounds.plan_for_approval(today, zone=self.world.zone)
        if planned:
            self.say(f"{planned:,} notices of this month's round wait for approval")

    def write_until(self, moment: int) -> None:
        """The rest of the current day, or a part of it."""
        day = self.world.day_of(self.state.until)
        written = self.state.until - self.world.midnight(day)
        writing = Day(self.world, day, self.journal, written=written, in_log=self.state.journal)
        mail, logins = writing.until(moment)
        self._lines += len(mail) + len(logins)
        self.writer.append(mail, logins, until=min(moment, writing.end), journal=writing.in_log)

    def begin_reading(self, *, now: datetime) -> None:
        """Read what is written, and leave its attribution to the hands."""
        self._unread = 0
        self.writer.dated(now.timestamp())
        self.hands.wait()  # reading replaces the last pieces of what they may still be attributing
        report = intake.read(self.writer.growing, now=now)
        # Days pass here ten at a time, and no notice is followed for longer than a week.
        for ago in (timedelta(days=4), timedelta()):
            record.settle(now=now - ago)
        self.hands.attribute(report.days, now=now)

    def read(self, *, now: datetime) -> None:
        """What the pipeline does every minute, at a moment of the past; to its end."""
        self.begin_reading(now=now)
        days = self.hands.attributed()
        rollup.bring_up_to_date(days=days, today=self.world.day_of(int(now.timestamp())))
        record.settle(now=now)

    def _turn_month(self, day: date) -> None:
        """On the first moment of a month: read the old month to its end, then put it away."""
        if day.day != 1 or self.state.until != self.world.midnight(day) or self.state.rotated == day.isoformat():
            return
        self.read(now=self._written_until())
        self.writer.rotate(day)
        left = [f"{campaign.holdouts.left().count():,} left in {campaign.name}" for campaign in Campaign.objects.all()]
        self.say(", ".join([f"{self._month_name(day)}: {self._lines:,} lines written and read", *left]))
        self._lines = 0

    @staticmethod
    def _month_name(day: date) -> str:
        return f"{day - timedelta(days=1):%Y-%m}"

    def _take_calls(self, until: datetime) -> None:
        since = until - timedelta(days=75)  # the last round was at most two months ago
        calls.record(since=since, until=until, zone=self.world.zone, made_by_id=self.approver_id)
        visits.record(since=since, until=until)

    def _round(self, day: date) -> None:
        self.read(now=self._written_until())
        self._take_calls(self._written_until())
        planned = rounds.prepare(day, zone=self.world.zone, approver_id=self.approver_id)
        accepted = self.hands.send(day)
        self.world.learn(rounds.accepted_notices())
        news = [f"{planned:,} notices planned and approved"] if planned else []
        self.say(", ".join([*news, f"{accepted:,} sent on {day}"]))

    def _written_until(self) -> datetime:
        return datetime.fromtimestamp(self.state.until, UTC)

    def _open_campaigns(self, day: date) -> None:
        begins = self.state.day("starts_on")
        cutoff = _month(begins, 10)
        for name, starts_on, cutoff_on in (
            (Campaign.Name.POP_BEFORE_SMTP, begins, cutoff),
            (Campaign.Name.LOCAL_PORT25, _month(begins, 3), _month(cutoff, 2)),
        ):
            if starts_on > day:
                continue
            if not Campaign.objects.filter(name=name).exists():
                campaigns.open_campaign(name=name, starts_on=starts_on, cutoff_on=cutoff_on)
                self.say(f"{day}: the campaign {name} begins, its cut-off is {cutoff_on}")
            campaign = Campaign.objects.get(name=name)
            rounds.decide_waves(campaign, day, now=self._written_until(), user_id=self.approver_id)
