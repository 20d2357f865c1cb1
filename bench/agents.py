"""People of a help desk at work at once: each asks for a page, reads it for a while, and asks for the next.

Of eleven pages one is the dashboard, one of the mailings, and three each are lists, searches and customers: somebody
calls, is searched for and looked at, and between the calls people work lists off. A page is read for five to ten
seconds, each time is as likely; the first one comes some time within the first ten seconds. What an agent asks does
not wait for others.
"""

import random
import threading
import time
from collections.abc import Callable

import serving

AGENTS = 20
READING = (5.0, 10.0)  # seconds
SHARES = {"dashboard": 1, "mailing": 1, "list": 3, "search": 3, "customer": 3}  # of eleven pages
Rows = dict[str, list[float]]  # milliseconds by row
Pages = dict[str, Callable[[], str]]


def group_of(row: str) -> str:
    return row.partition(":")[0]


def at_work(port: int, pages: Callable[[random.Random], Pages], *, seconds: float, reading: bool = True) -> Rows:
    """So long they ask; without `reading` each asks for the next page as soon as one is there."""
    cookies = [serving.session() for _ in range(AGENTS)]
    until = time.monotonic() + seconds
    times: Rows = {}
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            _work(port, pages, cookies[number], random.Random(number), until, times, reading)
        except BaseException as error:  # told by who waits for the threads
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return times


def _work(
    port: int,
    pages: Callable[[random.Random], Pages],
    cookie: str,
    rng: random.Random,
    until: float,
    times: Rows,
    reading: bool,
) -> None:
    from django.db import connection

    mine = pages(rng)
    rows = {group: [row for row in mine if group_of(row) == group] for group in SHARES}
    if reading:
        time.sleep(rng.uniform(0, READING[1]))
    while time.monotonic() < until:
        row = rng.choice(rows[rng.choices(list(SHARES), list(SHARES.values()))[0]])
        times.setdefault(row, []).append(serving.ask(port, mine[row](), cookie))
        if reading:
            time.sleep(rng.uniform(*READING))
    connection.close()
