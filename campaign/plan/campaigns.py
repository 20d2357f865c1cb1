"""Opening a campaign, and moving its cut-off date."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Campaign, CutoffChange
from campaign.plan.calendar import open_days

LONGEST_REASON = 300
FARTHEST = timedelta(days=5 * 365)  # a cut-off date beyond that is a slip of the finger
NOT_AFTER_START = gettext_lazy("The cut-off date must be after the first day of the campaign.")


class NotPossible(ValueError):
    """A plan that contradicts itself, or entries that are wrong; the message is for whoever made them.

    `fields` says what is wrong with each field of a form, by its name; empty where no single field is to blame.
    """

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message or " ".join(self.fields.values()))

    @property
    def wrong(self) -> dict[str, str]:
        """For a form: by field, and under "" what is of no single one."""
        return self.fields or {"": str(self)}


def open_campaign(*, name: str, starts_on: date, cutoff_on: date, quiet_days: int = 30) -> Campaign:
    """The campaign of this name; one that is open already is returned as it is.

    Holdouts and standings come with the next roll-up, for all evidence there is. Raises NotPossible.
    """
    if name not in Campaign.Name.values:
        names = ", ".join(Campaign.Name.values)
        raise NotPossible(_("There is no campaign %(name)s; there are: %(names)s.") % {"name": name, "names": names})
    if quiet_days < 1:
        raise NotPossible(_("The quiet days must be at least one."))
    if cutoff_on <= starts_on:
        raise NotPossible(str(NOT_AFTER_START))
    values = {"starts_on": starts_on, "cutoff_on": cutoff_on, "quiet_days": quiet_days}
    campaign, _created = Campaign.objects.get_or_create(name=name, defaults=values)
    return campaign


def move_cutoff(*, campaign_id: int, to: date, reason: str, now: datetime, user_id: int | None = None) -> CutoffChange:
    """Move the cut-off date and keep where it was, by whom it was moved and why. Raises NotPossible."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise NotPossible(_("A reason of at most 300 characters is needed to move the cut-off date."))
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
        if wrong := wrong_cutoff(campaign, to, today=timezone.localdate(now)):
            raise NotPossible(wrong)
        values = {"changed_at": now, "changed_by_id": user_id, "old": campaign.cutoff_on, "new": to, "reason": reason}
        Campaign.objects.filter(pk=campaign_id).update(cutoff_on=to)
        return campaign.cutoff_changes.create(**values)


def wrong_cutoff(campaign: Campaign, to: date, *, today: date) -> str:
    """Why the cut-off date cannot be moved there, for people, or ""."""
    if to == campaign.cutoff_on:
        return _("The cut-off date is that day already.")
    if to <= campaign.starts_on:
        return str(NOT_AFTER_START)
    if to < today:  # every page and mail would tell customers at once that they cannot send any more
        return _("The cut-off date cannot be a day that is over.")
    if to > today + FARTHEST:
        return _("The cut-off date is more than five years away: please look at the year.")
    return ""


def doubtful_cutoff(cutoff_on: date, *, is_open: Callable[[date], bool]) -> str:
    """What to think of where the old way ends on a day on which the provider is closed, for people, or ""."""
    if is_open(cutoff_on):
        return ""
    values = {"day": date_format(cutoff_on)}
    following = next(open_days(cutoff_on, is_open), None)
    if following is None:
        return _("The cut-off, %(day)s, is on a day on which the provider is closed.") % values
    values["open"] = date_format(following)
    return (
        _(
            "The cut-off, %(day)s, is on a day on which the provider is closed: nobody may be there when customers "
            "find that they can no longer send. The next open day is %(open)s."
        )
        % values
    )
