"""The letter to one customer, and those to a page of the list of whom no mail reaches, as PDF to print."""

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import brands
from campaign.dashboard import noting, unreachable
from campaign.dashboard.shell import chosen_campaign, pager
from campaign.models import Holdout
from campaign.plan import last_days
from notices import paper, typeset
from notices.compose import spelled
from notices.deliveries import unreachable as listed
from notices.models import Notice

LAST = Notice.objects.filter(holdout=OuterRef("pk")).order_by("-pk")
OF_LAST = {name: Subquery(LAST.values(of)[:1]) for name, of in (("number", "number"), ("program", "client_program"))}


def letter(holdout: Holdout, *, unreached: bool, today: date) -> paper.Letter:
    """`holdout` comes with its customer and its exemptions, its campaign, and number and program of its last notice.

    So the pattern leads where the number does.
    """
    customer = holdout.customer
    own = (each for each in customer.exemptions.all() if each.campaign_id == holdout.campaign_id)
    exempt = last_days.spans(own, today=today)
    return paper.Letter(
        name=customer.name,
        contract=customer.contract,
        language=customer.language,
        brand=brands.of_login(customer.login),
        number=spelled(holdout.number) if holdout.number else "",
        program=holdout.program or customer.client_program,
        ends_on=last_days.ends_on(holdout.campaign.cutoff_on, exempt),
        last_legacy_on=holdout.last_legacy_on,
        written_on=today,
        unreached=unreached,
    )


def one(request: HttpRequest, *, pk: int) -> HttpResponse:
    """To the customer `pk`, about the campaign that the address names."""
    campaign = chosen_campaign(request)
    holdouts = Holdout.objects.filter(customer=pk, campaign=campaign).select_related("customer", "campaign")
    holdout = holdouts.annotate(**OF_LAST).first()
    if holdout is None:
        raise Http404(pk)
    noting.seen(request, holdout.customer, "letter")
    unreached = listed.told([holdout.pk]).exists()
    return _file([holdout], unreached=unreached, name=f"letter-{pk}.pdf")


def page(request: HttpRequest) -> HttpResponse:
    """To those on one page of the list, in its order and with its filters."""
    campaign = chosen_campaign(request)
    if campaign is None:
        raise Http404
    filters = unreachable.filters_of(request, campaign)
    found = unreachable.found(campaign, filters)
    pages = pager(request, total=listed.count(campaign, reason=filters.reason))
    shown = unreachable.told(found[pages.shown]).select_related("campaign").annotate(**OF_LAST)
    shown = shown.prefetch_related("customer__exemptions")
    if shown:
        told = unreachable.chosen(request, campaign, pages.number)
        noting.exported(request, "letters", rows=len(shown), filters=told)
    name = f"letters-{campaign.name}-{timezone.localdate():%Y-%m-%d}-{pages.number}.pdf"
    return _file(shown, unreached=True, name=name)


def _file(holdouts: Iterable[Holdout], *, unreached: bool, name: str) -> HttpResponse:
    today = timezone.localdate()
    letters = [letter(holdout, unreached=unreached, today=today) for holdout in holdouts]
    if not letters:
        raise Http404
    response = HttpResponse(paper.pdf(letters, title=_("Letter")), content_type=typeset.MEDIA_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
