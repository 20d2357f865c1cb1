import pytest

from campaign.dashboard.signin.claims import confirmed_address, groups_in, names_in, role_of
from campaign.roles import Role

ROLES = {"helpdesk": Role.SUPPORT, "admins": Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("claims", "name", "groups"),
    [
        ({"groups": ["helpdesk", "x"]}, "groups", {"helpdesk", "x"}),
        ({"groups": "helpdesk"}, "groups", {"helpdesk"}),
        ({"groups": "two words"}, "groups", {"two words"}),
        ({"realm_access": {"roles": ["helpdesk"]}}, "realm_access.roles", {"helpdesk"}),
        ({"https://isp.example/groups": ["helpdesk"]}, "https://isp.example/groups", {"helpdesk"}),
        ({"a.b": ["whole"], "a": {"b": ["by steps"]}}, "a.b", {"whole"}),
        ({"groups": [{"id": 1}, 7, None, "helpdesk"]}, "groups", {"helpdesk"}),
        ({"groups": {"helpdesk": True}}, "groups", set()),
        ({"groups": None}, "groups", set()),
        ({}, "groups", set()),
        ({"realm_access": "x"}, "realm_access.roles", set()),
    ],
)
def test_groups_are_read_as_providers_write_them(claims, name, groups):
    assert groups_in(claims, name) == groups


def test_the_highest_role_of_several_groups_counts():
    assert role_of(frozenset({"helpdesk", "admins"}), ROLES) is Role.ADMINISTRATOR
    assert role_of(frozenset({"helpdesk"}), ROLES) is Role.SUPPORT


def test_a_group_that_stands_for_nothing_is_no_role():
    assert role_of(frozenset({"Helpdesk", "others"}), ROLES) is None
    assert role_of(frozenset(), ROLES) is None


@pytest.mark.parametrize("confirmed", [False, None, "true", 1, "yes"])
def test_only_the_value_that_the_standard_names_confirms_an_address(confirmed):
    assert confirmed_address({"email": "a@isp.example", "email_verified": confirmed}) == ""
    assert confirmed_address({"email": "a@isp.example"}) == ""
    assert confirmed_address({"email": "a@isp.example", "email_verified": True}) == "a@isp.example"


def test_a_person_is_called_by_the_best_name_that_there_is():
    assert names_in({"sub": "1", "email": "a@isp.example", "preferred_username": "a"}) == ["a", "a@isp.example", "1"]
    assert names_in({"sub": "1", "preferred_username": ""}) == ["1"]
