"""The site itself, behind the staff's own login, and what all its pages have in common."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from campaign import audit, roles
from campaign.audit import Act
from campaign.dashboard import noting
from campaign.dashboard.admin import cells
from campaign.dashboard.signin import gate
from campaign.dashboard.signin.door import leave
from campaign.models import AuditEntry, Customer

COUNTED = 10_000  # rows that are counted and can be paged to: nobody pages through millions


class Site(admin.AdminSite):
    site_title = site_header = gettext_lazy("Administration")
    index_title = gettext_lazy("Reference data, and all records to look at")
    site_url = "/staff/"
    final_catch_all_view = True

    def has_permission(self, request: HttpRequest) -> bool:
        permitted = request.user.is_active and request.user.has_perm(roles.USERS)
        return permitted and not gate.lacks_factor(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one login, the staff's own."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("login"))
        if gate.lacks_factor(request):
            return gate.to_factor(request)
        if not self.has_permission(request):
            raise PermissionDenied(roles.USERS)
        return HttpResponseRedirect(reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return leave(request)


site = Site(name="admin")


class Counted(Paginator):
    """Counts so far as anybody pages."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


class ReadOnly(admin.ModelAdmin):
    """A table to look at. Who opens a row that belongs to a customer has looked at the customer."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    paginator = Counted

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return site.has_permission(request)

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list:
        """Of what is only looked at, with the cells that are said in words."""
        names = super().get_fields(request, obj)
        if self.fields or self.has_change_permission(request, obj):
            return names
        return [*cells.columns(self.model, names)]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        found = super().get_object(request, object_id, from_field)
        whose = customer_of(found) if found else None
        if whose:
            noting.seen(request, whose, self.opts.model_name, key=object_id)
        return found

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *given: Any, **values: Any) -> Any:
        """A record is called in words, and not as the code calls it."""
        response = super().render_change_form(request, context, *given, **values)
        row = response.context_data.get("original")
        if row is not None and (called := cells.record(row)) != str(row):
            response.context_data |= {"original": Called(row.pk, called), "subtitle": called}
        return response


@dataclass(frozen=True)
class Called:
    """What the page asks of a row whose fields it has already."""

    pk: object
    words: str

    def __str__(self) -> str:
        return self.words


class Changeable(ReadOnly):
    """A table of which some fields can be changed; the audit keeps what they were."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        opts = self.opts
        return site.has_permission(request) and request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Last of what is saved, and in the same transaction."""
        super().save_related(request, form, formsets, change)
        fields = [name for name in form.changed_data if "password" not in name]
        after = {name: _kept(form.cleaned_data[name]) for name in fields if name in form.cleaned_data}
        before = {name: _kept(form.initial.get(name)) for name in after} if change else None
        reason = str(form.cleaned_data.get("why", ""))
        for values in (before, after):
            if values:
                values.pop("why", None)
        act = Act.CHANGED if change else Act.ADDED
        noting.note(request, act, audit.thing(form.instance), before=before, after=after, reason=reason)


def _kept(value: object) -> object:
    if isinstance(value, models.QuerySet | list | tuple):
        return sorted(map(str, value))
    return str(value) if isinstance(value, models.Model) else value


def customer_of(row: models.Model) -> Customer | None:
    """Whose the row is: directly, by the holdout, or by the notice. An entry of the audit is the staff's."""
    if isinstance(row, AuditEntry):
        return None
    if isinstance(row, Customer):
        return row
    for name in ("customer", "holdout", "notice"):
        if isinstance(further := getattr(row, name, None), models.Model):
            return customer_of(further)
    return None
