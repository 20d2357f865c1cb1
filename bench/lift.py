"""Seconds to draw the waves of a million holdouts, to count what a round of them brought about, and to show it.

    python bench/lift.py [--holdouts 1000000] [--explain]

In a PostgreSQL of its own: every holdout with three changes of standing, a notice each in one announcement of three
waves with two months of slots, of which two waves are out. Drawing and counting are done in the background; the page
reads what was counted. `--explain` prints the plan of the counting. Exits with 1 when the page's median is not below
200 ms, or that of the counting not below a minute for each million.
"""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))
from load import prepare

PAGE, COUNTING = 0.2, 60  # seconds
PLANNED, TODAY = date(2026, 9, 1), date(2026, 11, 24)
FILL = """
INSERT INTO campaign_customer (id, login, name, language, contact_address, contract, client_program)
SELECT n, 'user' || n || '@isp.example', '', CASE WHEN n %% 10 = 0 THEN 'en' ELSE 'ja' END, '', '',
       (ARRAY['outlook', 'thunderbird', 'iphone', ''])[1 + n %% 4]
FROM generate_series(1, %(holdouts)s) AS n;
INSERT INTO campaign_holdout (id, campaign_id, customer_id, identified_on, first_legacy_on, last_legacy_on,
                              last_legacy_at, standing, standing_since, relapsed, reason, client_program)
SELECT n, 1, n, '2026-07-01', '2026-07-01', '2026-08-30', '2026-08-30', 'holdout', '2026-07-01', false,
       (ARRAY['never_tried', 'auth_failed', 'second_device'])[1 + n %% 3],
       (ARRAY['outlook', 'thunderbird', 'iphone', ''])[1 + n %% 4]
FROM generate_series(1, %(holdouts)s) AS n;
INSERT INTO campaign_standingchange (holdout_id, day, standing, previous)
SELECT n, DATE '2026-07-01', 'holdout', '' FROM generate_series(1, %(holdouts)s) AS n
UNION ALL
SELECT n, DATE '2026-09-01' + (n %% 9973 * 7919) %% 80, 'mixed', 'holdout' FROM generate_series(1, %(holdouts)s) AS n
WHERE n %% 2 = 0
UNION ALL
SELECT n, DATE '2026-09-01' + (n %% 9973 * 7919) %% 80 + 3, 'moving', 'mixed' FROM generate_series(1, %(holdouts)s) AS n
WHERE n %% 4 = 0;
UPDATE campaign_holdout SET standing = 'moving' WHERE id %% 4 = 0;
INSERT INTO campaign_coverage (day, stream, events, last_at)
SELECT DATE '2026-07-01' + n, stream, 1, '2026-07-01' FROM generate_series(0, 145) AS n,
       UNNEST(ARRAY['logins', 'mail']) AS stream;
ANALYZE
"""
SEND = """
INSERT INTO notices_notice (mailing_id, holdout_id, number, message_id, token_digest, language, client_program,
                            sent_to, utf8_instead, state, send_after, slot_on, attempts, accepted_at, ended_at, reply)
SELECT 1, id, 100000000 + id, 'notice.' || id, id, CASE WHEN id %% 10 = 0 THEN 'en' ELSE 'ja' END, '', '', false,
       CASE WHEN wave < 3 THEN 'accepted' ELSE 'waiting' END, day, day, 1,
       CASE WHEN wave < 3 THEN day + TIME '12:00' END, CASE WHEN wave < 3 THEN day + TIME '12:00' END, ''
FROM (SELECT id, wave, DATE '2026-09-01' + ((wave - 1) * 28 + id * 104729 %% 28)::int AS day
      FROM campaign_holdout) AS turn
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--holdouts", type=int, default=1_000_000)
    options.add_argument("--explain", action="store_true")
    given = options.parse_args()
    with ExitStack() as stack:
        prepare(stack, "postgresql")
        in_time = _run(given.holdouts, explain=given.explain)
    sys.exit(int(not in_time))


def _run(holdouts: int, *, explain: bool) -> bool:
    from django.db import connection

    from campaign.customers import counts
    from campaign.models import Campaign, WavePlan
    from campaign.plan import waves
    from notices import lift
    from notices.models import Mailing

    now = datetime.combine(TODAY, datetime.min.time(), tzinfo=UTC) + timedelta(hours=3)
    campaign = Campaign.objects.create(
        id=1, name="pop_before_smtp", starts_on=PLANNED, cutoff_on=date(2027, 6, 30), quiet_days=30
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"holdouts": holdouts})
    WavePlan.objects.create(
        campaign=campaign, waves=3, first_day=PLANNED, days_between=28, seed="bench", decided_at=now
    )
    _told(f"draw the waves of {holdouts:,} holdouts", lambda: waves.draw(campaign), runs=1)
    begun = now - timedelta(days=84)
    values = {"state": "sending", "planned_at": begun, "started_at": begun, "expires_on": TODAY, "daily_cap": 12_000}
    Mailing.objects.create(id=1, campaign=campaign, kind="announcement", period=str(PLANNED), **values)
    with connection.cursor() as cursor:
        cursor.execute(SEND, {})
        cursor.execute("VACUUM ANALYZE")
        if explain:
            _explain(cursor, lift)
    counting = _told("count what the announcement brought about", lambda: lift.count(mailing_id=1, now=now), runs=3)
    counts.count_due(today=TODAY)
    page = _told("read the page of waves and rounds", _page(), runs=20)
    return page < PAGE and counting < COUNTING * max(1, holdouts / 1_000_000)


def _page() -> Callable[[], object]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from campaign.sample import staff

    staff.hire()
    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username="operator"))

    def read() -> None:
        answer = client.get("/staff/waves/")
        assert answer.status_code == 200, answer
        assert b"<svg" in answer.content

    read()
    return read


def _explain(cursor, lift) -> None:
    values = {"mailing": 1, "planned_on": PLANNED, "by_waves": True}
    text = Path(lift.__file__).with_suffix(".sql").read_text()
    body = text[text.index("WITH") :]
    cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {body}", values)
    print(*(row[0] for row in cursor.fetchall()), sep="\n")


def _told(what: str, work: Callable[[], object], *, runs: int) -> float:
    seconds = []
    for _run_again in range(runs):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    print(f"{what}: {median(seconds):.3f} s (median of {runs})", flush=True)
    return median(seconds)


if __name__ == "__main__":
    main()
