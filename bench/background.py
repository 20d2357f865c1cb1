"""What goes on beside the pages that a bench asks for: what workers count for them, and a round that is going out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def jobs() -> None:
    """What the product counts in the background for its pages, where it is due."""
    from django.utils import timezone

    from campaign.customers import counts, past
    from notices import allowance, due, funnel, reports
    from notices.deliveries import unreachable

    counts.count_due(today=timezone.localdate())
    past.count_waiting(now=timezone.now())
    funnel.count_due(now=timezone.now())
    due.count_waiting(now=timezone.now())
    reports.count_due(now=timezone.now())
    allowance.keep_past(now=timezone.now())
    allowance.of_day(timezone.localdate())
    unreachable.keep_due()


def make_due() -> None:
    """Of what waits in the last round enough for all the time of the bench, whatever the hour is."""
    from django.conf import settings
    from django.utils import timezone

    from notices.models import Notice

    waiting = Notice.objects.filter(state="waiting").order_by("send_after")
    for last in waiting.values_list("send_after", flat=True)[settings.NOTICE_PER_SECOND * 3600 :][:1]:
        waiting.filter(send_after__lte=last).update(send_after=timezone.now())


def send() -> None:
    """What a worker does to the ledger in a second, at the pace of the settings. No mail goes anywhere."""
    from django.conf import settings
    from django.utils import timezone

    from notices import ledger
    from notices.models import Mailing, Notice

    going_out, now = Mailing.objects.order_by("-pk").values_list("pk", flat=True)[0], timezone.now()
    claims = ledger.claim(mailing_id=going_out, limit=settings.NOTICE_PER_SECOND, now=now)
    ends = [ledger.End(claim, Notice.State.ACCEPTED, "250 2.0.0 Ok: queued") for claim in claims]
    ledger.settle(ends, now=timezone.now())


@contextmanager
def at_work(job: Callable[[], None], *, every: float) -> Iterator[None]:
    """Beside what is measured, as a worker does it beside the pages."""
    from django.db import connection

    over = threading.Event()

    def work() -> None:
        while not over.wait(every):
            job()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()
