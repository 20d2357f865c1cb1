"""Random small worlds of evidence, and where everybody stands in them found one by one: the oracle."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from builders import make_campaign, make_customer, make_use, noon

from campaign.customers.reasons import Evidence, reason
from campaign.customers.status import identified_on, quiet_since, relapsed, standing
from campaign.models import Coverage, Customer, DailyUse, Exemption, Holdout, Standing, StandingCount

BEGIN = date(2026, 6, 1)
LEGACY, OTHER_LEGACY, AUTH = "pop_before_smtp", "local_port25", "smtp_auth"


class Use(NamedTuple):
    login: str
    submission_class: str
    day: date
    confirmed: int
    auth_failed: int
    program: str
    last_at: datetime
    evidence: dict[str, int | bool]  # of the reasons


class World(NamedTuple):
    days: list[date]
    quiet_days: int
    covered: list[date]
    uses: list[Use]
    exemptions: list[tuple[str, date, date]]


def random_world(seed: int, *, length: int = 40, people: int = 12) -> World:
    chance = random.Random(seed)
    days = [BEGIN + timedelta(days=number) for number in range(length)]
    uses, exemptions = [], []
    for number in range(people):
        login = f"person{number}@isp.example"
        tries, forwards, machine = (chance.random() < share for share in (0.2, 0.1, 0.15))
        programs = chance.choice([["becky"], ["", "thunderbird", "outlook"]])
        for submission_class in (LEGACY, OTHER_LEGACY, AUTH):
            begin, end = sorted(chance.sample(range(length + 1), 2))
            end = chance.choice([end, length])  # many are still there at the end, and have a reason
            often = chance.choice([0.0, 0.03, 0.1, 0.5, 0.9])
            uses += [
                Use(
                    login,
                    submission_class,
                    day,
                    confirmed=chance.choice([0, 1, 2]),
                    auth_failed=int(submission_class != AUTH and tries and chance.random() < 0.3),
                    program=chance.choice(programs),
                    last_at=noon(day) + timedelta(hours=chance.randrange(6)),
                    evidence={
                        "beside_auth": chance.choice([0, 1]),
                        "at_old_door": chance.choice([0, 2, 2]),
                        "foreign_senders": chance.choice([0, 4, 5]) if forwards else 0,
                        "machine_like": machine and chance.random() < 0.5,
                    },
                )
                for day in days[begin:end]
                if chance.random() < often
            ]
        if chance.random() < 0.2:
            exemptions.append((login, *sorted(chance.sample(days, 2))))
    with_auth = {(use.login, use.day) for use in uses if use.submission_class == AUTH}
    for use in uses:
        use.evidence["beside_auth"] *= (use.login, use.day) in with_auth
    covered = [day for day in days if chance.random() < chance.choice([0.6, 1.0])]
    return World(days, chance.choice([3, 5, 8]), covered, uses, exemptions)


def open_campaigns(world: World) -> None:
    customers = {login: make_customer(login) for login in sorted({use.login for use in world.uses})}
    for name in (LEGACY, OTHER_LEGACY):
        campaign = make_campaign(name=name, starts_on=BEGIN, quiet_days=world.quiet_days)
        for login, from_day, until in world.exemptions:
            if login in customers:
                values = {"reason": "a lift", "from_day": from_day, "until": until}
                Exemption.objects.create(campaign=campaign, customer=customers[login], **values)


def attribute(world: World, day: date, *, wrongly: bool = False) -> None:
    """Replace the day's evidence; `wrongly`: as a first reading with some of the logs missing would."""
    DailyUse.objects.filter(day=day).delete()
    Coverage.objects.filter(day=day).delete()
    chance = random.Random(str(day))
    uses = [use for use in world.uses if use.day == day]
    if wrongly:
        uses = [use._replace(login=chance.choice(world.uses).login) for use in uses if chance.random() < 0.7]
        uses = list({(use.login, use.submission_class): use for use in uses}.values())
    for use in uses:
        customer = Customer.objects.get(login=use.login)
        values = {"submissions": 2, "confirmed": use.confirmed, "auth_failed": use.auth_failed, "last_at": use.last_at}
        make_use(customer, use.submission_class, day, client_program=use.program, **values, **use.evidence)
    for stream in ["logins", "mail"] if (day in world.covered) is not wrongly else ["mail"]:
        Coverage.objects.create(day=day, stream=stream, events=5, last_at=noon(day))


def expected(world: World, name: str, today: date) -> tuple[dict, dict]:
    """Holdouts by login and counts by day and standing, by the plain rules and nothing else."""
    holdouts, counts = {}, Counter()
    for login in {use.login for use in world.uses}:
        mine = [use for use in world.uses if use.login == login and use.day <= today]
        legacy = sorted((use for use in mine if use.submission_class == name), key=lambda use: use.day)
        auth = sorted((use for use in mine if use.submission_class == AUTH), key=lambda use: use.day)
        pop_on = max((use.day for use in mine if use.submission_class == LEGACY), default=None)
        identified = identified_on(
            first=legacy[0].day if legacy else None,
            first_is_confirmed=bool(legacy and legacy[0].confirmed),
            second=legacy[1].day if len(legacy) > 1 else None,
        )
        if identified:
            days = [use.day for use in legacy], [use.day for use in auth]
            history = _history(world, login, identified, *days, today)
            counts.update(history.items())
            holdouts[login] = _holdout(world, history, identified, legacy, auth, today)
            why = _reason(history[today], legacy, auth, pop_on, quiet_since(today, world.quiet_days, world.covered))
            holdouts[login]["reason"] = why
    return holdouts, dict(counts)


def _history(world, login, identified, legacy, auth, today) -> dict[date, Standing]:
    history = {}
    for number in range((today - identified).days + 1):
        day = identified + timedelta(days=number)
        history[day] = standing(
            last_legacy=max(used for used in legacy if used <= day),
            last_auth=max((used for used in auth if used <= day), default=None),
            quiet_since=quiet_since(day, world.quiet_days, world.covered),
            exempt=any(who == login and begin <= day <= end for who, begin, end in world.exemptions),
        )
    return history


def _holdout(world, history, identified, legacy, auth, today) -> dict:
    now = history[today]
    since = today
    while history.get(since - timedelta(days=1)) == now:
        since -= timedelta(days=1)
    migrated_on = min((day for day, stood in history.items() if stood == Standing.MIGRATED), default=None)
    return {
        "identified_on": identified,
        "first_legacy_on": legacy[0].day,
        "last_legacy_on": legacy[-1].day,
        "last_legacy_at": legacy[-1].last_at,
        "last_auth_on": auth[-1].day if auth else None,
        "last_auth_at": auth[-1].last_at if auth else None,
        "standing": now,
        "standing_since": since,
        "migrated_on": migrated_on,
        "relapsed": relapsed(now, migrated_on=migrated_on),
    }


def _reason(now: Standing, legacy: list[Use], auth: list[Use], pop_on: date | None, since: date) -> str:
    last, last_auth = legacy[-1], auth[-1] if auth else None
    return reason(
        Evidence(
            standing=now,
            quiet_since=since,
            legacy_is_port25=last.submission_class == OTHER_LEGACY,
            last_legacy_at=last.last_at,
            last_auth_at=last_auth and last_auth.last_at,
            auth_on=last_auth and last_auth.day,
            failed_on=max((use.day for use in legacy if use.auth_failed), default=None),
            forwarded_on=max((use.day for use in legacy if use.evidence["foreign_senders"] >= 5), default=None),
            pop_on=pop_on,
            legacy_program=last.program,
            auth_program=last_auth.program if last_auth else "",
            legacy_submissions=2,
            at_old_door=last.evidence["at_old_door"],
            beside_auth=last.evidence["beside_auth"],
            machine_like=last.evidence["machine_like"],
        )
    )


def expected_programs(world: World, today: date) -> dict[str, tuple[str, date | None]]:
    seen = defaultdict(list)
    for use in world.uses:
        if use.program and use.day <= today:
            order = (use.submission_class != AUTH, use.day, use.submission_class == LEGACY)
            seen[use.login].append((order, use.program, use.day))
    return {login: max(seen[login])[1:] if seen[login] else ("", None) for login in {use.login for use in world.uses}}


def stored(name: str) -> tuple[dict, dict]:
    """The same two as `expected`, as the database has them."""
    fields = [
        "identified_on",
        "first_legacy_on",
        "last_legacy_on",
        "last_legacy_at",
        "last_auth_on",
        "last_auth_at",
        "standing",
        "standing_since",
        "migrated_on",
        "relapsed",
        "reason",
    ]
    holdouts = Holdout.objects.filter(campaign__name=name)
    rows = {row["customer__login"]: row for row in holdouts.values("customer__login", *fields)}
    counts = StandingCount.objects.filter(campaign__name=name, holdouts__gt=0)
    return (
        {login: {field: row[field] for field in fields} for login, row in rows.items()},
        {(day, stood): number for day, stood, number in counts.values_list("day", "standing", "holdouts")},
    )


def stored_programs() -> dict[str, tuple[str, date | None]]:
    rows = Customer.objects.values_list("login", "client_program", "client_seen_on")
    return {login: (program, day) for login, program, day in rows}
