"""One attributed day -> its rows in the database, replaced as a whole."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from campaign.logs.stamps import moment
from campaign.models import Coverage, Customer, DailyCount, DailyUse, Stream

CHUNK = 500  # names in one question; SQLite takes no more than 999 variables everywhere

USE = Path(__file__).with_name("daily.sql").read_text()
COUNTS = "SELECT class, attribution, count(*) FROM submission GROUP BY class, attribution ORDER BY class, attribution"
# A message is one event; the last that was heard of it may be long after its first line.
COVERAGE = {
    Stream.LOGINS: """
        SELECT count(*), max(moment) FROM login_event
        WHERE moment >= getvariable('day_start') AND moment < getvariable('day_end')""",
    Stream.MAIL: """
        SELECT count(*), max(greatest(moment, queued, attempt, removed)) FROM piece
        WHERE moment >= getvariable('day_start') AND moment < getvariable('day_end')""",
}


def replace(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """Daily use, counts and coverage of `day` from the table `submission`; call it in a transaction."""
    use = con.execute(USE).fetchall()
    customers = _customers([row[0] for row in use])
    DailyUse.objects.filter(day=day).delete()
    DailyUse.objects.bulk_create(
        (
            DailyUse(
                customer_id=customers[user],
                submission_class=submission_class,
                day=day,
                submissions=submissions,
                confirmed=confirmed,
                auth_failed=auth_failed,
                last_at=moment(last),
                addresses=addresses,
                client_program=program[:64],
                beside_auth=beside_auth,
                at_old_door=at_old_door,
                foreign_senders=foreign_senders,
                machine_like=machine_like,
            )
            for (
                user, submission_class, submissions, confirmed, auth_failed, last, addresses, program,
                beside_auth, at_old_door, foreign_senders, machine_like,
            ) in use
        ),
        batch_size=1000,
    )  # fmt: skip
    DailyCount.objects.filter(day=day).delete()
    DailyCount.objects.bulk_create(
        DailyCount(day=day, submission_class=submission_class, attribution=attribution, submissions=count)
        for submission_class, attribution, count in con.execute(COUNTS).fetchall()
    )
    Coverage.objects.filter(day=day).delete()
    Coverage.objects.bulk_create(
        Coverage(day=day, stream=stream, events=events, last_at=moment(last))
        for stream, question in COVERAGE.items()
        for events, last in con.execute(question).fetchall()
        if events
    )


def _customers(logins: Iterable[str]) -> dict[str, int]:
    """Ids by login; whoever is in no list of customers becomes one by having used the system."""
    wanted = sorted(set(logins))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found.update(Customer.objects.filter(login__in=some).values_list("login", "pk"))
        missing = [Customer(login=login) for login in some if login not in found and len(login) <= 254]
        if missing:
            Customer.objects.bulk_create(missing, ignore_conflicts=True)
            found.update(Customer.objects.filter(login__in=[one.login for one in missing]).values_list("login", "pk"))
    return found
