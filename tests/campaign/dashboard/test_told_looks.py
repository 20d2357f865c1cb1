"""What staff are told before they decide, in a real browser: at both widths, in both languages."""

import os
from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice, make_shadow
from django.urls import reverse
from playwright.sync_api import expect
from sight import become, look, speak, unfit

from campaign import roles
from campaign.models import Campaign, ShadowHit
from notices.models import Mute

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
SIZES = [(width, language) for width in (1280, 360) for language in ("en", "ja")]


@pytest.fixture
def staff(page, db):
    user = make_user("suzuki")
    roles.assign(user, roles.Role.ADMINISTRATOR)
    become(page, user)
    return page


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_pages_that_tell_what_comes_of_a_decision_are_fit_for_everybody(staff, width, language):
    campaign = make_campaign()
    run = make_shadow(campaign)
    hit = ShadowHit.objects.get(customer__login="hit1@isp.example")
    hit.pk, hit.submission_class, hit.standing_before = None, "local_port25", "moving"
    hit.save()
    held = [make_holdout(campaign, make_customer(f"c{number}@isp.example")) for number in range(4)]
    Mute.objects.create(holdout=held[0], by="page", at=noon(TODAY))
    late = make_mailing(campaign, kind="extra", state="planned", period="2026-11-24-120000-000000", started_at=None)
    late.expires_on = TODAY + timedelta(days=20)
    late.save()
    make_notice(late, held[3], state="waiting", send_after=noon(TODAY + timedelta(days=3)))
    look(staff, width)
    speak(staff, language)
    pages = {"shadow": reverse("shadow", kwargs={"pk": run.pk}), "desk": reverse("desk")}
    pages["mailing"] = reverse("mailing", kwargs={"pk": late.pk})
    for name, path in pages.items():
        staff.goto(path)
        expect(staff.locator("h1")).to_be_visible()
        assert unfit(staff) == []
        _keep(staff, f"{name}-{width}-{language}")
    staff.goto("/staff/customers/?campaign=pop_before_smtp")
    staff.locator('input[name="whom"][value="all"]').check()
    staff.locator('button[name="kind"][value="notice"]').click()
    expect(staff.locator("#typed")).to_be_visible()
    assert unfit(staff) == []
    _keep(staff, f"bulk-{width}-{language}")


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_the_warning_of_a_cutoff_on_a_closed_day_is_fit_for_everybody(staff, width, language):
    campaign = make_campaign()
    look(staff, width)
    speak(staff, language)
    staff.goto(reverse("admin:campaign_campaign_change", args=[campaign.pk]))
    staff.locator("#id_cutoff_on").fill("2027-04-29")
    staff.locator("#id_why").fill("asked by the desk")
    staff.locator("#id_why").press("Enter")
    expect(staff.locator(".warning").last).to_be_visible()
    assert Campaign.objects.get().cutoff_on == date(2027, 4, 29)
    _keep(staff, f"cutoff-{width}-{language}")


def _keep(page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
