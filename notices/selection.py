"""Who is due for the monthly reminder, and why the others are not."""

import re
from datetime import date

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from campaign.models import Campaign, Exemption, Holdout, Standing
from campaign.models.holdouts import LEFT
from notices.models import Mailing, Notice


class WhyNot(models.TextChoices):
    """Why a holdout is not written to; the first that holds is the one that counts."""

    EXEMPT = "exempt", _("exempt at the moment")
    MOVING = "moving", _("has moved, the quiet days are not over")
    MIGRATED = "migrated", _("has moved")
    SILENT = "silent", _("sends no mail any more")
    UNDER_WAY = "under_way", _("still has a notice of an earlier mailing under way")

    @property
    def english(self) -> str:
        """For the ledger, whose texts a page translates when it shows them."""
        with translation.override(None):
            return str(self.label)


BY_STANDING = {
    Standing.HOLDOUT: None,
    Standing.MIXED: None,
    Standing.MOVING: WhyNot.MOVING,
    Standing.MIGRATED: WhyNot.MIGRATED,
    Standing.SILENT: WhyNot.SILENT,
    Standing.EXEMPT: WhyNot.EXEMPT,
}


def why_not(standing: Standing | str, *, exempt: bool, under_way: bool = False) -> WhyNot | None:
    """None for who is due. `exempt`: an exemption is in force today, whatever the standing of
    last night says; `under_way`: an earlier mailing still has a notice for this holdout.

    Who was identified yesterday is due like everybody else: there is no waiting time.
    """
    if exempt:
        return WhyNot.EXEMPT
    return BY_STANDING[Standing(standing)] or (WhyNot.UNDER_WAY if under_way else None)


def exempt_on(day: date, *, campaign: str, customer: str) -> Exists:
    """Whether an exemption is in force; `campaign` and `customer` name the outer query's columns."""
    exemptions = Exemption.objects.filter(campaign=OuterRef(campaign), customer=OuterRef(customer))
    return Exists(exemptions.filter(from_day__lte=day, until__gte=day))


def _under_way(today: date) -> Exists:
    """A notice of a mailing that goes on; what an ended or expired one could not settle holds nobody back."""
    going_on = Mailing.objects.exclude(state__in=Mailing.ENDED).filter(expires_on__gte=today)
    return Exists(Notice.objects.open().filter(holdout=OuterRef("pk"), mailing__in=going_on))


def holdouts_with_reason(campaign: Campaign, *, today: date) -> QuerySet[Holdout]:
    """All holdouts, each with `not_due`: the value of `WhyNot`, or "" for who is due."""
    by_standing = [
        When(standing=standing, then=Value(reason.value)) for standing, reason in BY_STANDING.items() if reason
    ]
    exempt = When(exempt_on(today, campaign="campaign", customer="customer"), then=Value(WhyNot.EXEMPT.value))
    under_way = When(_under_way(today), then=Value(WhyNot.UNDER_WAY.value))
    reason = Case(exempt, *by_standing, under_way, default=Value(""), output_field=models.CharField())
    return Holdout.objects.filter(campaign=campaign).annotate(not_due=reason)


def due(campaign: Campaign, *, today: date) -> QuerySet[Holdout]:
    # The standing stands here once more, because the index knows it and not the expression.
    return holdouts_with_reason(campaign, today=today).filter(standing__in=LEFT, not_due="")


def passed_over(campaign: Campaign, *, today: date) -> dict[WhyNot, int]:
    """How many holdouts are not due, by reason."""
    rows = holdouts_with_reason(campaign, today=today).exclude(not_due="").order_by().values_list("not_due")
    return {WhyNot(reason): holdouts for reason, holdouts in rows.annotate(Count("pk"))}


# Dots may stand anywhere before the @: Japanese mobile carriers gave out such addresses.
LOCAL_PART = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{LOCAL_PART}@{LABEL}(?:\.{LABEL})+")


def unusable(address: str) -> str:
    """Why no mail can be sent to an address (English, for the ledger), or "" if it can."""
    if not address:
        return gettext_noop("not sent: there is no mail address")
    if not address.isprintable():
        return gettext_noop("not sent: the mail address has control characters in it")
    if not address.isascii():
        return gettext_noop("not sent: the mail address has characters that are not ASCII")
    if len(address) > 254 or not ADDRESS.fullmatch(address):
        return gettext_noop("not sent: this is not a mail address")
    return ""
