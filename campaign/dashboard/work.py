"""What waits for a person in a campaign, counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Max

from campaign.models import CallBack, Campaign, Exemption
from notices.models import Mailing, TextVersion

ASKED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Work:
    """What waits for a person, counted."""

    calls: int  # due today or before
    delays: int  # that customers asked for lately
    drafts: int  # texts whose approval was asked for
    mailings: tuple[Mailing, ...]  # to be approved, or paused until somebody resumes them
    guides: tuple[int, ...]  # mailings of one guide, paused until somebody resumes them; the oldest first


def work(campaign: Campaign, mailed: list[Mailing], *, today: date) -> Work:
    """`mailed` are the campaign's rounds."""
    newest = TextVersion.objects.filter(campaign=campaign).values("kind", "language").annotate(newest=Max("number"))
    drafts = TextVersion.objects.filter(campaign=campaign, asked_at__isnull=False, approved_at__isnull=True)
    last = {(row["kind"], row["language"], row["newest"]) for row in newest.order_by()}
    asked_for = Mailing.objects.asked_for().filter(campaign=campaign)
    asked = Exemption.objects.asked_for().filter(campaign=campaign, ended_at__isnull=True)
    return Work(
        calls=CallBack.objects.filter(day__lte=today).count(),
        delays=asked.filter(asked_at__date__gt=today - ASKED_WITHIN, until__gte=F("from_day")).count(),
        drafts=len(last & set(drafts.values_list("kind", "language", "number"))),
        mailings=tuple(mailing for mailing in mailed if mailing.state == Mailing.State.PLANNED or _stuck(mailing)),
        guides=tuple(mailing.pk for mailing in asked_for.order_by("pk") if _stuck(mailing)),
    )


def _stuck(mailing: Mailing) -> bool:
    """Paused, and not by itself for the relay's sake, which ends by itself."""
    return mailing.state == Mailing.State.PAUSED and mailing.pause_cause != Mailing.PauseCause.RELAY
