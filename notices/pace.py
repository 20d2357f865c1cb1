"""How fast notices go out: the rate of a second, the cap of a day, connections, and waits after trouble."""

import secrets
from datetime import date, timedelta

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F

from notices import allowance
from notices.models import Attempt, Mailing, SendingDay

BATCH_SECONDS = 12  # a batch ends before beat asks for the next one
CHUNK_SECONDS = 0.1  # a worker claims what goes out in this time,
CHUNK = 250  # and no more: so many may be of unknown outcome when it dies
NOT_TAKEN_IN_A_ROW = 5  # no connection, or the relay does not take our mail
ERRORS, OUT_OF = 10, 20
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
TRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))


def retry_after(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts; longer each time, four hours at most."""
    return WAITS[min(max(attempts, 1), len(WAITS)) - 1]


def try_after(tries: int) -> timedelta:
    """How long a pause for the relay's sake waits after so many tries in vain; a quarter of an hour at most."""
    return TRIES[min(tries, len(TRIES) - 1)]


def trouble(recent: str) -> Mailing.PauseCause | None:
    """What the letters of the last attempts, newest last, say is wrong, if going on would do harm.

    Refusals are final for those who are refused: only a person can say that the rest shall be tried.
    """
    in_a_row = recent[-NOT_TAKEN_IN_A_ROW:]
    if len(in_a_row) == NOT_TAKEN_IN_A_ROW and set(in_a_row) <= {Attempt.NO_CONNECTION.value, Attempt.BARRED.value}:
        return Mailing.PauseCause.RELAY
    last = recent[-OUT_OF:]
    errors = len(last) - last.count(Attempt.SENT.value)
    if errors < ERRORS:
        return None
    mostly_refused = 2 * last.count(Attempt.REFUSED.value) >= errors
    return Mailing.PauseCause.REFUSALS if mostly_refused else Mailing.PauseCause.RELAY


def batch_limit() -> int:
    """So many notices a worker sends in one turn."""
    return settings.NOTICE_PER_SECOND * BATCH_SECONDS


def chunk_size() -> int:
    """So many are claimed together."""
    return max(1, min(CHUNK, int(settings.NOTICE_PER_SECOND * CHUNK_SECONDS)))


def take_from_day(day: date, *, wanted: int, cap: int | None) -> int:
    """Take notices from the day's cap, which holds over all mailings and workers; how many were left.

    What the desk allows bounds the cap; without a cap all are granted, and others get what is left. Committed
    before anything is sent: a worker that dies makes the day smaller, never larger.
    """
    allowance.of_day(day)
    with transaction.atomic(durable=True):
        row = SendingDay.objects.select_for_update(no_key=True).get(day=day)
        granted = wanted if cap is None else max(0, min(wanted, row.bound(cap) - row.taken))
        if granted:
            SendingDay.objects.filter(day=day).update(taken=F("taken") + granted)
    return granted


def give_back_to_day(day: date, unused: int) -> None:
    """What was taken from its cap and did not go out."""
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
        self._redis = _client(url)
        self._next = self._redis.register_script(self.NEXT_MOMENT)
        self._key = key

    def take(self, moments: int = 1) -> float:
        """Seconds to wait before so many notices may go, the next ones after as many moments.

        Raises `redis.RedisError` when nobody keeps the pace.
        """
        return int(self._next(keys=[self._key], args=[moments * self._interval])) / 1_000_000

    def close(self) -> None:
        self._redis.close()


class Place:
    """A worker's place among the open connections; fewer are given for a while after the relay found them too many."""

    STANDS = 600  # seconds, more than a chunk takes at a slow relay: so long the place of a dead worker counts
    FEWER_FOR = 600  # seconds
    TAKE = """
        local now = tonumber(redis.call('TIME')[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        local most = tonumber(redis.call('GET', KEYS[2]) or '1000000')
        local here = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if not here and redis.call('ZCARD', KEYS[1]) >= most then return 0 end
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
        return 1
    """
    TOO_MANY = """
        redis.call('ZREM', KEYS[1], ARGV[1])
        local others = redis.call('ZCARD', KEYS[1])
        redis.call('SET', KEYS[2], math.max(1, others), 'EX', ARGV[2])
        return others
    """

    def __init__(self, *, url: str, key: str = "notices:connections"):
        self._redis = _client(url)
        self._keys = [key, f"{key}-allowed"]
        self._name = secrets.token_hex(8)

    def take(self) -> bool:
        """Take the place, or keep it; False while the relay takes fewer connections than there are workers.

        Raises `redis.RedisError`.
        """
        return bool(self._redis.eval(self.TAKE, 2, *self._keys, self._name, self.STANDS))

    def too_many(self) -> int:
        """The relay turned this connection away because there are too many; how many others it keeps."""
        return int(self._redis.eval(self.TOO_MANY, 2, *self._keys, self._name, self.FEWER_FOR))

    def close(self) -> None:
        """Leave the place. Where Redis is gone, the place ends by itself."""
        try:
            self._redis.zrem(self._keys[0], self._name)
        except redis.RedisError:
            return
        finally:
            self._redis.close()


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
