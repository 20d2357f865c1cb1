"""What the product itself stands on: database, Redis, beat and worker, disk, clock."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import InterfaceError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.doctor.finding import Finding, ok, problem, unchecked, warning

HEARTBEAT = "heartbeat"  # the Redis key in which beat and a worker leave the time
LATE, GONE = timedelta(seconds=90), timedelta(minutes=5)  # it beats every half minute
SKEW = timedelta(seconds=5)
GB = 1 << 30
LITTLE, TOO_LITTLE = 5 * GB, GB


def check(*, now: datetime) -> Iterator[Finding]:
    database_at = None
    for finding, told in _database():
        database_at = told or database_at
        yield finding
    redis_at = None
    for finding, told in _redis(now=now):
        redis_at = told or redis_at
        yield finding
    yield clock({_("the database"): database_at, _("Redis"): redis_at}, now=now)
    for folder in dict.fromkeys((settings.DATA, settings.SEGMENTS)):
        yield from _folder(folder)


def _database() -> Iterator[tuple[Finding, datetime | None]]:
    try:
        at = _database_clock()
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (DatabaseError, InterfaceError) as error:
        advice = _("Look whether the database runs, and at DATABASE_URL.")
        yield problem("database", str(error).strip()[:300], advice), None
        return
    yield ok("database", connection.vendor), at
    if missing:
        said = ngettext("%(missing)s migration is not applied.", "%(missing)s migrations are not applied.", missing)
        yield problem("migrations", said % {"missing": missing}, _("Run manage.py migrate.")), None
    else:
        yield ok("migrations", _("All are applied.")), None


def _database_clock() -> datetime | None:
    """None where it is this machine's own."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT 1")
            return None
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return datetime.fromtimestamp(float(cursor.fetchone()[0]), UTC)


def _redis(*, now: datetime) -> Iterator[tuple[Finding, datetime | None]]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    try:
        seconds, micros = client.time()
        beaten = client.get(HEARTBEAT)
    except redis.RedisError as error:
        yield problem("redis", str(error)[:300], _("Look whether Redis runs, and at REDIS_URL.")), None
        yield unchecked("beat", _("Beat and workers talk over Redis, which does not answer.")), None
        return
    finally:
        client.close()
    local = settings.REDIS_URL.startswith("unix:")
    yield ok("redis", settings.REDIS_URL.rpartition("@")[2]), None if local else _moment(seconds + micros / 1e6)
    yield beat(_moment(float(beaten)) if beaten else None, now=now), None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def beat(last: datetime | None, *, now: datetime) -> Finding:
    """By the time that beat and a worker together left last."""
    advice = _("Start celery beat, once, and at least one worker: without them nothing is read and nothing goes out.")
    if last is None:
        return problem("beat", _("Beat and a worker have never been at work together."), advice)
    seconds = int((now - last).total_seconds())
    said = _("Beat and a worker were at work %(seconds)s seconds ago.") % {"seconds": seconds}
    if now - last > GONE:
        return problem("beat", said, advice)
    if now - last > LATE:
        return warning(
            "beat", said, _("The workers are busy or beat is late: start more workers, and look at their logs.")
        )
    return ok("beat", said)


def clock(others: dict[str, datetime | None], *, now: datetime) -> Finding:
    told = {name: at - now for name, at in others.items() if at is not None}
    advice = _("Let NTP set the clocks of all machines (timedatectl shows whether it does).")
    if not told:
        return unchecked("clock", _("Everything is on this machine, so there is no other clock to compare."), advice)
    said = ", ".join(f"{name}: {shift.total_seconds():+.1f} s" for name, shift in told.items())
    if max(abs(shift) for shift in told.values()) > SKEW:
        return warning("clock", said, advice)
    return ok("clock", said)


def _folder(folder: Path) -> Iterator[Finding]:
    there = next(each for each in (folder, *folder.parents) if each.exists())  # what is missing is made when needed
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(b"x")
            probe.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        said = f"{folder}: {error.strerror or error}"
        yield problem("folder", said, _("Make the folder, and let the user of this process write there."))
        return
    yield ok("folder", str(folder))
    yield room(folder, free)


def room(folder: Path, free: int) -> Finding:
    said = _("%(folder)s has %(gigabytes)s GB left.") % {"folder": folder, "gigabytes": f"{free / GB:.1f}"}
    advice = _("Make room: lower RETENTION_DAYS, or give it a larger disk.")
    if free < TOO_LITTLE:
        return problem("disk", said, advice)
    return warning("disk", said, advice) if free < LITTLE else ok("disk", said)
