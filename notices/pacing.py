"""How fast notices may go out: hours and days, the cap of a day, the rate of a second, waits after trouble."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaign.plan import calendar
from notices.models import Attempt, SendingDay

BATCH_SECONDS = 12  # a batch ends before beat asks for the next one
NOT_TAKEN_IN_A_ROW = 5  # no connection, or the relay does not take our mail
ERRORS, OUT_OF = 10, 20
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))


@dataclass(frozen=True)
class Hours:
    """When notices may go out: on working days, from the first hour on, before the second one."""

    first: int
    end: int
    zone: tzinfo
    is_working_day: Callable[[date], bool] = calendar.is_working_day

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.end <= 24:
            raise ValueError(f"from {self.first} to {self.end} o'clock: wanted a span within one day")

    def allow(self, now: datetime) -> bool:
        here = now.astimezone(self.zone)
        return self.first <= here.hour < self.end and self.is_working_day(here.date())

    def of(self, day: date) -> tuple[datetime, datetime]:
        begin = datetime.combine(day, time(self.first), tzinfo=self.zone)
        return begin, begin + timedelta(hours=self.end - self.first)


def hours() -> Hours:
    return Hours(settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR, timezone.get_default_timezone())


def slots(after: datetime, *, cap: int, within: Hours) -> Iterator[datetime]:
    """Without end, the times at which notices become due: evenly over the hours of working days,
    at most `cap` on one day, none before `after`; of a day that has begun only what is left."""
    step = timedelta(hours=within.end - within.first) / cap
    day = after.astimezone(within.zone).date()
    while True:
        if within.is_working_day(day):
            begin, _ = within.of(day)
            passed = max(0, math.ceil((after - begin) / step))
            for place in range(passed, cap):
                yield begin + place * step
        day += timedelta(days=1)


def retry_after(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts; longer each time, four hours at most."""
    return WAITS[min(max(attempts, 1), len(WAITS)) - 1]


def too_much_trouble(recent: str) -> bool:
    """Whether the letters of the last attempts, newest last, say that going on would do harm."""
    in_a_row = recent[-NOT_TAKEN_IN_A_ROW:]
    if len(in_a_row) == NOT_TAKEN_IN_A_ROW and set(in_a_row) <= {Attempt.NO_CONNECTION.value, Attempt.BARRED.value}:
        return True
    last = recent[-OUT_OF:]
    return len(last) - last.count(Attempt.SENT.value) >= ERRORS


def batch_limit() -> int:
    return settings.NOTICE_PER_SECOND * BATCH_SECONDS


def take_from_day(day: date, *, wanted: int, cap: int) -> int:
    """Take notices from the day's cap, which holds over all mailings and workers; how many were left.

    Committed before anything is sent: a worker that dies makes the day smaller, never larger.
    """
    SendingDay.objects.get_or_create(day=day)
    with transaction.atomic(durable=True):
        row = SendingDay.objects.select_for_update().get(day=day)
        granted = max(0, min(wanted, cap - row.taken))
        if granted:
            SendingDay.objects.filter(day=day).update(taken=F("taken") + granted)
    return granted


def give_back_to_day(day: date, unused: int) -> None:
    if unused:
        SendingDay.objects.filter(day=day).update(taken=F("taken") - unused)


class Rate:
    """One pace for all workers: each notice takes the next free moment of a clock that Redis keeps."""

    # The time is Redis's own, so that machines whose clocks differ keep one pace.
    NEXT_MOMENT = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
        redis.call('SET', KEYS[1], string.format('%.0f', free + tonumber(ARGV[1])), 'EX', 3600)
        return string.format('%.0f', free - now)
    """

    def __init__(self, *, per_second: int, url: str, key: str = "notices:next-moment"):
        self._interval = 1_000_000 // per_second
        self._redis = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._next = self._redis.register_script(self.NEXT_MOMENT)
        self._key = key

    def take(self) -> float:
        """Seconds to wait before the notice may go. Raises `redis.RedisError` when nobody keeps the pace."""
        return int(self._next(keys=[self._key], args=[self._interval])) / 1_000_000

    def close(self) -> None:
        self._redis.close()
