"""Those who still send the old way and whom no mail reaches: the help desk writes a letter or calls."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from campaign.locks import in_turn
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
    found = _told(Holdout.objects.filter(campaign=campaign, standing__in=LEFT, pk__in=keys(campaign)))
    return found.filter(unreached=reason) if reason else found


def listed(campaign: Campaign, *, reason: str = "") -> QuerySet[Holdout]:
    """The same ones for a list, which is a minute old at most where they are many; `told` says the rest of some."""
    if not _is_kept(campaign):
        return holdouts(campaign, reason=reason)
    kept = Unreached.objects.filter(reason=reason) if reason else Unreached.objects.all()
    return Holdout.objects.filter(campaign=campaign, standing__in=LEFT, pk__in=kept.values("holdout"))


def count(campaign: Campaign, *, reason: str = "") -> int:
    """How many are `listed`; a minute old at most, too."""
    kept = _kept(campaign).values_list("left", flat=True).first()
    if kept is None:
        return listed(campaign, reason=reason).count()
    return kept.get(reason, 0) if reason else sum(kept.values())


def told(found: Iterable[int]) -> QuerySet[Holdout]:
    """Those with these keys as they stand now, as in `holdouts`: without whom mail has come to reach since."""
    return _told(Holdout.objects.filter(pk__in=list(found))).exclude(unreached="")


def _told(found: QuerySet[Holdout]) -> QuerySet[Holdout]:
    last = Notice.objects.filter(holdout=OuterRef("pk"), state__in=(State.ACCEPTED, State.REFUSED)).order_by("-pk")
    address = Suppression.objects.open().filter(customer=OuterRef("customer")).order_by("-since")

    def of_last(name: str) -> Subquery:
        return Subquery(last.values(name)[:1])

    found = found.annotate(
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
    return found.annotate(
        unreached=Case(*whens, default=Value(""), output_field=models.CharField()),
        unreached_since=Case(When(suppressed=True, then=Subquery(address.values("since")[:1])), default=since),
        unreached_words=Case(When(suppressed=True, then=Subquery(address.values("text")[:1])), default=words),
    )


def keys(campaign: Campaign) -> QuerySet:
    """Of all holdouts whom no mail reaches, wherever they stand: one pass over what failed, without a look at each."""
    suppressed, refused, failed = _parts(campaign)
    return suppressed.values("pk").union(refused.values("holdout"), failed.values("holdout"))


def reasons(campaign: Campaign) -> dict[int, str]:
    """Of the same ones, by key, what `unreached` says of each."""
    suppressed, refused, failed = _parts(campaign)
    found = {}
    for key, fate in failed.values_list("holdout", "delivery__fate"):
        found[key] = (Reason.CAME_BACK if fate == Fate.BOUNCED else Reason.GIVEN_UP).value
    for key, reply in refused.values_list("holdout", "reply"):
        found[key] = (Reason.NO_ADDRESS if reply.startswith(selection.NOT_SENT) else Reason.REFUSED).value
    return found | dict.fromkeys(suppressed.values_list("pk", flat=True), Reason.SUPPRESSED.value)


def _parts(campaign: Campaign) -> tuple[QuerySet[Holdout], QuerySet[Notice], QuerySet[Notice]]:
    """Whose address is suppressed; the last notices that were refused, and those that failed on their way."""
    last = Notice.objects.filter(mailing__campaign=campaign).exclude(models.Exists(_later())).order_by()
    suppressed = Holdout.objects.filter(
        Suppression.objects.in_the_way(customer="customer"),
        campaign=campaign,
        customer__in=Suppression.objects.open().values("customer"),
    )
    refused = last.filter(state=State.REFUSED)
    failed = last.filter(state=State.ACCEPTED, delivery__fate__in=(Fate.BOUNCED, Fate.EXPIRED))
    return suppressed.order_by(), refused, failed


def keys_kept(campaign: Campaign) -> QuerySet:
    """The same, a minute old at most where they are many: for a list of the campaign's customers, ordered and counted.

    Then with those of other campaigns, whom the list leaves out anyway: so each costs no look at its row.
    """
    return Unreached.objects.values("holdout") if _is_kept(campaign) else keys(campaign)


def _is_kept(campaign: Campaign) -> bool:
    return _kept(campaign).exists()


def _kept(campaign: Campaign) -> QuerySet[UnreachedCount]:
    return UnreachedCount.objects.filter(campaign=campaign, counted_at__gt=Now() - TOO_OLD)


def keep_due() -> int:
    """Look up those of each campaign, and keep them where they are many; how many were kept."""
    kept = 0
    for campaign in Campaign.objects.order_by("pk"):
        found = reasons(campaign)
        if len(found) <= MANY:
            UnreachedCount.objects.filter(campaign=campaign).delete()
            continue
        with transaction.atomic():
            in_turn("notices.unreachable", campaign.pk)
            _keep(campaign, found)
            values = {"counted_at": Now(), "left": _left(campaign)}
            UnreachedCount.objects.update_or_create(campaign=campaign, defaults=values)
        kept += len(found)
    return kept


def _keep(campaign: Campaign, found: dict[int, str]) -> None:
    """Writes only what is others."""
    known = dict(Unreached.objects.filter(holdout__campaign=campaign).values_list("pk", "reason"))
    gone = sorted(known.keys() - found.keys())
    for begin in range(0, len(gone), BATCH):
        Unreached.objects.filter(pk__in=gone[begin : begin + BATCH]).delete()
    rows = [Unreached(pk=key, reason=found[key]) for key in sorted(found) if known.get(key) != found[key]]
    same = {"update_conflicts": True, "unique_fields": ["holdout"], "update_fields": ["reason"]}
    Unreached.objects.bulk_create(rows, **same, batch_size=BATCH)


def _left(campaign: Campaign) -> dict[str, int]:
    kept = Unreached.objects.filter(holdout__campaign=campaign, holdout__standing__in=LEFT).order_by()
    return dict(kept.values_list("reason").annotate(number=models.Count("*")))


def _later() -> QuerySet[Notice]:
    """Of the same holdout, with an outcome: then that is what counts."""
    later = Notice.objects.filter(holdout=OuterRef("holdout"), pk__gt=OuterRef("pk"))
    return later.filter(state__in=(State.ACCEPTED, State.REFUSED))
