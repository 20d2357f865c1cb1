"""The administration in Chromium: Django's own pages keep to our content security policy, and work."""

import pytest
from builders import TODAY, make_campaign, make_customer, make_user
from desk import make_mailing, make_notice
from django.contrib.auth.models import User
from django.urls import reverse
from sight import become, speak

from campaign import roles
from campaign.models import Exemption
from campaign.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(page):
    """A tab of an administrator; the fixture `page` fails a test whose page breaks its policy."""
    user = make_user("suzuki")
    roles.assign(user, Role.ADMINISTRATOR)
    become(page, user)
    speak(page, "en")
    return page


def test_the_pages_break_no_policy_and_what_they_need_is_there(admin):
    campaign = make_campaign()
    made = Exemption.objects.create(
        campaign=campaign, customer=make_customer(), reason="ill", from_day=TODAY, until=TODAY
    )
    make_notice(make_mailing(campaign))
    user = User.objects.get()
    pages = [
        "/staff/admin/",
        "/staff/admin/campaign/holdout/",
        reverse("admin:campaign_campaign_change", args=[campaign.pk]),
        reverse("admin:campaign_exemption_change", args=[made.pk]),
        reverse("admin:notices_notice_changelist"),
        "/staff/admin/campaign/auditentry/",
        "/staff/admin/auth/user/add/",
        reverse("admin:auth_user_change", args=[user.pk]),
        reverse("admin:auth_user_password_change", args=[user.pk]),
    ]
    for address in pages:
        response = admin.goto(address)
        assert response.status == 200, address
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert admin.evaluate("getComputedStyle(document.querySelector('#header')).display") == "flex", address


def test_roles_are_chosen_in_the_browser(admin):
    other = make_user("tanaka")
    admin.goto(reverse("admin:auth_user_change", args=[other.pk]))
    admin.locator("#id_groups_from option", has_text="support").dblclick()
    admin.locator("input[name=_save]").click()
    admin.wait_for_url("**/auth/user/")
    assert roles.of(other) == Role.SUPPORT
