"""Those who still send the old way and whom no mail reaches: the help desk writes a letter or calls."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Holdout
from campaign.models.holdouts import LEFT
from notices import selection
from notices.models import Delivery, Notice, Suppression, Unreached, UnreachedCount

State, Fate = Notice.State, Delivery.Fate
MANY = 2000  # in one campaign: fewer are found while a page waits
TOO_OLD = timedelta(minutes=10)  # then no job keeps them, and they are looked up instead
BATCH = 1000


class Reason(models.TextChoices):
    """Why no mail reaches somebody; the first that holds is the one that counts."""

    SUPPRESSED = "suppressed", _("The address does not exist or takes no mail")
    NO_ADDRESS = "no_address", _("There is no address that mail can be sent to")
    REFUSED = "refused", _("Our mail relay refused the last notice")
    CAME_BACK = "came_back", _("The last notice came back")
    GIVEN_UP = "given_up", _("The last notice was given up after many tries")


def holdouts(campaign: Campaign, *, reason: str = "") -> QuerySet[Holdout]:
    """Each with `unreached` (of `Reason`), `unreached_since` and `unreached_words`, those of the mail server.

    What counts is how things stand: an address in use again, or a later notice that got through, ends it.
    """
    last = Notice.objects.filter(holdout=OuterRef("pk"), state__in=(State.ACCEPTED, State.REFUSED)).order_by("-pk")
    address = Suppression.objects.open().filter(customer=OuterRef("customer")).order_by("-since")

    def of_last(name: str) -> Subquery:
        return Subquery(last.values(name)[:1])

    found = Holdout.objects.filter(campaign=campaign, standing__in=LEFT, pk__in=keys(campaign)).annotate(
        suppressed=Suppression.objects.in_the_way(customer="customer"),
        last_state=of_last("state"),
        last_fate=of_last("delivery__fate"),
        last_reply=of_last("reply"),
    )
    whens = (
        When(suppressed=True, then=Value(Reason.SUPPRESSED.value)),
        When(last_state=State.REFUSED, last_reply__startswith=selection.NOT_SENT, then=Value(Reason.NO_ADDRESS.value)),
        When(last_state=State.REFUSED, then=Value(Reason.REFUSED.value)),
        When(last_fate=Fate.BOUNCED, then=Value(Reason.CAME_BACK.value)),
        When(last_fate=Fate.EXPIRED, then=Value(Reason.GIVEN_UP.value)),
    )
    since = Coalesce(of_last("delivery__at"), of_last("ended_at"))
    words = Coalesce(of_last("delivery__text"), of_last("reply"), Value(""))
    found = found.annotate(
        unreached=Case(*whens, default=Value(""), output_field=models.CharField()),
        unreached_since=Case(When(suppressed=True, then=Subquery(address.values("since")[:1])), default=since),
        unreached_words=Case(When(suppressed=True, then=Subquery(address.values("text")[:1])), default=words),
    )
    return found.filter(unreached=reason) if reason else found


def keys(campaign: Campaign) -> QuerySet:
    """Of all holdouts whom no mail reaches, wherever they stand: one pass over what failed, without a look at each."""
    ours = Notice.objects.filter(mailing__campaign=campaign).exclude(models.Exists(_later()))
    refused = ours.filter(state=State.REFUSED)
    failed = ours.filter(state=State.ACCEPTED, delivery__fate__in=(Fate.BOUNCED, Fate.EXPIRED))
    suppressed = Holdout.objects.filter(
        Suppression.objects.in_the_way(customer="customer"),
        campaign=campaign,
        customer__in=Suppression.objects.open().values("customer"),
    )
    return suppressed.order_by().values("pk").union(refused.values("holdout"), failed.values("holdout"))


def keys_kept(campaign: Campaign) -> QuerySet:
    """The same, a minute old at most where they are many: for a list of the campaign's customers, ordered and counted.

    Then with those of other campaigns, whom the list leaves out anyway: so each costs no look at its row.
    """
    fresh = UnreachedCount.objects.filter(campaign=campaign, counted_at__gt=Now() - TOO_OLD)
    if not fresh.exists():
        return keys(campaign)
    return Unreached.objects.values("holdout")


def keep_due() -> int:
    """Look up those of each campaign, and keep them where they are many; how many were kept."""
    kept = 0
    for campaign in Campaign.objects.order_by("pk"):
        found = set(keys(campaign).values_list("pk", flat=True))
        if len(found) <= MANY:
            UnreachedCount.objects.filter(campaign=campaign).delete()
            continue
        with transaction.atomic():
            UnreachedCount.objects.update_or_create(campaign=campaign, defaults={"counted_at": Now()})
            _keep(campaign, found)
        kept += len(found)
    return kept


def _keep(campaign: Campaign, found: set[int]) -> None:
    """Writes only what is others."""
    known = set(Unreached.objects.filter(holdout__campaign=campaign).values_list("pk", flat=True))
    gone = sorted(known - found)
    for begin in range(0, len(gone), BATCH):
        Unreached.objects.filter(pk__in=gone[begin : begin + BATCH]).delete()
    rows = (Unreached(pk=key) for key in sorted(found - known))
    Unreached.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _later() -> QuerySet[Notice]:
    """Of the same holdout, with an outcome: then that is what counts."""
    later = Notice.objects.filter(holdout=OuterRef("holdout"), pk__gt=OuterRef("pk"))
    return later.filter(state__in=(State.ACCEPTED, State.REFUSED))
