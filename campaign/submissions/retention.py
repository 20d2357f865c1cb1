"""Nothing of the logs is kept longer than the retention setting says."""

from datetime import date

from django.db import transaction

from campaign.models import (
    AttributedDay,
    Campaign,
    ClockReading,
    DailyUse,
    Holdout,
    LogFile,
    RelayAcknowledgement,
    RelayedDay,
    ShadowRun,
    UnknownProgram,
)
from campaign.submissions.intake import segments


def drop_before(day: date) -> None:
    """Removes events, client addresses and examples of lines from before `day`; counts stay."""
    segments().drop_before(day)
    DailyUse.objects.filter(day__lt=day).exclude(addresses=[]).update(addresses=[])
    for campaign in Campaign.objects.order_by("pk"):
        with transaction.atomic():
            Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # as all who change several holdouts
            old = Holdout.objects.filter(campaign=campaign, last_legacy_on__lt=day)
            old.exclude(last_range="").update(last_range="")
    AttributedDay.objects.filter(day__lt=day).update(stale=False)
    RelayedDay.objects.filter(day__lt=day).delete()
    RelayAcknowledgement.objects.filter(made_on__lt=day).delete()
    UnknownProgram.objects.filter(day__lt=day).delete()
    ShadowRun.objects.filter(first_day__lt=day).delete()
    ClockReading.objects.filter(day__lt=day).delete()
    LogFile.objects.filter(last_at__date__lt=day).delete()
