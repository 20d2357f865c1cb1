"""The desk's work on customers in a real browser: by keyboard alone, at both widths, in both languages."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_mailing, make_notice
from sight import become, look, speak, unfit

from campaign.dashboard import bulk_offer
from campaign.dashboard.contact import ACTS
from campaign.models import Contact, Customer, SavedView, Tagging, WavePlan
from campaign.plan import bulk, records

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
NOW = noon(TODAY)
MAY = {"campaign.view_campaign", "campaign.view_customer", "campaign.export_customer", bulk_offer.MAY}
MAY |= {act.permission for act in ACTS.values()} | set(bulk_offer.ALSO.values())


@pytest.fixture
def user(db):
    return make_user("suzuki", *MAY)


@pytest.fixture
def customer(user) -> Customer:
    campaign = make_campaign()
    make_campaign(name="local_port25")
    values = {"waves": 3, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": NOW, "drawn": True}
    WavePlan.objects.create(campaign=campaign, **values)
    made = make_customer("hanako.long-login-name@mail.isp.example", name="山田 花子", contract="123-456")
    auth = {"last_auth_on": TODAY - timedelta(days=3), "last_auth_at": noon(TODAY - timedelta(days=3))}
    for number, one in enumerate([made, *(make_customer(name=f"佐藤 {n}") for n in range(5))]):
        make_holdout(campaign, one, wave=number % 3 + 1, reason="second_device", standing="mixed", **auth)
    make_notice(make_mailing(campaign), made.holdouts.get(campaign=campaign), language="ja")
    make_use(made, "pop_before_smtp", TODAY - timedelta(days=2), client_program="outlook-express")
    make_use(made, "smtp_auth", TODAY, addresses=["2001:db8:1234:5678:9abc:def0:1234:5678"])
    who = {"customer_id": made.pk, "user_id": user.pk, "now": NOW - timedelta(minutes=3)}
    records.record(**who, channel="phone", minutes=8, topic="password", outcome="call_back")
    records.write(**who, text="月曜の午前に電話\n" + "x" * 120)
    for name in ("商店", "a tag of forty characters, no less xxxxx"):
        records.tag(**who, name=name)
    SavedView.objects.create(
        owner=user, name="締切2週前で未着手", query="campaign=pop_before_smtp&standing=left", shared=True, at=NOW
    )
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    bulk.apply(campaign_id=campaign.pk, kind="wave", customer_ids=[made.pk], values={"wave": 3}, **when)
    return made


@pytest.fixture
def desk(page, user, customer):
    become(page, user)
    return page


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_desks_pages_are_fit_for_everybody(desk, customer, width, language):
    speak(desk, language)
    look(desk, width)
    for name, address in {
        "customer": f"/staff/customers/{customer.pk}/",
        "seen": f"/staff/customers/{customer.pk}/seen/?campaign=pop_before_smtp",
        "list": "/staff/customers/?campaign=pop_before_smtp&standing=left&wave=3",
        "nobody": "/staff/customers/?campaign=pop_before_smtp&tag=nothing&undelivered=yes",
    }.items():
        assert desk.goto(address).ok
        if name == "list":
            desk.locator(".keep-view summary").click()
        assert unfit(desk, name) == []
    desk.goto("/staff/customers/?campaign=pop_before_smtp")
    desk.locator("input[name=whom][value=all]").check()
    desk.locator("button[name=kind][value=wave]").click()
    desk.locator("#typed").wait_for()
    assert unfit(desk, "ask") == []


def test_a_contact_is_two_clicks_and_one_more_takes_it_back(desk, customer):
    speak(desk, "en")
    desk.goto(f"/staff/customers/{customer.pk}/")
    desk.get_by_text("error message").click()
    desk.get_by_role("button", name="solved", exact=True).click()
    desk.get_by_role("status").get_by_text("The contact is recorded").wait_for()
    made = Contact.objects.get(topic="error")
    assert (made.channel, made.minutes, made.outcome) == ("phone", 5, "solved")
    desk.get_by_role("button", name="Take back: Contact (phone): error message").click()
    desk.get_by_role("status").get_by_text("It is taken back.").wait_for()
    assert not Contact.objects.filter(topic="error").exists()


def test_the_keyboard_alone_chooses_changes_and_undoes(desk, customer):
    speak(desk, "en")
    desk.goto("/staff/customers/?campaign=pop_before_smtp")
    desk.get_by_role("checkbox", name="Choose 佐藤 0").focus()
    desk.keyboard.press("Space")
    desk.locator("#bulk-tag").focus()
    desk.keyboard.type("by phone")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_role("status").get_by_text("1 customer is changed").wait_for()
    assert Tagging.objects.get(tag__name="by phone").customer.name == "佐藤 0"
    desk.get_by_role("button", name="Undo: Tagged “by phone”").focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("status").get_by_text("It is undone").wait_for()
    assert not Tagging.objects.filter(tag__name="by phone").exists()
