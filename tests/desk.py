"""What the staff's pages show: mailings, notices, and the days' counts, valid and small."""

from datetime import date, datetime, timedelta
from itertools import count

from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, noon

from campaign.customers import counts
from campaign.models import (
    Campaign,
    Coverage,
    Customer,
    DailyCount,
    Holdout,
    LogFile,
    RelayedDay,
    ShadowHit,
    ShadowRun,
    SourceLines,
    Standing,
    StandingCount,
    Stream,
)
from campaign.submissions.ranges import range_of
from notices import funnel
from notices.models import Delivery, Forecast, Lift, Mailing, Notice, Suppression, Visit

_serial = count(100_000_001)
MONDAY = TODAY - timedelta(days=TODAY.weekday() + 7)  # of the last whole week


def make_mailing(campaign: Campaign, **given) -> Mailing:
    values = {
        "period": "2026-11",
        "state": Mailing.State.SENDING,
        "planned_at": noon(TODAY - timedelta(days=20)),
        "started_at": noon(TODAY - timedelta(days=20)),
        "expires_on": TODAY + timedelta(days=10),
        "daily_cap": 500,
    }
    return Mailing.objects.create(campaign=campaign, **values | given)


TOLD = {
    "window_days": 14,
    "written": 10_000,
    "measured": 6_600,
    "share": 0.083,
    "by_itself": 0.04,
    "low": 0.031,
    "high": 0.055,
}


def make_lift(mailing: Mailing, **given) -> Lift:
    """Of a round that moved about 430 of 10,000."""
    values = {"outcome": "moved", "language": "", "counted_at": noon(TODAY)}
    return Lift.objects.create(mailing=mailing, **values | TOLD | given)


def make_forecast(campaign: Campaign, *, ago: int = 1, ends: tuple[int, int, int] = (1, 2, 3), **given) -> Forecast:
    """Kept `ago` days before today; from four left to `ends`, which are the band and its middle."""
    day, last = TODAY - timedelta(days=ago), campaign.cutoff_on - timedelta(days=1)
    low, middle, high = ends

    def point(on: date, *values: float) -> dict[str, object]:
        return dict(zip(("day", "low", "middle", "high"), (on.isoformat(), *values), strict=True))

    names = ("one_more", "no_more", "half_cap", "twice_cap")
    what_if = [
        {"name": name, "cap": 250, "end": point(last, low, middle + place, high + place)}
        for place, name in enumerate(names, -1)
    ]
    answer = {
        "not_yet": 0,
        "points": [point(day, 4, 4, 4), point(last, low, middle, high)],
        "by_itself": 1.8,
        "effect": 3.1,
        "measured": True,
        "cap": 500,
        "rounds": 3,
        "what_if": what_if,
        "unreached": 0,
        "relapsed": 0,
    }
    values = {"day": day, "made_at": noon(TODAY), "cutoff_on": campaign.cutoff_on}
    return Forecast.objects.create(campaign=campaign, answer=answer | given, **values)


def make_notice(mailing: Mailing, holdout: Holdout | None = None, *, fate: str = "", **given) -> Notice:
    number = next(_serial)
    values = {
        "number": str(number),
        "message_id": f"notice.pbs.2026-11.{number}@isp.example",
        "token_digest": str(number),
        "language": "en",
        "state": Notice.State.ACCEPTED,
        "send_after": noon(TODAY - timedelta(days=20)),
        "reply": "250 2.0.0 Ok: queued as 4F1x",
    }
    if values["state"] == given.get("state", Notice.State.ACCEPTED):
        values["accepted_at"] = values["ended_at"] = noon(TODAY - timedelta(days=19))
    holdout = holdout or make_holdout(mailing.campaign)
    notice = Notice.objects.create(mailing=mailing, holdout=holdout, **values | given)
    if fate:
        at = noon(TODAY - timedelta(days=19))
        Delivery.objects.create(notice=notice, fate=fate, at=at, status_code="5.2.2", text="mailbox full")
    return notice


def make_suppression(customer: Customer, **given) -> Suppression:
    values = {"address": customer.notice_address, "since": noon(TODAY), "status_code": "5.1.1"}
    return Suppression.objects.create(customer=customer, **values | {"text": f"550 5.1.1 {'x' * 200}"} | given)


def count_day(campaign: Campaign, day: date, **standings: int) -> None:
    for standing in Standing:
        held = standings.get(standing, 0)
        StandingCount.objects.create(campaign=campaign, day=day, standing=standing, holdouts=held)


def cover(day: date, *, last_at: datetime | None = None) -> None:
    for stream in Stream:
        Coverage.objects.create(day=day, stream=stream, events=10, last_at=last_at or noon(day))


def make_relay(address: str, day: date, relayed: int, **given) -> RelayedDay:
    values = {
        "range": range_of(address.partition("/")[0]),
        "inbound": 0,
        "first_at": noon(day) - timedelta(hours=1),
        "last_at": noon(day),
        "hosts": ["mx1"],
        "without_logins": 0,
        "nearest_login": None,
        "family_logs_in": True,
    }
    return RelayedDay.objects.create(address=address, day=day, relayed=relayed, **values | given)


SHADOW_COUNTS = {
    "refused": {"pop_before_smtp": 40, "unexplained_relay": 2},
    "spared": {"local_port25": 3},
    "with_auth": 155,
    "nameless": 7,
    "local_only": 1,
    "people": {"hit": 3, "safe": 9},
    "days": [
        {"day": str(MONDAY + timedelta(days=number)), "refused": 6, "spared": 0, "with_auth": 5, "people": 2}
        for number in range(7)
    ],
    "missing": {str(MONDAY + timedelta(days=6)): ["logins"]},
    "programs": [{"program": "becky", "refused": 30, "people": 2}, {"program": "", "refused": 12, "people": 1}],
    "hosts": [{"host": "mx1", "refused": 42, "spared": 3, "with_auth": 155}],
    "ranges": [
        {"range": f"198.51.{number}.0/24", "refused": 3, "people": 1, "nameless": number % 2, "lines": 1}
        for number in range(25)
    ],
    "all_ranges": 30,
}


def make_shadow(campaign: Campaign, **given) -> ShadowRun:
    """A trial cut-off of the last week with three customers hit, of whom the last had a notice."""
    values = {"first_day": MONDAY, "rule": "all", "asked_at": noon(TODAY), "waiting": False, "days_done": 7}
    values |= {"computed_at": noon(TODAY), "counts": SHADOW_COUNTS}
    run = ShadowRun.objects.create(**values | given)
    if run.computed_at is None:
        return run
    for number, (before, now) in enumerate([("holdout", "holdout"), ("migrated", "mixed"), ("exempt", "exempt")]):
        login = f"hit{number}@isp.example"
        customer = Customer.objects.filter(login=login).first() or make_customer(login)
        holdout = Holdout.objects.filter(campaign=campaign, customer=customer).first()
        holdout = holdout or make_holdout(campaign, customer, standing=now)
        ShadowHit.objects.create(
            run=run,
            customer=customer,
            submission_class="pop_before_smtp",
            submissions=30 - number,
            confirmed=20,
            last_at=noon(MONDAY),
            client_program="becky",
            standing_before=before,
        )
    mailing = Mailing.objects.filter(campaign=campaign).first() or make_mailing(campaign)
    if not Notice.objects.filter(holdout=holdout).exists():
        make_notice(mailing, holdout)
    return run


def make_world() -> Campaign:
    """Ten customers, eight of them holdouts, two weeks of counts, one mailing, and a person who moved."""
    campaign = make_campaign()
    people = [make_customer(f"person{number}@isp.example", client_program="thunderbird") for number in range(10)]
    kinds = [Standing.HOLDOUT] * 3 + [
        Standing.MIXED,
        Standing.MOVING,
        Standing.MIGRATED,
        Standing.SILENT,
        Standing.EXEMPT,
    ]
    held = []
    for customer, standing in zip(people, kinds, strict=False):
        auth = TODAY if standing in {Standing.MIXED, Standing.MOVING, Standing.MIGRATED} else None
        reason = {Standing.HOLDOUT: "never_tried", Standing.MIXED: "second_device"}.get(standing, "")
        held.append(make_holdout(campaign, customer, standing=standing, last_auth_on=auth, reason=reason))
        make_use(customer, "pop_before_smtp", TODAY - timedelta(days=2))
    make_use(people[9], "smtp_auth", TODAY)
    for ago in range(14, -1, -1):
        day = TODAY - timedelta(days=ago)
        moved = 0 if ago >= 7 else 1
        count_day(campaign, day, holdout=4 - moved, mixed=1, moving=moved, migrated=1, silent=1, exempt=1)
        DailyCount.objects.create(
            day=day, submission_class="smtp_auth", attribution="confirmed", submissions=3 if ago < 7 else 1
        )
        DailyCount.objects.create(day=day, submission_class="pop_before_smtp", attribution="confirmed", submissions=1)
        DailyCount.objects.create(day=day, submission_class="inbound", attribution="none", submissions=90)
        cover(day)
    mailing = make_mailing(campaign)
    notice = make_notice(mailing, held[0], fate="delivered")
    Visit.objects.create(notice=notice, act="guide", client_program="thunderbird", at=noon(TODAY - timedelta(days=18)))
    make_notice(mailing, held[1], state="refused", reply="550 5.1.1 no such user", ended_at=noon(TODAY))
    count_all(campaign)
    return campaign


def count_all(campaign: Campaign) -> None:
    """What the jobs keep for the first page."""
    counts.count(campaign, today=TODAY)
    funnel.count(campaign, None, now=noon(TODAY))


def make_source(
    host: str, program: str, *, until: datetime, without: range = range(0), understood: bool = True
) -> SourceLines:
    """A source with a hundred lines in each of the 700 hours up to `until`, but for some, counted backwards."""
    last = int(until.timestamp()) // 3600
    hours = {last - back: 100 for back in range(700) if back not in without}
    lines = sum(hours.values())
    log = LogFile.objects.create(
        digest=f"{host}-{program}", digest_length=1, name=f"/var/log/{host}-{program}.log", lines=lines, read_at=until
    )
    return SourceLines.objects.create(
        log_file=log,
        host=host,
        program=program,
        lines=lines,
        not_understood=0 if understood else lines,
        first_at=until - timedelta(hours=699),
        last_at=until,
        hours=hours,
    )
