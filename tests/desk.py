"""What the staff's pages show: mailings, notices, and the days' counts, valid and small."""

from datetime import date, datetime, timedelta
from itertools import count

from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, noon

from campaign.models import Campaign, Coverage, DailyCount, Holdout, RelayedDay, Standing, StandingCount, Stream
from campaign.submissions.ranges import range_of
from notices.models import Delivery, Mailing, Notice, Visit

_serial = count(100_000_001)


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


def count_day(campaign: Campaign, day: date, **standings: int) -> None:
    for standing in Standing:
        held = standings.get(standing, 0)
        StandingCount.objects.create(campaign=campaign, day=day, standing=standing, holdouts=held)


def cover(day: date, *, last_at: datetime | None = None) -> None:
    for stream in Stream:
        Coverage.objects.create(day=day, stream=stream, events=10, last_at=last_at or noon(day))


def make_relay(address: str, day: date, relayed: int, **given) -> RelayedDay:
    values = {
        "range": range_of(address),
        "inbound": 0,
        "first_at": noon(day) - timedelta(hours=1),
        "last_at": noon(day),
        "hosts": ["mx1"],
        "without_logins": 0,
        "nearest_login": None,
        "family_logs_in": True,
    }
    return RelayedDay.objects.create(address=address, day=day, relayed=relayed, **values | given)


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
    return campaign
