"""What is wrong with a form, and pages that are not there, in a real browser: both widths and languages."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from django.contrib.auth.models import User
from django.shortcuts import render
from django.urls import reverse
from playwright.sync_api import Page, expect
from sight import become, look, speak, unfit

from campaign import roles
from campaign.models import CallBack, Customer, Tagging, WavePlan
from campaign.roles import Role
from notices.models import Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss(page: Page) -> Page:
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    become(page, user)
    speak(page, "en")
    return page


@pytest.fixture
def customer(db) -> Customer:
    campaign = make_campaign(starts_on=TODAY - timedelta(days=30))
    values = {"waves": 3, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": noon(TODAY), "drawn": True}
    WavePlan.objects.create(campaign=campaign, **values)
    made = make_customer("hanako.long-login-name@mail.isp.example", name="山田 花子", contract="123-456")
    sent = make_mailing(campaign, state="finished")
    for one in [made, *(make_customer(name=f"佐藤 {n}") for n in range(3))]:
        make_notice(sent, make_holdout(campaign, one), accepted_at=noon(TODAY - timedelta(days=2)))
    CallBack.objects.create(customer=made, phone="0312345678", day=TODAY, part="any", asked_at=noon(TODAY))
    return made


def sent(page: Page, address: str, press: str) -> None:
    """The form with this button is sent as it stands; the focus is then where the page says what is wrong."""
    page.goto(address)
    page.locator(press).first.click()
    expect(page.locator(".wrongs")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_wrong_is_fit_for_everybody(boss, customer, width, language):
    speak(boss, language)
    look(boss, width)
    page = f"/staff/customers/{customer.pk}/?campaign=pop_before_smtp"
    for name, address, press in (
        ("exempt", page, "form[action*='/exempt/'] button"),
        ("note", page, "form[action*='/note/'] button"),
        ("bulk", "/staff/customers/?campaign=pop_before_smtp", "button[name=kind][value=exempt]"),
        ("desk", "/staff/desk/", "main form button.main"),
        ("calls", "/staff/calls/", "main form button.main"),
    ):
        if name == "calls":
            boss.goto(address)
            boss.locator("input[name=minutes]").fill("0")
            boss.locator(press).click()
            expect(boss.locator(".wrongs")).to_be_focused()
        else:
            sent(boss, address, press)
        assert unfit(boss, f"wrong-{name}") == []
    boss.goto("/staff/customers/?campaign=pop_before_smtp")
    boss.locator("input[name=whom][value=page]").check()
    boss.locator("button[name=kind][value=notice]").click()
    expect(boss.locator(".wrongs a[href*='/staff/mailings/']")).to_be_visible()
    assert unfit(boss, "wrong-notice") == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_that_are_not_there_are_fit_for_everybody(boss, customer, width, language):
    speak(boss, language)
    look(boss, width)
    boss.goto("/staff/nowhere/with-a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on/")
    assert unfit(boss, "missing") == []
    viewer: User = make_user("viewer")
    roles.assign(viewer, Role.VIEWER)
    become(boss, viewer)
    boss.goto("/staff/customers/")
    assert unfit(boss, "forbidden") == []
    boss.goto("/staff/admin/")
    assert unfit(boss, "forbidden-admin") == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_that_breaks_and_a_form_that_is_too_old_are_fit_for_everybody(
    boss, customer, width, language, monkeypatch
):
    speak(boss, language)
    look(boss, width)
    monkeypatch.setattr(
        "campaign.dashboard.audit.show", lambda request, *_given: render(request, "dashboard/failed.html")
    )
    boss.goto("/staff/audit/")  # with status 200: the fixture `page` takes no 500
    assert unfit(boss, "failed") == []
    boss.goto("/staff/desk/")
    boss.context.clear_cookies(name="csrftoken")
    boss.locator("main form button.main").click()
    expect(boss.locator("input[name=seats]")).to_have_count(0)
    assert unfit(boss, "too-old") == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_audit_in_words_and_the_administration(boss, customer, width, language):
    speak(boss, language)
    look(boss, width)
    boss.goto("/staff/customers/?campaign=pop_before_smtp")
    boss.locator("#bulk-tag").fill("by phone")
    boss.locator("input[name=whom][value=page]").check()
    boss.locator("button[name=kind][value=tag]").click()
    expect(boss.get_by_role("status")).to_be_visible()
    boss.goto("/staff/audit/")
    assert unfit(boss, "audit") == []
    row = reverse("admin:notices_notice_change", args=[Notice.objects.latest("pk").pk])
    for name, address in (("index", "/staff/admin/"), ("row", row)):
        boss.goto(address)
        boss.wait_for_load_state()
        assert unfit(boss, f"admin-{name}", rules=("document-title", "html-has-lang", "label")) == [] or width == 360


def test_a_summary_leads_to_the_field_and_the_field_says_what_is_wrong(boss, customer):
    sent(boss, f"/staff/customers/{customer.pk}/", "form[action*='/exempt/'] button")
    boss.get_by_role("link", name="Give a reason: there is none.").click()
    field = boss.locator("#exempt-reason")
    expect(field).to_be_in_viewport()
    expect(field).to_have_accessible_description("Give a reason: there is none.")
    expect(field).to_have_attribute("aria-invalid", "true")
    boss.keyboard.press("Tab")
    boss.get_by_role("button", name="日本語").click()
    boss.wait_for_url("**/staff/customers/*/")
    expect(boss.locator("html")).to_have_attribute("lang", "ja")


def test_a_whole_page_is_chosen_by_the_keyboard_alone(boss, customer):
    boss.goto("/staff/customers/?campaign=pop_before_smtp")
    boss.locator("input[name=whom][value=chosen]").focus()
    boss.keyboard.press("ArrowDown")
    expect(boss.locator("input[name=whom][value=page]")).to_be_checked()
    boss.locator("#bulk-tag").focus()
    boss.keyboard.type("page")
    boss.keyboard.press("Tab")
    boss.keyboard.press("Enter")
    expect(boss.get_by_role("status").get_by_text("4 customers are changed")).to_be_visible()
    assert Tagging.objects.filter(tag__name="page").count() == 4
