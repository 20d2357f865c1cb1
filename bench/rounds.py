"""What `round.py` sends: customers, a round to all of them, and the same mails for the peers' queues."""

import pickle
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import django

django.setup()

MORNING = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))  # of a working day
CHUNK = 5000
FAMILY, GIVEN = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺"), ("太郎", "花子", "健一", "美咲", "翔太", "陽子")


def prepare() -> None:
    from django.core.management import call_command

    from campaign.models import Campaign

    call_command("migrate", verbosity=0)
    dates = {"starts_on": MORNING.date() - timedelta(days=30), "cutoff_on": MORNING.date() + timedelta(days=200)}
    Campaign.objects.create(name="pop_before_smtp", **dates)


def plan(notices: int, name: str):
    """A round that is being sent, all of its notices due; the customers are made once, earlier rounds removed."""
    from campaign.models import Campaign, Holdout
    from notices.models import Mailing, Notice

    campaign = Campaign.objects.get()
    _customers(campaign, notices)
    Mailing.objects.all().delete()
    mailing = Mailing.objects.create(
        campaign=campaign, period=f"2026-12-{name}", state=Mailing.State.SENDING, planned_at=MORNING,
        started_at=MORNING, expires_on=campaign.cutoff_on - timedelta(days=1), daily_cap=10**9,
    )  # fmt: skip
    holdouts = Holdout.objects.order_by("pk").values_list("pk", "customer__client_program")[:notices]
    rows = [_notice(mailing, place, *holdout) for place, holdout in enumerate(holdouts)]
    Notice.objects.bulk_create(rows, batch_size=CHUNK)
    _clean_up()
    return mailing


def _customers(campaign, wanted: int) -> None:
    from campaign.models import Customer, DailyUse, Holdout
    from notices.guides import catalog

    there = Holdout.objects.count()
    programs = [client.name for client in catalog.clients()]
    rng = random.Random(wanted)
    for begin in range(there, wanted, CHUNK):
        numbers = range(begin, min(begin + CHUNK, wanted))
        customers = Customer.objects.bulk_create(
            Customer(
                login=f"user{number}@isp.example", language="ja", client_program=rng.choice(programs),
                name=f"{rng.choice(FAMILY)} {rng.choice(GIVEN)}",
            )
            for number in numbers
        )  # fmt: skip
        holdouts, uses = [], []
        for customer in customers:
            last = MORNING - timedelta(days=1 + rng.randrange(29), minutes=rng.randrange(600))
            days = {"identified_on": last.date(), "first_legacy_on": last.date(), "last_legacy_on": last.date()}
            state = {"standing": "holdout", "standing_since": last.date(), "reason": "never_tried"}
            holdouts.append(Holdout(campaign=campaign, customer=customer, last_legacy_at=last, **days, **state))
            counts = {"submissions": 3, "confirmed": 3, "auth_failed": 0, "last_at": last, "addresses": []}
            use = DailyUse(customer=customer, day=last.date(), submission_class=campaign.legacy_class, **counts)
            uses.append(use)
        Holdout.objects.bulk_create(holdouts)
        DailyUse.objects.bulk_create(uses)


def _notice(mailing, place: int, holdout: int, program: str):
    from notices import links
    from notices.models import Notice

    message_id = f"notice.pbs.{mailing.period}.{place:024x}@isp.example"
    return Notice(
        mailing=mailing, holdout_id=holdout, number=str(100_000_000 + place), message_id=message_id, language="ja",
        token_digest=links.digest(links.token_for(message_id)), client_program=program, send_after=MORNING,
    )  # fmt: skip


def _clean_up() -> None:
    """What autovacuum would have done by the time a planned round has been approved."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def queue_for_peers(file: Path, mails: int) -> int:
    """Keep a round of mails for the peers, ready-made and as text and values; the median of their bytes."""
    from notices.compose import letter, values_for
    from notices.texts import of_mailing

    sizes = []
    with file.open("wb") as out:
        for notice in _claimed(plan(mails, "p")):
            mail, text = letter(notice.case, notice.mailing, now=MORNING), of_mailing(notice.mailing, "ja")
            sizes.append(len(mail.content))
            personal = (text.subject, text.body, values_for(notice.case, notice.mailing.campaign))
            pickle.dump((mail.envelope_sender, mail.recipient, mail.content, personal), out)
    return round(median(sizes))


def _claimed(mailing):
    """All notices of a round, as a worker gets them."""
    from notices import ledger

    while found := ledger.claim(mailing_id=mailing.pk, limit=CHUNK, now=MORNING):
        yield from found


def check(notices: int) -> None:
    """All were accepted by the sink, or the bench is none."""
    from notices.models import Notice

    accepted = Notice.objects.filter(state="accepted", attempts=1).exclude(reply="").count()
    if accepted != notices:
        sys.exit(f"{accepted} of {notices} notices were accepted")
