"""Seconds to replace a day's use in PostgreSQL beside the ORM's bulk_create of the same rows, in turn.

    python bench/load.py [--users 200000] [--days 30] [--runs 30] [--database sqlite]

Fills so many days of so many users into a server of its own, then replaces a day a run twice, in a transaction each:
once by the product, once by the ORM, which begins every second run. Both start from the same rows in DuckDB and
remove the day's old ones; the product also finds each user by his login, which the ORM is spared: it is handed the
ids. In the first run the rows must come out the same. Exits with 1 when the median of the runs' ratios is below 5.
"""

import argparse
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).resolve().parents[1]
AT_LEAST = 5
FIRST = date(2026, 5, 1)
ROWS = """
CREATE OR REPLACE TABLE use AS
SELECT 'user' || n || '@isp.example' AS login,
       CASE WHEN n % 5 = 0 THEN 'smtp_auth' ELSE 'pop_before_smtp' END AS submission_class,
       1 + hash(n, $day) % 9 AS submissions, submissions - hash(n) % 2 AS confirmed,
       CASE WHEN n % 40 = 0 THEN 1 ELSE 0 END AS auth_failed,
       strftime($day::TIMESTAMP + to_seconds(hash(n, $day) % 86400), '%Y-%m-%d %H:%M:%S') AS last_at,
       '["198.18.' || n // 3 // 256 % 256 || '.' || n // 3 % 256 || '"]' AS addresses,
       ['', 'thunderbird', 'outlook', 'iphone'][1 + n % 4] AS client_program,
       0 AS beside_auth, 0 AS at_old_door, n % 7 // 6 AS foreign_senders, n % 100 = 0 AS machine_like
FROM range(1, $users + 1) AS numbers (n)
ORDER BY login, submission_class"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=200_000)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--runs", type=int, help="days that are replaced and timed; by default all")
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    given = options.parse_args()
    with ExitStack() as stack:
        prepare(stack, given.database)
        days = [FIRST + timedelta(days=number) for number in range(given.days)]
        ratios = measure(given.users, days, days[: given.runs])
        print(f"median ratio {median(ratios):.1f} (wanted: at least {AT_LEAST}), load average {os.getloadavg()[0]:.1f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak:.0f} MB, most of it the ORM's")
    sys.exit(int(median(ratios) < AT_LEAST))


def prepare(stack: ExitStack, database: str) -> None:
    """Django with an empty database of our own."""
    data = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
    url = f"sqlite:///{data}/bench.sqlite3"
    if database == "postgresql":
        from cluster import postgresql

        url = stack.enter_context(postgresql())
    os.environ |= {"DATA": data, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "campaign.settings"}
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    stack.callback(connection.close)


def measure(users: int, days: list[date], replaced: list[date]) -> list[float]:
    """Prints a line for each day that is replaced; the ratios of their seconds."""
    from campaign.models import Customer
    from campaign.submissions.loading import replace_use

    con = duckdb.connect()
    for day in days:
        con.execute(ROWS, {"day": day.isoformat(), "users": users})
        in_transaction(replace_use, con.table("use"), day)
    ids = dict(Customer.objects.values_list("login", "pk"))
    print(f"{len(days)} days of {len(ids):,} users; seconds, and of these the client's processor time")
    print(f"{'day':>10} {'product':>8} {'CPU':>6} {'ORM':>8} {'CPU':>6} {'ratio':>6}")
    ratios = []
    for number, day in enumerate(replaced):
        con.execute(ROWS, {"day": day.isoformat(), "users": users})
        ways = {"product": replace_use, "ORM": lambda rows, day: by_orm(rows, day, ids)}
        took, left = {}, {}
        for name in sorted(ways, reverse=bool(number % 2)):
            clean_up()
            took[name] = in_transaction(ways[name], con.table("use"), day)
            left[name] = digest(day) if number == 0 else ""
        if left["product"] != left["ORM"]:
            sys.exit("the rows are not the same")
        ratios.append(took["ORM"][0] / took["product"][0])
        figures = " ".join(f"{took[name][0]:>8.2f} {took[name][1]:>6.2f}" for name in ways)
        print(f"{day!s:>10} {figures} {ratios[-1]:>6.1f}", flush=True)
    return ratios


def in_transaction(replace: Callable, rows: duckdb.DuckDBPyRelation, day: date) -> tuple[float, float]:
    """Seconds up to the commit, and this process's seconds of processor time."""
    from django.db import transaction

    began, before = time.monotonic(), sum(os.times()[:2])
    with transaction.atomic():
        replace(rows, day)
    return time.monotonic() - began, sum(os.times()[:2]) - before


def by_orm(rows: duckdb.DuckDBPyRelation, day: date, ids: dict[str, int]) -> None:
    """The peer: the same rows as one writes them with Django."""
    import json
    from datetime import UTC, datetime

    from campaign.models import DailyUse

    names = rows.columns
    DailyUse.objects.filter(day=day).delete()
    DailyUse.objects.bulk_create(
        DailyUse(
            customer_id=ids[use.pop("login")],
            day=day,
            last_at=datetime.fromisoformat(use.pop("last_at")).replace(tzinfo=UTC),
            addresses=json.loads(use.pop("addresses")),
            **use,
        )
        for row in rows.fetchall()
        for use in [dict(zip(names, row, strict=True))]
    )


def clean_up() -> None:
    """Both begin with a table without dead rows."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE campaign_dailyuse")


def digest(day: date) -> str:
    from campaign.models import DailyUse

    found = hashlib.sha256()
    for row in DailyUse.objects.filter(day=day).order_by("customer_id", "submission_class").values_list().iterator():
        found.update(repr(row).encode())
    return found.hexdigest()


if __name__ == "__main__":
    main()
