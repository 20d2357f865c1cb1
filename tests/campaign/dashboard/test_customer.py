from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, noon
from desk import make_mailing, make_notice
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.dashboard.timeline import timeline
from campaign.models import Exemption, StandingChange
from notices.models import Visit

pytestmark = pytest.mark.django_db


def shown(staff, customer, query: str = "") -> str:
    response = staff.get(f"/staff/customers/{customer.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_timeline_tells_everything_newest_first():
    campaign = make_campaign()
    customer = make_customer("hanako@isp.example")
    day = TODAY - timedelta(days=19)
    held = make_holdout(campaign, customer)
    make_use(customer, "pop_before_smtp", day - timedelta(days=1), submissions=3, confirmed=1, auth_failed=1)
    make_use(customer, "smtp_auth", day + timedelta(days=3))
    notice = make_notice(make_mailing(campaign), held, fate="bounced")
    Visit.objects.create(notice=notice, act="guide", client_program="outlook", at=noon(day + timedelta(days=2)))
    StandingChange.objects.create(holdout=held, day=day + timedelta(days=3), standing="moving", previous="holdout")
    StandingChange.objects.create(holdout=held, day=day - timedelta(days=1), standing="holdout")
    Exemption.objects.create(
        campaign=campaign, customer=customer, reason="moves house", from_day=day - timedelta(days=9), until=day
    )
    told = [(entry.css, entry.title) for entry in timeline(customer)]
    assert told == [
        ("standing", "Standing: “Sends the old way” became “Moved, in the quiet days”"),
        ("new", "Sent 1 message with SMTP-AUTH"),
        ("visit", "Opened the guide from the personal page"),
        ("bad", "Reminder of November 2026: came back"),
        ("notice", "Reminder of November 2026: sent"),
        ("standing", "Identified: “Sends the old way”"),
        ("old", "Sent 3 messages the old way: POP before SMTP"),
        ("standing", "Exempt until Nov. 5, 2026"),
    ]
    details = timeline(customer)[6].details
    assert details == (
        "from 198.51.100.7",
        "1 time after a failed sign-in with SMTP-AUTH",
        "2 only probably by this customer",
    )


def test_a_customer_who_never_sent_the_old_way_has_a_page(staff):
    customer = make_customer("hanako@isp.example")
    make_use(customer, "smtp_auth", TODAY)
    text = shown(staff, customer)
    assert "Not in a campaign" in text and "Sent 1 message with SMTP-AUTH" in text


def test_the_page_says_where_the_customer_stands_why_and_what_to_do(staff):
    customer = make_customer("hanako@isp.example", addresses=("sales@shop.example",), client_program="becky")
    held = make_holdout(make_campaign(), customer, reason="auth_failed")
    make_notice(make_mailing(held.campaign), held, number="482913057")
    text = shown(staff, customer)
    assert "Sent the old way on Nov. 22, 2026, and has never sent with SMTP-AUTH." in text
    assert "enter the mail password again" in text
    assert "/en/guide/becky/" in text
    assert "482-913-057" in text and "sales@shop.example" in text and "Becky!" in text


def test_an_exemption_in_force_gives_its_end(staff):
    customer = make_customer()
    held = make_holdout(make_campaign(), customer, standing="exempt")
    values = {"campaign": held.campaign, "customer": customer, "reason": "moves house"}
    Exemption.objects.create(**values, from_day=TODAY, until=TODAY + timedelta(days=6))
    assert "Exempt until Nov. 30, 2026." in shown(staff, customer)


def test_an_exemption_is_shown_before_the_standing_is_made_anew(staff):
    customer = make_customer()
    held = make_holdout(make_campaign(), customer, reason="auth_failed")
    values = {"campaign": held.campaign, "customer": customer, "reason": "moves house"}
    Exemption.objects.create(**values, from_day=TODAY, until=TODAY + timedelta(days=6))
    text = shown(staff, customer)
    assert "Exempt until Nov. 30, 2026." in text and "badge exempt" in text
    assert "No notice goes out while the exemption lasts." in text and "has never sent with SMTP-AUTH" not in text


def test_both_campaigns_of_a_customer_are_shown(staff):
    customer = make_customer()
    make_holdout(make_campaign(), customer)
    make_holdout(make_campaign(name="local_port25"), customer, standing="silent")
    text = shown(staff, customer)
    assert "POP before SMTP" in text and "Port 25 without password" in text


def test_a_long_timeline_is_paged_and_narrowed(staff):
    customer = make_customer()
    held = make_holdout(make_campaign(), customer)
    make_notice(make_mailing(held.campaign), held)
    for ago in range(60):
        make_use(customer, "pop_before_smtp", TODAY - timedelta(days=ago))
    assert "Page 1 of 2" in shown(staff, customer)
    assert "Reminder of November 2026: sent" in shown(staff, customer, "?kind=notice")
    assert "Sent 1 message" not in shown(staff, customer, "?kind=notice")
    assert "?kind=log&amp;page=2" in shown(staff, customer, "?kind=log")
    assert "Nothing of this kind" in shown(staff, customer, "?kind=visit")


def test_the_timeline_is_narrowed_to_deliveries_and_to_a_time(staff):
    customer = make_customer()
    held = make_holdout(make_campaign(), customer)
    make_notice(make_mailing(held.campaign), held, fate="bounced")  # 19 days ago
    make_use(customer, "pop_before_smtp", TODAY)
    make_use(customer, "pop_before_smtp", TODAY - timedelta(days=100))
    sent, back = "Reminder of November 2026: sent", "Reminder of November 2026: came back"

    def listed(query: str) -> str:
        return shown(staff, customer, query).partition('<ol class="timeline">')[2]  # below the drawing of its days

    assert back in listed("?kind=delivery") and sent not in listed("?kind=delivery")
    assert sent in listed("?kind=notice") and back not in listed("?kind=notice")
    for days, used, noticed in [("7", 1, False), ("30", 1, True), ("365", 2, True), ("8", 2, True), ("x", 2, True)]:
        text = listed(f"?days={days}")
        assert text.count("Sent 1 message the old way") == used, days
        assert (sent in text) is noticed, days
    both = shown(staff, customer, "?kind=log&days=7")
    assert '<option value="7" selected>the last 7 days</option>' in both
    assert f'href="/staff/customers/{customer.pk}/?kind=notice&amp;days=7#timeline"' in both
    assert '<input type="hidden" name="kind" value="log">' in both


def test_the_number_of_queries_does_not_grow_with_what_happened(staff, django_assert_max_num_queries):
    customer = make_customer()
    held = make_holdout(make_campaign(), customer)

    def happen(first: int, last: int) -> None:
        for number in range(first, last):
            make_use(customer, "pop_before_smtp", TODAY - timedelta(days=number))
            made = make_mailing(held.campaign, period=f"2025-01-{number + 1:02}")
            make_notice(made, held, fate="delivered")

    happen(0, 2)
    shown(staff, customer)  # what a process asks once, and the look that is noted once
    with CaptureQueriesContext(connection) as asked:
        shown(staff, customer)
    happen(2, 20)
    with django_assert_max_num_queries(len(asked)):
        shown(staff, customer)


def test_nobody_has_no_page(staff):
    assert staff.get("/staff/customers/999999/").status_code == 404


def test_what_strangers_wrote_is_shown_as_text(staff):
    nasty = "<script>alert(1)</script>"
    customer = make_customer("hanako@isp.example", name=nasty, contract=nasty, client_program=nasty)
    make_use(customer, "pop_before_smtp", TODAY, client_program=nasty, addresses=[nasty])
    held = make_holdout(make_campaign(), customer)
    make_notice(make_mailing(held.campaign), held, state="refused", reply=nasty, ended_at=noon(TODAY))
    text = shown(staff, customer)
    assert "<script>alert" not in text and text.count("&lt;script&gt;") >= 5
