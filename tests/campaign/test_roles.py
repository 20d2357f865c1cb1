"""The roles: what the table says is what the groups may, and every permission of ours is somebody's."""

from itertools import pairwise

import pytest
from builders import make_user
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from campaign import roles
from campaign.models import AuditEntry
from campaign.roles import Role
from campaign.sample import staff

pytestmark = pytest.mark.django_db


def may(role: Role) -> set[str]:
    user = get_user_model().objects.create_user(f"one-{role}")
    roles.assign(user, role)
    return get_user_model().objects.get(pk=user.pk).get_all_permissions()


@pytest.mark.parametrize("role", Role)
def test_the_groups_are_there_after_the_migrations(role):
    assert may(role) == set(roles.permissions()[role])


def test_each_role_may_what_the_one_before_may_and_more():
    ladder = [set(names) for names in roles.permissions().values()]
    assert all(less < more for less, more in pairwise(ladder))


def test_no_permission_is_named_twice():
    named = [name for names in roles.MORE.values() for name in names]
    assert len(named) == len(set(named))


def test_every_permission_that_a_model_of_ours_declares_is_some_roles():
    declared = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        if model._meta.app_label in ("campaign", "notices")
        for codename, _title in model._meta.permissions
    }
    assert declared <= set(roles.permissions()[Role.ADMINISTRATOR])


def test_a_changed_group_is_brought_in_line_and_another_is_left_alone():
    other = Group.objects.create(name="night shift")
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.add(*Group.objects.get(name="approver").permissions.all())
    other.permissions.add(*viewer.permissions.all())
    before = other.permissions.count()
    call_command("roles")
    assert viewer.permissions.count() == 1 and other.permissions.count() == before


def test_the_command_gives_a_role_instead_of_another_and_the_audit_has_it(capsys):
    user = make_user("suzuki")
    user.groups.add(Group.objects.get(name="approver"), Group.objects.create(name="night shift"))
    call_command("roles", "--user", "suzuki", "--role", "support")
    assert set(user.groups.values_list("name", flat=True)) == {"support", "night shift"}
    assert "suzuki: approver -> support" in capsys.readouterr().out
    noted = AuditEntry.objects.get()
    assert (noted.what, noted.before, noted.after) == ("suzuki", {"role": "approver"}, {"role": "support"})


@pytest.mark.parametrize(
    ("given", "words"),
    [(["--user", "nobody", "--role", "support"], "'nobody'"), (["--user", "suzuki"], "go together")],
)
def test_the_command_says_what_is_wrong(given, words):
    with pytest.raises(CommandError, match=words):
        call_command("roles", *given)


def test_the_sample_has_a_person_for_each_role_however_often_it_starts():
    assert staff.hire() == staff.hire()
    users = get_user_model().objects.all()
    assert {user.username: roles.of(user) for user in users} == {role.value: role for role in Role}
    assert all(user.check_password(staff.password_of(user.username)) for user in users)
