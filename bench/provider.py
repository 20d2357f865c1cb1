"""A large provider after a year, straight into a SQLite database: the same people for the same seed.

150,000 customers, 100,000 of them holdouts; some nine million rows of daily use, the history
of standings by the product's own rule, and a mailing a month with its ledger. Only the log
files behind it are missing: this is about the pages.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from campaign.customers.status import STANDINGS
from campaign.models.holdouts import LEFT, Standing
from campaign.sample.names import GIVEN, SURNAMES
from notices import links

CUSTOMERS = 150_000
HOLDOUTS = 100_000
DAYS = 365  # the last one is today
QUIET = 30
CAMPAIGN = 1
STARTS = 60  # the day of the year on which the campaign begins
TO_THE_DATE = 90  # days from today to the cut-off
OLD, NEW = "pop_before_smtp", "smtp_auth"
PROGRAMS = ("outlook", "outlook-express", "windows-live-mail", "thunderbird", "iphone", "becky", "android", "")
FATES = ("delivered",) * 96 + ("bounced",) * 3 + ("deferred",)


@dataclass(frozen=True)
class Person:
    """A customer's year: days are numbers from 0 to DAYS - 1, ascending."""

    pk: int
    program: str
    address: str
    old: list[int]
    new: list[int]
    failed: bool  # his program tries SMTP-AUTH with a wrong password before it sends the old way


@dataclass
class Sums:
    """What is counted on the way, over all people."""

    use: Counter = field(default_factory=Counter)  # (day, class): submissions
    standing: list[Counter] = field(default_factory=lambda: [Counter() for _ in range(DAYS)])  # changes of the day
    due: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # day of a mailing: holdouts and programs


class Calendar:
    """Days and times as the database has them."""

    def __init__(self, today: date) -> None:
        self.dates = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
        self.days = [day.isoformat() for day in self.dates]
        # UTC, from the morning to the evening in Japan
        self.times = [[f"{day} {k // 6:02}:{k * 37 % 60:02}:{k * 23 % 60:02}" for k in range(64)] for day in self.days]
        self.rounds = [n for n in range(STARTS, DAYS) if self.dates[n].day == 2]


def fill(file: Path, *, today: date, seed: int = 7) -> None:
    """`file` is a database with all migrations and nothing in it."""
    calendar, rng, sums = Calendar(today), random.Random(seed), Sums()
    sums.due = {day: [] for day in calendar.rounds}
    with sqlite3.connect(file, isolation_level=None) as con:
        # A crash means: begin anew. The journal comes back when the product opens the file.
        con.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
        indexes = _without_indexes(con)
        con.execute("BEGIN")
        con.execute(
            "INSERT INTO campaign_campaign (id, name, starts_on, cutoff_on, quiet_days) VALUES (?, ?, ?, ?, ?)",
            (CAMPAIGN, OLD, calendar.days[STARTS], (today + timedelta(days=TO_THE_DATE)).isoformat(), QUIET),
        )
        people = [_person(pk, rng) for pk in range(1, CUSTOMERS + 1)]
        _customers(con, people, calendar)
        _insert(con, "campaign_dailyuse", USE, _use(people, calendar, rng, sums))
        _insert_each(con, _holdouts(people, calendar, sums))
        _insert_each(con, _evidence(calendar, sums))
        _mailings(con, calendar, rng, sums)
        for index in indexes:
            con.execute(index)
        con.execute("COMMIT")
    con.close()


def _without_indexes(con: sqlite3.Connection) -> list[str]:
    """Drops those of our tables and returns how they are made: once at the end is much faster."""
    found = con.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND (tbl_name LIKE 'campaign@_%' ESCAPE '@' OR tbl_name LIKE 'notices@_%' ESCAPE '@')"
    ).fetchall()
    for name, _sql in found:
        con.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


def _insert(con: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple]) -> None:
    marks = ", ".join("?" * len(columns.split(", ")))
    con.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 (names from this file)


def _insert_each(con: sqlite3.Connection, rows: Iterable[tuple[str, str, tuple]]) -> None:
    """For rows of several tables that come mixed: (table, columns, values)."""
    kept: dict[tuple[str, str], list[tuple]] = {}
    for table, columns, values in rows:
        kept.setdefault((table, columns), []).append(values)
    for (table, columns), values in kept.items():
        _insert(con, table, columns, values)


def login_of(pk: int) -> str:
    return f"{GIVEN[pk % len(GIVEN)][1]}.{SURNAMES[pk // 7 % len(SURNAMES)][1]}{pk}@isp.example"


def name_of(pk: int) -> str:
    return f"{SURNAMES[pk // 7 % len(SURNAMES)][0]} {GIVEN[pk % len(GIVEN)][0]}"


def contract_of(pk: int) -> str:
    return f"K{pk * 61:08}"


def language_of(pk: int) -> str:
    return "en" if pk % 25 == 0 else "ja"


def second_address_of(pk: int) -> str:
    return f"shop{pk}@isp.example"


def _customers(con: sqlite3.Connection, people: list[Person], calendar: Calendar) -> None:
    columns = "id, login, name, language, contract, contact_address, client_program, client_seen_on"
    _insert(con, "campaign_customer", columns, (_customer(who, calendar) for who in people))
    _insert(con, "campaign_address", "address, customer_id", ((login_of(who.pk), who.pk) for who in people))
    shops = ((second_address_of(who.pk), who.pk) for who in people[::3])
    _insert(con, "campaign_address", "address, customer_id", shops)


def _customer(person: Person, calendar: Calendar) -> tuple:
    """His program is that of the last day; the old way's goes first."""
    pk, used = person.pk, person.old or person.new
    seen = (person.program, calendar.days[used[-1]]) if person.program and used else ("", None)
    return (pk, login_of(pk), name_of(pk), language_of(pk), contract_of(pk), "", *seen)


def _person(pk: int, rng: random.Random) -> Person:
    """Holdouts are the first HOLDOUTS customers: over half stay, the others move, half move or fall silent."""
    program = PROGRAMS[int(len(PROGRAMS) * rng.random() ** 1.5)]
    address = f'["198.{18 + pk // 65536}.{pk // 256 % 256}.{pk % 256}"]'
    if pk > HOLDOUTS:
        return Person(pk, program, address, [], _days(rng, 0, DAYS, 40), False)
    begin = int(200 * rng.random() ** 3)
    change = rng.randrange(max(begin + 1, STARTS), DAYS)
    fate = rng.choices(("stays", "moves", "half", "silent"), (55, 28, 9, 8))[0]
    old = _days(rng, begin, DAYS if fate in ("stays", "half") else change, 78) or [begin]
    new = _days(rng, change, DAYS, 78) if fate in ("moves", "half") else []
    return Person(pk, program, address, old, new, failed=fate == "stays" and pk % 12 == 0)


def _days(rng: random.Random, begin: int, end: int, a_year: int) -> list[int]:
    """About `a_year` days in 365, more or less of them by person."""
    wanted = int((end - begin) / DAYS * a_year * (0.4 + 1.2 * rng.random()))
    return sorted(rng.sample(range(begin, end), min(wanted, end - begin)))


USE = "customer_id, submission_class, day, submissions, confirmed, auth_failed, last_at, addresses, client_program"


def _use(people: list[Person], calendar: Calendar, rng: random.Random, sums: Sums) -> Iterator[tuple]:
    """In the order of the table's key."""
    days, times, count, bits = calendar.days, calendar.times, sums.use, rng.getrandbits
    for person in people:
        pk, program, address = person.pk, person.program, person.address
        for submission_class, used in ((OLD, person.old), (NEW, person.new)):
            failing = 1 if person.failed and submission_class == OLD else 0
            for day in used:
                drawn = bits(6)
                mails = 1 + (drawn & 3)
                count[day, submission_class] += mails
                failed = failing if drawn & 1 else 0
                yield pk, submission_class, days[day], mails, mails, failed, times[day][drawn], address, program


def _changes(person: Person) -> list[tuple[int, str, str]]:
    """(day, standing, previous), by the rule of `status.py` on each day that could change something."""
    old, new = set(person.old), set(person.new)
    days = old | new | {day + QUIET for day in old} | {day + QUIET for day in new}
    last_old = last_new = None
    found, standing = [], ""
    for day in sorted(days):
        if day >= DAYS:
            break
        last_old = day if day in old else last_old
        last_new = day if day in new else last_new
        if last_old is None:
            continue
        within = day - QUIET if day >= QUIET - 1 else -1
        later = last_new is not None and last_new > last_old
        now = str(STANDINGS[last_old > within, last_new is not None and last_new > within, later])
        if now != standing:
            found.append((day, now, standing))
            standing = now
    return found


HOLDOUT = (
    "id, campaign_id, customer_id, identified_on, first_legacy_on, last_legacy_on, last_legacy_at, last_auth_on,"
    " last_auth_at, standing, standing_since, migrated_on, relapsed, reason, client_program"
)


def _holdouts(people: list[Person], calendar: Calendar, sums: Sums) -> Iterator[tuple[str, str, tuple]]:
    """The times and reasons are the roll-up's, which comes after: it sees to these."""
    days = calendar.days
    for person in people[:HOLDOUTS]:
        changes = _changes(person)
        for day, standing, previous in changes:
            sums.standing[day][standing] += 1
            sums.standing[day][previous] -= 1
            row = (person.pk, days[day], standing, previous)
            yield "campaign_standingchange", "holdout_id, day, standing, previous", row
        for day, due in sums.due.items():
            if _on(changes, day) in LEFT:
                due.append((person.pk, person.program))
        since, standing, _ = changes[-1]
        migrated = min((day for day, to, _ in changes if to == Standing.MIGRATED), default=None)
        first, last = person.old[0], person.old[-1]
        auth = person.new[-1] if person.new else None
        yield "campaign_holdout", HOLDOUT, (
            person.pk, CAMPAIGN, person.pk, days[first], days[first], days[last], f"{days[last]} 00:00:00",
            None if auth is None else days[auth], None if auth is None else f"{days[auth]} 00:00:00",
            standing, days[since], None if migrated is None else days[migrated],
            migrated is not None and standing in LEFT, "", person.program,
        )  # fmt: skip


def _on(changes: list[tuple[int, str, str]], day: int) -> str:
    return next((standing for at, standing, _ in reversed(changes) if at <= day), "")


def _evidence(calendar: Calendar, sums: Sums) -> Iterator[tuple[str, str, tuple]]:
    """The counts of each day, and what the readers of logs leave behind."""
    standing = Counter()
    for number, day in enumerate(calendar.days):
        standing.update(sums.standing[number])
        for each in Standing.values:
            row = (CAMPAIGN, day, each, standing[each])
            yield "campaign_standingcount", "campaign_id, day, standing, holdouts", row
        for way, attribution, mails in (
            (OLD, "confirmed", sums.use[number, OLD]),
            (OLD, "ambiguous", sums.use[number, OLD] // 50),
            (NEW, "confirmed", sums.use[number, NEW]),
            ("inbound", "none", 400_000),
            ("unexplained_relay", "none", 3),
        ):
            row = (day, way, attribution, mails)
            yield "campaign_dailycount", "day, submission_class, attribution, submissions", row
        end = f"{day} 14:59:58"
        yield "campaign_attributedday", "day, attributed_at, stale, touched, rolled_up_at", (day, end, False, 0, end)
        for stream in ("logins", "mail"):
            yield "campaign_coverage", "day, stream, events, last_at", (day, stream, 500_000, end)
            yield from _log_file(number * 2 + (stream == "mail") + 1, f"/var/log/{stream}.{number}", end)


LOG_FILE = "id, digest, digest_length, name, segment, offset, read_to, lines, state, read_at"


def _log_file(pk: int, name: str, read_at: str) -> Iterator[tuple[str, str, tuple]]:
    row = (pk, f"{pk:064}", 4096, name, f"{pk:064}", 10**8, 10**8, 10**6, "{}", read_at)
    yield "campaign_logfile", LOG_FILE, row
    for program in ("postfix/smtpd", "postfix/qmgr", "dovecot", "kernel"):
        row = (pk, program, 10**5, 7 if program == "kernel" else 0, "")
        yield "campaign_programlines", "log_file_id, program, lines, not_understood, example", row


MAILING = (
    "id, campaign_id, kind, period, state, planned_at, approved_at, started_at, ended_at, pause_reason, expires_on,"
    " daily_cap, recent_attempts"
)
NOTICE = (
    "id, mailing_id, holdout_id, number, message_id, token_digest, language, client_program, state, send_after,"
    " attempts, claimed_at, accepted_at, ended_at, reply"
)


def _mailings(con: sqlite3.Connection, calendar: Calendar, rng: random.Random, sums: Sums) -> None:
    """A round a month for all who were left on its day; the last one is still being sent."""
    numbers = iter(rng.sample(range(100_000_000, 1_000_000_000), sum(map(len, sums.due.values()))))
    pk = 0
    for mailing, (day, due) in enumerate(sums.due.items(), 1):
        last = day == calendar.rounds[-1]
        at, period = f"{calendar.days[day]} 01:00:00", calendar.days[day][:7]
        state, ended = ("sending", None) if last else ("finished", at)
        row = (mailing, CAMPAIGN, "reminder", period, state, at, at, at, ended, "", calendar.days[-1], 5000, "")
        _insert(con, "notices_mailing", MAILING, [row])
        rng.shuffle(due)
        notices = []
        for holdout, program in due:
            pk += 1
            sent = calendar.times[min(day + len(notices) // 5000, DAYS - 1)][pk % 64]
            notices.append(_notice(pk, mailing, holdout, program, sent, str(next(numbers)), period, last, rng))
        _insert(con, "notices_notice", NOTICE, notices)
        accepted = [(notice[0], notice[9]) for notice in notices if notice[8] == "accepted"]
        fates = ((FATES[pk % 100], sent, "2.0.0", "sent to mailbox", "mx1", f"4Q{pk:010}", pk) for pk, sent in accepted)
        _insert(con, "notices_delivery", "fate, at, status_code, text, host, queue_id, notice_id", fates)
        visits = (("guide", "", sent, pk) for pk, sent in accepted[::20])
        _insert(con, "notices_visit", "act, client_program, at, notice_id", visits)


def _notice(
    pk: int, mailing: int, holdout: int, program: str, sent: str, number: str, period: str, last: bool,
    rng: random.Random,
) -> tuple:  # fmt: skip
    states, weights = ("accepted", "refused", "withdrawn", "waiting"), (96, 1, 3, 10 if last else 0)
    state = rng.choices(states, weights)[0]
    accepted = sent if state == "accepted" else None
    ended = None if state == "waiting" else sent
    message_id = f"notice.pbs.{period}.{rng.getrandbits(96):024x}@{settings.NOTICE_DOMAIN}"
    digest = links.digest(links.token_for(message_id))
    return (
        pk, mailing, holdout, number, message_id, digest, language_of(holdout), program, state, sent,
        int(state == "accepted"), accepted, accepted, ended, "250 2.0.0 Ok" if accepted else "",
    )  # fmt: skip
