"""The pages for the board, the guide by mail and changes under way in a real browser."""

from datetime import timedelta

import pytest
from builders import TODAY, make_user, noon
from desk import make_forecast, make_world
from sight import become, look, speak, unfit

from campaign.dashboard import bulk_offer
from campaign.models import BulkChange, Customer, Digest, DigestWish, Holdout, OpenDoor
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
NOW = noon(TODAY)
MAY = ("campaign.view_customer", "notices.send_guide", bulk_offer.MAY, *bulk_offer.ALSO.values())


@pytest.fixture
def user(db):
    made = make_user("suzuki", *MAY)
    made.email = "suzuki.a-rather-long-name@head-office.example"
    made.save()
    return made


@pytest.fixture
def world(user):
    campaign = make_world()
    for ago in range(1, 22):
        numbers = {"addresses": 1200, "minutes": 90_000, "used_addresses": 100, "used_minutes": 900 + 100 * ago}
        shared = {"shared_addresses": 40, "shared_minutes": 7000, "people_behind": 130, "most_behind": 17}
        OpenDoor.objects.create(day=TODAY - timedelta(days=ago), **numbers, **shared)
    make_forecast(campaign)
    DigestWish.objects.create(user=user, language="ja", since=NOW)
    sent = {"language": "ja", "address": user.email, "state": "accepted", "ended_at": NOW, "reply": "250 2.0.0 Ok"}
    Digest.objects.create(week=TODAY - timedelta(days=8), recipient=user, message_id="x@isp.example", **sent)
    going = {"state": "running", "chosen": 45_000, "handled": 12_000, "customers": 12_000}
    made = {"campaign": campaign, "made_at": NOW, "made_by": user}
    BulkChange.objects.create(**made, kind="tag", values={"tag": "shop"}, **going)
    BulkChange.objects.create(
        **made, kind="notice", values={}, customers=0, state="stopped", trouble="None of them is in this campaign."
    )
    return campaign


@pytest.fixture
def desk(page, user, world):
    become(page, user)
    return page


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_pages_are_fit_for_everybody(desk, width, language):
    speak(desk, language)
    look(desk, width)
    one = Customer.objects.order_by("pk").first()
    for name, address in {
        "benefit": "/staff/benefit/",
        "digest": "/staff/benefit/mail/",
        "customer-with-guide": f"/staff/customers/{one.pk}/?kind=delivery&days=30",
        "list-under-way": "/staff/customers/?campaign=pop_before_smtp",
    }.items():
        assert desk.goto(address).ok
        assert unfit(desk, name) == []


def test_a_real_double_click_mails_one_guide(desk):
    speak(desk, "en")
    holdout = Holdout.objects.filter(standing="holdout").order_by("pk").last()
    desk.goto(f"/staff/customers/{holdout.customer_id}/")
    desk.get_by_role("button", name="Mail the guide now").dblclick()
    desk.get_by_text("on its way", exact=False).first.wait_for()
    assert Mailing.objects.filter(kind="guide").count() == 1
    assert Notice.objects.filter(mailing__kind="guide", holdout=holdout).count() == 1


def test_the_mail_is_switched_on_and_off_by_the_keyboard_alone_and_without_script(open_tab, user, world):
    page = open_tab(java_script_enabled=False)
    become(page, user)
    speak(page, "en")
    page.goto("/staff/benefit/mail/")
    page.get_by_role("button", name="Switch it off").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You get no more mail with the numbers.").wait_for()
    assert not DigestWish.objects.exists()
    page.get_by_label("Language of the mail").select_option("ja")
    page.get_by_role("button", name="Switch it on").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You get the numbers by mail, each Monday.").wait_for()
    assert DigestWish.objects.get().language == "ja"
