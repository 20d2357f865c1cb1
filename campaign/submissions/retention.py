"""Nothing of the logs is kept longer than the retention setting says."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from campaign.models import (
    AttributedDay,
    Campaign,
    ClockReading,
    DailyUse,
    Holdout,
    LogFile,
    ProgramLines,
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
    LogFile.objects.filter(Q(last_at__date__lt=day) | Q(last_at=None, read_at__date__lt=day)).delete()
    _drop_examples(day)


def _drop_examples(day: date) -> None:
    """Those of files that still grow; the files' states have the same ones."""
    old = ProgramLines.objects.filter(example_day__lt=day)
    for pk in sorted(set(old.values_list("log_file", flat=True))):
        with transaction.atomic():
            log = LogFile.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if log is None:
                continue  # it has gone meanwhile, and its lines with it
            for row in old.filter(log_file=log):
                if row.program in log.state.get("programs", {}):
                    log.state["programs"][row.program][2:4] = ["", 0]
            log.save(update_fields=["state"])
            old.filter(log_file=log).update(example="", example_day=None)
