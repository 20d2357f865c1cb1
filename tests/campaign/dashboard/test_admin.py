"""The administration: who gets in, what is only looked at, and that what is changed there is audited."""

from datetime import date

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import models
from django.urls import reverse

from campaign import roles
from campaign.dashboard.admin import frame, site
from campaign.models import AuditEntry, CutoffChange, Exemption, Holdout
from campaign.roles import Role
from notices.models import Notice

pytestmark = pytest.mark.django_db
CHANGEABLE = {"campaign", "exemption", "user"}
EVIDENCE = {"holdout", "attributedday", "coverage", "logfile", "relayedday"}
LEDGER = {"mailing", "notice", "delivery", "suppression", "returnedmail", "mute"}


def with_role(role: Role) -> User:
    user = make_user(f"one-{role}")
    roles.assign(user, role)
    return user


@pytest.fixture
def admin(client, db):
    """A browser in which an administrator, who is no superuser, is logged in; it speaks English."""
    client.force_login(with_role(Role.ADMINISTRATOR))
    client.cookies["django_language"] = "en"
    return client


def address(model: type[models.Model], view: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def registered() -> list[type[models.Model]]:
    return sorted(site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_get_in(client, role):
    client.force_login(with_role(role))
    assert client.get("/staff/admin/", follow=True).status_code == 403


def test_there_is_one_login(client):
    response = client.get("/staff/admin/campaign/holdout/", follow=True)
    assert response.redirect_chain[-1][0] == "/staff/login/?next=/staff/admin/campaign/holdout/"


def test_evidence_ledger_and_audit_are_there():
    names = {model._meta.model_name for model in registered()}
    assert names >= EVIDENCE | LEDGER | {"auditentry"} | CHANGEABLE


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)
def test_nothing_is_added_changed_or_deleted_that_is_not_reference_data(rf, model):
    request = rf.get("/")
    request.user = with_role(Role.ADMINISTRATOR)
    here = site._registry[model]
    assert here.has_view_permission(request)
    assert not here.has_delete_permission(request)
    assert here.has_change_permission(request) == (model._meta.model_name in CHANGEABLE)
    assert here.has_add_permission(request) == (model is get_user_model())


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)
def test_every_table_is_listed_with_what_is_in_it(admin, world, model):
    assert admin.get(address(model, "changelist")).status_code == 200
    row = model._default_manager.order_by("-pk").first()
    if row:
        assert admin.get(address(model, "change", row.pk)).status_code == 200
    if model is not User:
        assert admin.get(address(model, "add")).status_code == 403
    if model._meta.model_name not in CHANGEABLE and row:
        assert admin.post(address(model, "change", row.pk), {}).status_code == 403
        assert admin.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_row_of_a_customer_is_a_look_at_the_customer(admin):
    customer = make_customer("hanako@isp.example")
    notice = make_notice(make_mailing(make_campaign()), make_holdout(make_campaign(name="local_port25"), customer))
    admin.get(address(Notice, "change", notice.pk))
    seen = AuditEntry.objects.get()
    assert (seen.act, seen.kind, seen.customer, seen.by_name) == ("seen", "notice", customer, "one-administrator")


def test_the_cutoff_date_is_moved_with_a_reason_and_its_history(admin, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    campaign = make_campaign()
    url = address(type(campaign), "change", campaign.pk)
    assert "This field is required" in admin.post(url, {"cutoff_on": "2027-04-30"}).content.decode()
    refused = admin.post(url, {"cutoff_on": "2026-03-31", "why": "x"}).content.decode()
    assert "must be after the first day" in refused
    for day, words in (("2026-10-01", "a day that is over"), ("2099-01-01", "look at the year")):
        assert words in admin.post(url, {"cutoff_on": day, "why": "x"}).content.decode()
    make_mailing(campaign, period="2026-11", state="sending")
    make_mailing(campaign, period="2026-10", state="finished")
    moved = admin.post(url, {"cutoff_on": "2027-04-30", "why": "asked by the desk"}, follow=True)
    told = " ".join(str(message) for message in moved.context["messages"])
    assert "Reminder of November 2026" in told and "October" not in told
    assert "named March 31, 2027" in told and "names April 30, 2027" in told
    assert "closed" not in told
    campaign.refresh_from_db()
    change = CutoffChange.objects.get()
    assert campaign.cutoff_on == change.new == date(2027, 4, 30)
    assert change.changed_by.username == "one-administrator"
    noted = AuditEntry.objects.get(kind="campaign")
    assert (noted.before, noted.after) == ({"cutoff_on": "2027-03-31"}, {"cutoff_on": "2027-04-30"})
    assert noted.reason == "asked by the desk"


def test_a_cutoff_on_a_holiday_is_moved_there_with_a_warning(admin, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    url = address(type(campaign := make_campaign()), "change", campaign.pk)
    moved = admin.post(url, {"cutoff_on": "2027-04-29", "why": "asked by the desk"}, follow=True)
    (told,) = (message for message in moved.context["messages"] if "closed" in str(message))
    assert told.level_tag == "warning" and "The next open day is April 30, 2027." in str(told)
    campaign.refresh_from_db()
    assert campaign.cutoff_on == date(2027, 4, 29)


def test_an_exemption_gets_another_end_but_none_before_its_first_day(admin):
    made = Exemption.objects.create(
        campaign=make_campaign(), customer=make_customer(), reason="ill", from_day=TODAY, until=TODAY
    )
    url = address(Exemption, "change", made.pk)
    assert "not be before the first" in admin.post(url, {"until": "2026-11-23", "reason": "ill"}).content.decode()
    admin.post(url, {"until": "2026-12-24", "reason": "ill", "from_day": "2020-01-01"})
    made.refresh_from_db()
    assert (made.from_day, made.until) == (TODAY, date(2026, 12, 24))
    noted = AuditEntry.objects.get(act="changed")
    assert (noted.before, noted.after, noted.customer) == (
        {"until": "2026-11-24"},
        {"until": "2026-12-24"},
        made.customer,
    )


def test_a_staff_member_is_made_gets_a_role_and_becomes_inactive(admin):
    words = {"password1": "a long test password", "password2": "a long test password", "usable_password": "true"}
    admin.post(address(User, "add"), {"username": "suzuki", **words})
    made = User.objects.get(username="suzuki")
    url, support = address(User, "change", made.pk), Group.objects.get(name="support")
    admin.post(url, {"username": "suzuki", "is_active": "on", "groups": [support.pk]})
    assert roles.of(made) == Role.SUPPORT
    admin.post(url, {"username": "suzuki", "groups": [support.pk]})
    made.refresh_from_db()
    assert not made.is_active
    noted = list(AuditEntry.objects.order_by("pk").values_list("act", "before", "after"))
    assert noted == [
        ("added", None, {"username": "suzuki"}),
        ("changed", {"groups": []}, {"groups": ["support"]}),
        ("changed", {"is_active": True}, {"is_active": False}),
    ]
    assert "long test" not in str(AuditEntry.objects.values_list())


def test_a_password_that_is_set_anew_is_noted_without_it(admin):
    other = make_user("suzuki")
    url = reverse("admin:auth_user_password_change", args=[other.pk])
    admin.post(url, {"password1": "another long password", "password2": "another long password"})
    other.refresh_from_db()
    assert other.check_password("another long password")
    assert AuditEntry.objects.get().after == {"password": "set anew"}


def test_an_administrator_makes_no_superuser_and_changes_none(admin):
    other, above = make_user("suzuki"), User.objects.create_superuser("root")
    given = {"username": "suzuki", "is_active": "on", "is_superuser": "on"}
    admin.post(address(User, "change", other.pk), given)
    other.refresh_from_db()
    assert not other.is_superuser
    assert admin.post(address(User, "change", above.pk), {"username": "mine"}).status_code == 403
    assert admin.post(reverse("admin:auth_user_password_change", args=[above.pk]), {}).status_code == 403


def test_the_list_counts_no_further_than_anybody_pages(admin, monkeypatch):
    monkeypatch.setattr(frame, "COUNTED", 3)
    campaign = make_campaign()
    for _ in range(5):
        make_holdout(campaign)
    assert "3 holdouts" in admin.get(address(Holdout, "changelist")).content.decode()
