"""Cells of the administration in words, where Django would show a key or what the code calls things."""

from collections.abc import Callable, Iterable

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaign.dashboard.audit_words import kind_title, thing_title
from campaign.dashboard.words import mailing_title
from campaign.models import AuditEntry
from campaign.roles import TITLES, Role
from notices.models import Mailing, TextVersion

Cell = Callable[[models.Model], object]


def role_title(group: Group) -> str:
    """Of a role; of another group its own name."""
    return TITLES[Role(group.name)]() if group.name in set(Role) else group.name


def record(row: models.Model | None) -> str:
    """What a record is called."""
    if row is None:
        return ""
    if isinstance(row, Group):
        return role_title(row)
    if isinstance(row, Mailing):
        return _("%(before)s, %(next)s") % {"before": row.campaign, "next": mailing_title(row.kind, row.period)}
    if isinstance(row, TextVersion):
        return thing_title("textversion", str(row))
    if type(row).__str__ is models.Model.__str__:
        return _("%(record)s %(key)s") % {"record": row._meta.verbose_name, "key": row.pk}
    return str(row)


def columns(model: type[models.Model], names: Iterable[str]) -> tuple[str | Cell, ...]:
    return tuple(_cell(model, name) for name in names)


def _cell(model: type[models.Model], name: str) -> str | Cell:
    """The name alone where Django's own cell is right."""
    if (model, name) in SAID:
        return _named(model, name, SAID[model, name])
    fields = {field.name: field for field in model._meta.fields}
    if name not in fields and name.removesuffix("_id") in fields:  # what it leads to would cost a question a row
        return _named(model, name.removesuffix("_id"), lambda row: getattr(row, name))
    if name in fields and fields[name].related_model in (Mailing, TextVersion):
        return _named(model, name, lambda row: record(getattr(row, name)))
    return name


def _named(model: type[models.Model], name: str, said: Cell) -> Cell:
    @admin.display(description=model._meta.get_field(name).verbose_name, ordering=name, empty_value="–")
    def cell(row: models.Model) -> object:
        return said(row)

    cell.__name__ = name  # of the column, in the page's styles
    return cell


SAID: dict[tuple[type[models.Model], str], Cell] = {
    (AuditEntry, "kind"): lambda row: kind_title(row.kind),
    (AuditEntry, "what"): lambda row: thing_title(row.kind, row.what),
}


class ByRole(RelatedFieldListFilter):
    """Roles by what people call them."""

    def field_choices(self, field: models.Field, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [(group.pk, role_title(group)) for group in field.related_model.objects.order_by("pk")]
