"""The choice of light or dark, and of keys: kept in the browser, without a script."""

import re

import pytest
from builders import make_user
from django.urls import reverse

from campaign.dashboard.look import SCHEMES

DARK = re.compile(r'dark\.css" media="([^"]*)"')


@pytest.fixture
def choose(staff):
    def post(**chosen: str):
        return staff.post(reverse("look"), {"next": "/staff/desk/?x=1", **chosen})

    return post


def of_page(client) -> tuple[str, str]:
    text = client.get("/staff/desk/").content.decode()
    scheme = re.search(r'name="color-scheme" content="([^"]*)"', text)
    return DARK.search(text)[1], scheme[1]


@pytest.mark.parametrize(
    ("chosen", "media"),
    [("auto", "screen and (prefers-color-scheme: dark)"), ("light", "not all"), ("dark", "screen")],
)
def test_a_choice_of_display_stays_and_leads_back(staff, choose, chosen, media):
    response = choose(display=chosen)
    assert (response.status_code, response["Location"]) == (303, "/staff/desk/?x=1")
    assert of_page(staff) == (media, SCHEMES[chosen])
    assert f'value="{chosen}" aria-current="true"' in staff.get("/staff/desk/").content.decode()


def test_without_a_choice_the_device_decides(staff):
    assert of_page(staff) == ("screen and (prefers-color-scheme: dark)", "light dark")


def test_the_choice_outlives_the_login(staff, choose):
    choose(display="dark")
    staff.post(reverse("logout"))
    assert DARK.search(staff.get(reverse("login")).content.decode())[1] == "screen"


def test_the_cookie_is_for_the_staffs_pages_alone_and_out_of_reach_of_scripts(choose):
    cookie = choose(display="dark").cookies["display"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/staff/", True, "Lax")


def test_nonsense_is_kept_by_nobody(staff, choose):
    assert not choose(display="<b>", keys="perhaps").cookies
    staff.cookies["display"] = '"><script>'
    assert of_page(staff)[0] == "screen and (prefers-color-scheme: dark)"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_no_choice_leads_to_another_site(staff, away):
    assert staff.post(reverse("look"), {"next": away, "display": "dark"})["Location"] == "/staff/"


def test_keys_are_on_until_somebody_turns_them_off(staff, choose):
    assert "keys.js" in staff.get("/staff/desk/").content.decode()
    choose(keys="off")
    text = staff.get("/staff/desk/").content.decode()
    assert "keys.js" not in text and "<dialog" not in text
    assert "Turn the keys on" in staff.get("/staff/keys/").content.decode()
    choose(keys="on")
    assert "keys.js" in staff.get("/staff/desk/").content.decode()


def test_one_choice_leaves_the_other_alone(staff, choose):
    choose(keys="off")
    assert "keys" not in choose(display="dark").cookies


@pytest.mark.django_db
def test_only_keys_that_lead_somewhere_are_listed(client):
    client.force_login(make_user("viewer"))
    client.cookies["django_language"] = "en"
    text = client.get("/staff/keys/").content.decode()
    assert "Go to the progress" in text and "Go to the mailings" in text
    assert "Go to the customers" not in text and "Find a customer" not in text


def test_the_public_pages_know_no_choice(client, db):
    """They are kept for everybody: the device decides, and no cookie is read or set."""
    client.cookies["display"] = "dark"
    response = client.get("/en/")
    assert DARK.search(response.content.decode())[1] == "screen and (prefers-color-scheme: dark)"
    assert not response.cookies and "Cookie" not in response.get("Vary", "")
