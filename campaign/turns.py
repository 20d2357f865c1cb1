"""Jobs of which only one may run at a time, on whatever worker: a lock in Redis."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import redis
from django.conf import settings
from redis.exceptions import LockError

LEASE = timedelta(seconds=60)  # how long the lock of a worker that died stands in the way


@contextmanager
def only_one(job: str, *, lease: timedelta = LEASE) -> Iterator[bool]:
    """True for one at a time; False, at once, for whoever comes while that one is at work.

    The lock is renewed for as long as the block runs. It spares work and waiting; the jobs
    themselves must be safe to run twice.
    """
    client = redis.Redis.from_url(settings.REDIS_URL)
    lock = client.lock(f"only-one:{job}", timeout=lease.total_seconds(), blocking=False, thread_local=False)
    if not lock.acquire():
        client.close()
        yield False
        return
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(lock, done, lease.total_seconds() / 3), daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        done.set()
        renewing.join()
        _release(lock)
        client.close()


def _renew(lock, done: threading.Event, every: float) -> None:
    while not done.wait(every):
        try:
            lock.reacquire()
        except (LockError, redis.ConnectionError, redis.TimeoutError):
            return  # lost; the job goes on, for it is safe to run twice


def _release(lock) -> None:
    try:
        lock.release()
    except (LockError, redis.ConnectionError, redis.TimeoutError):
        return  # it has run out by itself, or will
