"""What the administration calls things: apps, records, their fields and what explains these, in both languages."""

import re
from collections.abc import Iterator

import pytest
from builders import TODAY, make_user, noon
from desk import make_mailing, make_notice, make_world
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.urls import reverse
from django.utils import translation

from campaign import audit, roles
from campaign.dashboard import rights
from campaign.dashboard.admin import site
from campaign.models import Holdout
from campaign.roles import Role

MODELS = sorted(site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if model._meta.app_label in {"campaign", "notices"}]
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def both(text: object) -> tuple[str, str]:
    with translation.override("en"):
        english = str(text)
    with translation.override("ja"):
        return english, str(text)


def shown(model: type[models.Model]) -> Iterator[models.Field]:
    """The fields of a row's page; keys and what the database computes are not on it."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.AutoField) and not field.generated:
            yield field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_record_has_a_name_and_a_name_of_many_in_both_languages(model):
    app, japanese_app = both(model._meta.app_config.verbose_name)
    english, japanese = both(model._meta.verbose_name_plural)
    one, _one_in_japanese = both(model._meta.verbose_name)
    assert JAPANESE.search(japanese) and japanese != english
    assert JAPANESE.search(japanese_app) and japanese_app != app
    assert one != english and not re.search(r"[^aeiou]ys$|sss$", english), english


def test_no_two_records_have_the_same_name():
    for language in (0, 1):
        names = [both(model._meta.verbose_name_plural)[language] for model in MODELS]
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_that_is_shown_has_a_name_and_an_explanation_in_both_languages(model):
    for field in shown(model):
        english, japanese = both(field.verbose_name)
        assert JAPANESE.search(japanese) and japanese != english, field
        assert "_" not in english and english == english.strip()
        explained, in_japanese = both(field.help_text)
        assert bool(explained) == bool(JAPANESE.search(in_japanese)), (field, in_japanese)
        assert "null" not in explained


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_fields_of_one_record_are_told_apart(model):
    for language in (0, 1):
        names = [both(field.verbose_name)[language] for field in shown(model)]
        assert sorted(names) == sorted(set(names))


@pytest.mark.django_db
def test_the_pages_show_these_words(client):
    make_world()
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "ja"
    index = client.get(reverse("admin:index")).content.decode()
    for model in MODELS:
        english, japanese = both(model._meta.verbose_name_plural)
        assert japanese in index
        assert f">{english.capitalize()}<" not in index
    with translation.override("ja"):
        text = client.get(reverse("admin:campaign_holdout_changelist")).content.decode()
        assert "最後の旧方式" in text or "旧方式での最後の送信" in text or "旧方式の最後の日" in text


@pytest.mark.django_db
def test_a_record_without_a_name_is_called_by_its_kind(client):
    make_world()
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "ja"
    for model in MODELS:
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            address = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            text = client.get(reverse(address, args=[row.pk])).content.decode()
            assert " object (" not in text, model


@pytest.mark.django_db
def test_every_permission_that_can_be_given_has_japanese_words():
    """Of ours; those of Django's and allauth's own apps are as these call them."""
    found = Permission.objects.filter(content_type__app_label__in=("campaign", "notices")).select_related(
        "content_type"
    )
    assert found.count() > 100
    for permission in found:
        with translation.override("ja"):
            assert JAPANESE.search(rights.title(permission)), permission


@pytest.mark.django_db
def test_lists_and_records_speak_in_words_of_keys_mailings_kinds_and_roles(client):
    campaign = make_world()
    mailing = make_mailing(campaign, kind="guide", period="2026-11-27-034100-000000", only_for=Holdout.objects.first())
    notice = make_notice(mailing)
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "ja"
    noted = audit.note(audit.of_command(), audit.Act.ADDED, audit.thing(mailing), now=noon(TODAY))
    client.get(reverse("admin:auth_user_change", args=[user.pk]))
    found = {}
    for name, key in (
        *(("campaign_auditentry", noted.pk), ("notices_notice", notice.pk), ("notices_mailing", mailing.pk)),
        *(("auth_group", Group.objects.get(name="support").pk), ("auth_user", user.pk)),
    ):
        listed = client.get(reverse(f"admin:{name}_changelist")).content.decode()
        found[name] = (listed, client.get(reverse(f"admin:{name}_change", args=[key])).content.decode())
    for name, texts in found.items():
        for text in texts:
            seen = re.sub(r"<[^>]*>", " ", text)
            assert not re.search(r"(?i)\b(customer|notice|holdout) id\b", seen), name
            assert "pop_before_smtp guide" not in seen, name
            assert not re.search(r"\b(viewer|support|operator|approver|administrator)\b", seen), name
    for text in (*found["notices_notice"], found["notices_mailing"][1]):
        assert re.search(r"POP before SMTP.{1,20}2026年11月27日", text)
    assert "サポート" in found["auth_group"][0] and "サポート" in found["auth_user"][0]


@pytest.mark.django_db
def test_a_role_is_shown_with_what_it_may_in_words(client):
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "ja"
    group = Group.objects.get(name=Role.SUPPORT)
    text = client.get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()
    assert "問い合わせの記録" in text and "Can add" not in text
