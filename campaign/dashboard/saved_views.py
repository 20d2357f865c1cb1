"""The filters of the list under names: one's own, and those that others share."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard.finding import Filters, filters_in
from campaign.models import Campaign, SavedView

LONGEST = 60
MOST = 30  # of one person


@dataclass(frozen=True)
class View:
    """`by` is "" for one's own, which alone has a `delete_url`."""

    name: str
    url: str
    chosen: bool
    shared: bool
    by: str
    delete_url: str


def shown(user: AbstractUser, filters: Filters) -> list[View]:
    """One's own first, each kind by name."""
    seen = SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")
    views = sorted(seen, key=lambda view: (view.owner_id != user.pk, view.name))
    return [_view(view, mine=view.owner_id == user.pk, query=filters.query()) for view in views]


def _view(view: SavedView, *, mine: bool, query: str) -> View:
    return View(
        name=view.name,
        url=f"{reverse('customers')}?{view.query}",
        chosen=view.query == query,
        shared=view.shared,
        by="" if mine else view.owner.get_full_name() or view.owner.get_username(),
        delete_url=reverse("view_delete", kwargs={"pk": view.pk}) if mine else "",
    )


def save(request: HttpRequest) -> HttpResponse:
    """The filters that `query` has, under a name; one's own of that name gives way."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = QueryDict(request.POST.get("query", "")[:2000])
    campaign = get_object_or_404(Campaign, name=asked.get("campaign", ""))
    query = filters_in(asked, campaign).query()
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())
    wrong = _wrong(name, query, request.user)
    if wrong:
        messages.error(request, wrong)
    else:
        values = {"query": query, "shared": "shared" in request.POST, "at": timezone.now()}
        SavedView.objects.update_or_create(owner=request.user, name=name, defaults=values)
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    return HttpResponseRedirect(f"{reverse('customers')}?{query}", status=303)


def _wrong(name: str, query: str, user: AbstractUser) -> str:
    if not name or len(name) > LONGEST:
        return _("Give the view a name of at most %(most)s characters.") % {"most": LONGEST}
    if len(query) > SavedView._meta.get_field("query").max_length:
        return _("These filters are too long to be kept.")
    others = SavedView.objects.filter(owner=user).exclude(name=name).count()
    return _("At most %(most)s views can be kept: delete one first.") % {"most": MOST} if others >= MOST else ""


def delete(request: HttpRequest, *, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return HttpResponseRedirect(f"{reverse('customers')}?{view.query}", status=303)
