"""Seconds to plan a mailing for a million holdouts in PostgreSQL, beside the ORM's bulk_create of the same notices.

    python bench/planning.py [--holdouts 1000000] [--runs 3] [--database sqlite]

Fills so many customers, all of them holdouts and two in three of them due, half of whom have had a notice of an
earlier mailing, into a server of its own. Each run plans the month's reminder as beat does, to the commit: who is due
is looked up, every notice gets its number, Message-ID, token and slot. Then the ORM writes the same rows in a
transaction, which it is handed as they are: it looks up and computes nothing. In the first run both must have left
the same. Exits with 1 when the median of the planning is not below a minute for each million due.
"""

import argparse
import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))
from load import prepare

SECONDS = 60  # for a million
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # eight in the morning in Tokyo
AT_A_TIME = 1000  # rows of a statement of the ORM


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--holdouts", type=int, default=1_000_000, help="that are due; half as many are not")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    given = options.parse_args()
    os.environ |= {"LOCAL_DOMAINS": "isp.example"}
    with ExitStack() as stack:
        prepare(stack, given.database)
        fill(given.holdouts)
        took = measure(given.runs)
    middle, wanted = median(took), SECONDS * given.holdouts / 1_000_000
    print(f"median of planning {middle:.1f} s (wanted: below {wanted:.0f}), load average {os.getloadavg()[0]:.1f}")
    sys.exit(int(middle >= wanted))


def fill(due: int) -> None:
    """Of each three holdouts two are due and one has moved; every second of all got a notice two months ago."""
    from django.db import connection

    from campaign.models import Campaign
    from notices.models import Mailing

    campaign = Campaign.objects.create(name="pop_before_smtp", starts_on="2026-04-01", cutoff_on="2027-03-31")
    earlier = Mailing.objects.create(
        campaign=campaign, period="2026-10", state="finished", planned_at=NOW, expires_on=TODAY, daily_cap=500
    )
    people = due * 3 // 2
    values = {"people": people, "campaign": campaign.pk, "earlier": earlier.pk}
    with connection.cursor() as cursor:
        for statement in FILLING:
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")
    print(f"{people:,} holdouts, {due:,} of them due")


SERIES = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(people)s)"
FILLING = (
    f"""INSERT INTO campaign_customer (login, name, language, contact_address, contract, client_program)
    {SERIES} SELECT 'user' || n || '@isp.example', '', CASE WHEN n %% 25 = 0 THEN 'en' ELSE 'ja' END,
    CASE WHEN n %% 10 = 0 THEN 'shop' || n || '@shop.example' ELSE '' END, '', 'outlook' FROM numbers""",  # noqa: S608 (text of ours)
    """INSERT INTO campaign_holdout (campaign_id, customer_id, identified_on, first_legacy_on, last_legacy_on,
    last_legacy_at, standing, standing_since, relapsed, reason, client_program, wave_pinned)
    SELECT %(campaign)s, id, '2026-04-01', '2026-04-01', '2026-11-29', '2026-11-29 03:00:00+00:00',
    CASE id %% 3 WHEN 0 THEN 'migrated' WHEN 1 THEN 'mixed' ELSE 'holdout' END, '2026-04-01', FALSE, 'never_tried',
    client_program, FALSE FROM campaign_customer""",
    """INSERT INTO notices_notice (mailing_id, holdout_id, number, message_id, token_digest, language, client_program,
    state, send_after, attempts, accepted_at, ended_at, reply)
    SELECT %(earlier)s, id, CAST(100000000 + id * 7 AS TEXT), 'old' || id, 'old' || id, 'ja', '', 'accepted',
    '2026-10-01 00:00:00+00:00', 1, '2026-10-01 00:00:00+00:00', '2026-10-01 00:00:00+00:00', ''
    FROM campaign_holdout WHERE id %% 2 = 0""",
)


def measure(runs: int) -> list[float]:
    from notices.models import Mailing

    took = []
    print(f"{'run':>3} {'planning':>9} {'CPU':>6} {'peak MB':>8} {'ORM':>8} {'CPU':>6} {'ratio':>6}")
    for run in range(runs):
        clean_up()
        seconds, cpu = timed(plan)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        left = digest() if run == 0 else ""
        keep()
        mailing = Mailing.objects.get(period="2026-12")
        clean_up()
        orm, orm_cpu = timed(lambda: by_orm(mailing))  # noqa: B023 (called at once)
        if run == 0 and left != digest():
            sys.exit("the rows are not the same")
        took.append(seconds)
        figures = f"{seconds:>9.1f} {cpu:>6.1f} {peak:>8.0f} {orm:>8.1f} {orm_cpu:>6.1f} {orm / seconds:>6.1f}"
        print(f"{run + 1:>3} {figures}", flush=True)
    return took


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds up to the commit, and this process's seconds of processor time."""
    began, before = time.monotonic(), sum(os.times()[:2])
    work()
    return time.monotonic() - began, sum(os.times()[:2]) - before


def plan() -> None:
    from campaign.models import Campaign
    from notices import planning

    if planning.plan_reminder(campaign_id=Campaign.objects.get().pk, today=TODAY, now=NOW) is None:
        sys.exit("nothing was planned")


def keep() -> None:
    """The planned rows move to a table without indexes, from where the ORM is handed them."""
    execute("DROP TABLE IF EXISTS kept")
    execute("CREATE TABLE kept AS SELECT * FROM notices_notice WHERE message_id NOT LIKE 'old%%'")
    execute("CREATE INDEX kept_by_id ON kept (id)")


def by_orm(mailing: object) -> None:
    """The peer: the same rows as one writes them with Django."""
    from django.db import transaction

    from notices.models import Notice

    with transaction.atomic():
        mailing.pk = None
        mailing.save(force_insert=True)
        for rows in kept():
            Notice.objects.bulk_create(Notice(**row, mailing=mailing) for row in rows)


def kept() -> Iterator[list[dict[str, object]]]:
    from notices.models import Notice

    fields = [field.attname for field in Notice._meta.local_concrete_fields]
    names = [name for name in fields if name not in ("id", "mailing_id")]
    statement = f"SELECT * FROM kept WHERE id > %s ORDER BY id LIMIT {AT_A_TIME}"  # noqa: S608 (a number of ours)
    last = 0
    while rows := list(Notice.objects.raw(statement, [last])):
        yield [{name: getattr(row, name) for name in names} for row in rows]
        last = rows[-1].pk


def clean_up() -> None:
    """Both begin with the tables as they were, without dead rows."""
    from notices.models import Mailing

    execute("DELETE FROM notices_notice WHERE message_id NOT LIKE 'old%%'")
    Mailing.objects.filter(period="2026-12").delete()
    from django.db import connection

    if connection.vendor == "postgresql":
        execute("VACUUM ANALYZE notices_notice")


def execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {})


def digest() -> str:
    from notices.models import Notice

    found = hashlib.sha256()
    rows = Notice.objects.filter(mailing__period="2026-12").order_by("holdout_id").values_list()
    for row in rows.iterator():
        found.update(repr(row[2:]).encode())
    return found.hexdigest()


if __name__ == "__main__":
    main()
