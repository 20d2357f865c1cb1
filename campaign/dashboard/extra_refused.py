"""An extra notice that cannot be planned, in words: what stands in its way, and from when on it is possible."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.words import mailing_title
from campaign.jinja import day
from campaign.models import Campaign
from notices.extra import InTheWay, NobodyDue
from notices.selection import WhyNot


@dataclass(frozen=True)
class Refused:
    """`url` and `title` are of the mailing in the way; "" where there is none."""

    words: str
    url: str = ""
    title: str = ""


def refused(error: NobodyDue, campaign: Campaign) -> Refused:
    found = error.in_the_way
    if found is None:
        return Refused(str(error))
    words = " ".join(filter(None, (str(error), _whose(found), _from_when(found, campaign))))
    if found.mailing is None:
        return Refused(words)
    return Refused(words, reverse("mailing", kwargs={"pk": found.mailing.pk}), _title(found))


def _title(found: InTheWay) -> str:
    return mailing_title(found.mailing.kind, found.mailing.period)


def _whose(found: InTheWay) -> str:
    return _("In the way stands the mailing “%(mailing)s”.") % {"mailing": _title(found)} if found.mailing else ""


def _from_when(found: InTheWay, campaign: Campaign) -> str:
    if found.first is None or found.all is None:
        return ""
    if found.first >= campaign.cutoff_on:
        return _("Before the cut-off it is not possible any more.")
    days = {"first": day(found.first), "all": day(found.all)}
    if found.why == WhyNot.UNDER_WAY:
        if found.first == found.all:
            return _("If its notices go out as planned, it is possible from %(first)s on.") % days
        return (
            _(
                "If its notices go out as planned, it is possible for the first of them from %(first)s on, and for all "
                "from %(all)s on."
            )
            % days
        )
    if found.first == found.all:
        return _("It is possible from %(first)s on.") % days
    return _("It is possible for the first of them from %(first)s on, and for all from %(all)s on.") % days
