"""What is changed here: staff and their roles, an exemption's end and reason, and the cut-off date."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from campaign.audit import Act, thing
from campaign.dashboard import noting, rights
from campaign.dashboard.admin import cells
from campaign.dashboard.admin.frame import Changeable, ReadOnly, site
from campaign.dashboard.audit_fields import joined
from campaign.dashboard.signin.reset import reset_factor
from campaign.dashboard.words import mailing_title
from campaign.models import Campaign, Exemption
from campaign.plan.campaigns import LONGEST_REASON, doubtful_cutoff, move_cutoff, wrong_cutoff
from notices import pacing
from notices.models import Mailing

NAMING = _(
    "Under way are: %(mailings)s. What of these has gone out named %(old)s; what goes out from now on names %(new)s, "
    "but for notices of the last weeks that were planned for %(old)s: those do not go out. All pages name the new "
    "date; the forecast follows within an hour."
)


class CutoffForm(forms.ModelForm):
    why = forms.CharField(max_length=LONGEST_REASON, label=_("Reason"))

    def clean_cutoff_on(self) -> Any:
        day, old = self.cleaned_data["cutoff_on"], Campaign.objects.get(pk=self.instance.pk)
        if wrong := wrong_cutoff(old, day, today=timezone.localdate()):
            raise forms.ValidationError(wrong)
        return day


@admin.register(Campaign, site=site)
class CampaignAdmin(Changeable):
    """Opened by `manage.py campaigns`; its quiet days are behind every standing, and stay."""

    form = CutoffForm
    fields = ("name", "starts_on", "quiet_days", "cutoff_on", "why")
    readonly_fields = ("name", "starts_on", "quiet_days")
    list_display = ("name", "starts_on", "cutoff_on", "quiet_days")

    def save_model(self, request: HttpRequest, obj: Campaign, form: CutoffForm, change: bool) -> None:
        values = {"to": obj.cutoff_on, "reason": form.cleaned_data["why"]}
        moved = move_cutoff(campaign_id=obj.pk, now=timezone.now(), user_id=request.user.pk, **values)
        if naming := _naming(obj):
            told = {"mailings": naming, "old": date_format(moved.old), "new": date_format(moved.new)}
            self.message_user(request, NAMING % told, messages.WARNING)
        if doubt := doubtful_cutoff(moved.new, is_open=pacing.is_open):
            self.message_user(request, doubt, messages.WARNING)


def _naming(campaign: Campaign) -> str:
    """The mailings under way, all of which name the cut-off date."""
    under_way = campaign.mailings.exclude(state__in=Mailing.ENDED).order_by("pk")
    return joined(mailing_title(each.kind, each.period) for each in under_way)


class ExemptionForm(forms.ModelForm):
    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until < self.instance.from_day:
            raise forms.ValidationError(_("The last day must not be before the first."))
        return until


@admin.register(Exemption, site=site)
class ExemptionAdmin(Changeable):
    form = ExemptionForm
    fields = (
        *("campaign", "customer", "from_day", "until", "reason", "made_by"),
        *("asked_at", "asked_why", "ended_at", "ended_by"),
    )
    readonly_fields = tuple(name for name in fields if name not in ("until", "reason"))
    list_display = ("customer", "campaign", "from_day", "until", "reason")
    list_select_related = ("customer", "campaign")
    search_fields = ("customer__login__startswith",)
    ordering = ("-pk",)


@admin.register(Group, site=site)
class GroupAdmin(ReadOnly):
    """The roles: `campaign/roles.py` says what each may."""

    list_display = ("role",)
    fields = ("role", "rights")

    @admin.display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        return cells.role_title(group)

    @admin.display(description=_("What it may"))
    def rights(self, group: Group) -> str:
        found = group.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return format_html_join("", "{}<br>", ((rights.title(each),) for each in found)) or "–"


@admin.register(User, site=site)
class StaffAdmin(Changeable, UserAdmin):
    """Nobody is deleted, for the audit names them: who leaves is made inactive.

    What is beyond the roles, only a superuser gives: otherwise an administrator could become one.
    """

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("last_name", "first_name", "email")}),
        (_("What this person may do"), {"fields": ("is_active", "groups", "is_superuser", "user_permissions")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")
    list_display = ("username", "last_name", "first_name", "email", "is_active", "last_login")
    list_filter: ClassVar = ["is_active", ("groups", cells.ByRole)]
    actions = ("take_factor_away",)

    @admin.action(description=_("Take the second factor away: it was lost, and is set up anew"))
    def take_factor_away(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        """Of who may be changed here; a superuser's only by a superuser."""
        for user in queryset:
            if not self.has_change_permission(request, user):
                self.message_user(request, _("The second factor of %(name)s stays.") % _named(user), messages.ERROR)
            elif reset_factor(user, by=noting.actor(request), now=timezone.now()):
                self.message_user(request, _("The second factor of %(name)s is taken away.") % _named(user))
            else:
                self.message_user(request, _("There is no second factor of %(name)s.") % _named(user), messages.WARNING)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        beyond = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*self.readonly_fields, *beyond)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **values: Any) -> Any:
        """Roles and permissions in words; Django keeps the names of permissions in English."""
        found = super().formfield_for_manytomany(db_field, request, **values)
        if db_field.name == "user_permissions" and found is not None:
            found.label_from_instance = rights.title
        if db_field.name == "groups" and found is not None:
            found.label_from_instance = cells.role_title
        return found

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return site.has_permission(request) and request.user.has_perm("auth.add_user")

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        if request.resolver_match.url_name == "auth_user_password_change":
            noting.note(request, Act.CHANGED, thing(obj), after={"password": "set anew"})
        return super().log_change(request, obj, message)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above


def _named(user: User) -> dict[str, str]:
    return {"name": user.get_username()}
