"""Signing in with a real browser, at a real OpenID provider, and how the pages of it look."""

from urllib.parse import urlsplit

import openid_provider
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.urls import reverse
from entering import PASSWORD, code_of
from playwright.sync_api import expect
from sight import look, speak, unfit

from campaign import roles
from campaign.dashboard.signin.sealed import seal
from campaign.roles import Role

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def provider_for_browsers(tmp_path_factory, live_server):
    """One that knows the address at which browsers reach the product."""
    provider = openid_provider.start(tmp_path_factory.mktemp("provider"), live_server.url + reverse("openid_callback"))
    yield provider
    openid_provider.stop(provider)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def tab(request, open_tab, provider_for_browsers):
    return open_tab(provider_for_browsers.url, java_script_enabled=request.param)


def test_somebody_signs_in_at_the_provider_and_comes_back_to_the_page_they_wanted(
    tab, provider_for_browsers, settings, live_server, asked
):
    provider = provider_for_browsers
    openid_provider.known_to(settings, provider)
    provider.person("hanako", "mail operators")
    tab.goto("/staff/mailings/")
    _go_through(tab, provider)
    tab.wait_for_url(f"{live_server.url}/staff/mailings/")
    assert roles.of(User.objects.get(username="hanako")) is Role.OPERATOR
    provider.person("hanako")  # who leaves the group
    tab.context.clear_cookies()
    tab.goto("/staff/mailings/")
    _go_through(tab, provider)
    expect(tab.get_by_role("alert")).to_contain_text("gives you no role here")
    tab.goto("/staff/mailings/")
    assert urlsplit(tab.url).path == reverse("login")


def _go_through(tab, provider: openid_provider.Provider) -> None:
    """As Hanako, from our page to the provider's and back."""
    ours = urlsplit(tab.url).hostname
    tab.get_by_role("button", name="Log in with Company login").click()
    tab.wait_for_url(f"{provider.url}/login/**")
    assert urlsplit(tab.url).hostname != ours
    tab.get_by_label("Name").fill("hanako")
    tab.get_by_label("Password").fill(openid_provider.PASSWORD)
    tab.get_by_role("button", name="Enter").click()


def test_somebody_sets_up_the_second_factor_and_signs_in_with_it(tab, suzuki, asked, at, live_server):
    mailings = f"{live_server.url}/staff/mailings/"  # a page to log in at ends with the same words
    tab.goto("/staff/mailings/")
    _enter(tab)
    tab.get_by_role("heading", name="Set up a second factor").wait_for()
    tab.wait_for_load_state()
    picture = tab.get_by_role("img", name="QR code with the key below")
    shown = tab.locator("code.secret").inner_text()
    assert picture.bounding_box()["width"] >= 200
    assert tab.request.get(reverse("mfa_picture")).text().startswith("<svg")
    tab.get_by_label("Enter the six digits").fill("000000")
    tab.get_by_role("button", name="Set up").click()
    expect(tab.get_by_role("alert")).to_contain_text("This code is not right")
    expect(tab.locator("code.secret")).to_have_text(shown)
    tab.get_by_label("Enter the six digits").fill(code := code_of(shown.replace(" ", "")))
    tab.get_by_role("button", name="Set up").click()
    expect(tab.locator(".codes li")).to_have_count(10)
    tab.wait_for_load_state()
    codes = tab.locator(".codes li").all_inner_texts()
    tab.get_by_role("link", name="I have them, go on").click()
    tab.wait_for_url(mailings)
    tab.context.clear_cookies()
    tab.goto("/staff/mailings/")
    _enter(tab)
    tab.get_by_label("Code").fill(code)  # the one that set it up
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("alert")).to_contain_text("it was used before")
    tab.get_by_label("Code").fill(codes[3])
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url(mailings)
    tab.goto(reverse("mfa_index"))
    tab.get_by_text("9 recovery codes are left.").wait_for()


def _enter(tab) -> None:
    tab.get_by_label("User name").fill("suzuki")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in", exact=True).click()


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1280, "light", "en"), (1280, "dark", "ja"), (360, "light", "ja"), (360, "dark", "en")],
)
def test_the_pages_are_fit_for_everybody(page, suzuki, asked, at, settings, width, scheme, language):
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://sso.isp.example", "Company login"
    look(page, width, scheme, height=740)
    speak(page, language)
    page.goto("/staff/login/")
    assert unfit(page) == []
    page.locator("#id_login").fill("suzuki")
    page.locator("#id_password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert unfit(page, "wrong-password") == []
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("code.secret").wait_for()
    assert unfit(page) == []
    page.locator("#id_code").fill(code_of(page.locator("code.secret").inner_text().replace(" ", "")))
    page.keyboard.press("Enter")
    page.locator(".codes").wait_for()
    assert unfit(page) == []
    for name in (
        "mfa_index",
        "account_change_password",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "account_reauthenticate",
        "mfa_reauthenticate",
    ):
        page.goto(reverse(name))
        assert unfit(page) == []


def test_the_page_for_the_code_is_fit_for_everybody(page, suzuki, asked):
    Authenticator.objects.create(user=suzuki, type="totp", data={"secret": seal(KEY)})
    look(page, 320, height=640)
    page.goto("/staff/login/")
    _enter(page)
    expect(page.locator("#id_code")).to_be_focused()
    assert unfit(page) == []
