from datetime import timedelta

import pytest
from builders import TODAY, make_user, noon
from desk import cover, make_relay, make_source

from campaign.models import DailyCount, RelayAcknowledgement

pytestmark = pytest.mark.django_db
YESTERDAY, LONG_AGO = TODAY - timedelta(days=1), TODAY - timedelta(days=60)
PAGE, RANGE = "/staff/relays/", "/staff/relays/192.0.2.0/24/"


def part(text: str, name: str) -> str:
    """The section of the page whose heading has this id."""
    return text.partition(f'id="{name}"')[2].partition("</section>")[0]


@pytest.fixture
def staff(client, db):
    client.force_login(make_user("suzuki", "campaign.view_customer", "campaign.add_relayacknowledgement"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def relays(db):
    make_relay("192.0.2.1", YESTERDAY, 30, hosts=["mx1"], without_logins=30)
    make_relay("192.0.2.7", TODAY, 12, hosts=["mx2"], nearest_login=-2400, inbound=5)
    make_relay("198.51.100.7", LONG_AGO, 7)
    DailyCount.objects.create(day=TODAY, submission_class="unexplained_relay", attribution="none", submissions=12)


def test_what_sounds_the_alarm_comes_first_with_since_when_and_where(staff, relays):
    text = staff.get(PAGE).content.decode()
    loud, quiet = part(text, "open-heading"), part(text, "others-heading")
    assert RANGE in loud and "198.51.100.0/24" not in loud
    assert "2 addresses" in loud and ">42<" in loud and "on 2 days" in loud and "mx1, mx2" in loud
    assert "Hole in the login logs / Login longer ago" in loud
    assert "198.51.100.0/24" in quiet and ">Quiet<" in quiet


def test_the_table_by_day_has_the_counts_of_all_mail(staff, relays):
    days = part(staff.get(PAGE).content.decode(), "days-heading")
    assert days.count("<tr>") == 15  # two weeks and the head
    assert ">12<" in days


def test_without_relays_the_page_says_so(staff):
    make_source("mx1", "postfix", until=noon(TODAY))
    assert "Nothing in the last 7 days" in staff.get(PAGE).content.decode()


def test_a_range_says_what_to_check_and_when_each_address_relayed(staff, relays):
    text = staff.get(RANGE).content.decode()
    assert "nobody at all logged in" in part(text, "check-heading")
    assert "WINDOW_MINUTES" in part(text, "check-heading")
    lines = part(text, "lines-heading")
    assert lines.index("192.0.2.7") < lines.index("192.0.2.1") and "40 minutes before" in lines


def test_a_range_that_never_relayed_is_not_found(staff, relays):
    assert staff.get("/staff/relays/203.0.113.0/24/").status_code == 404
    assert staff.get("/staff/relays/nonsense/24/").status_code == 404


def test_an_acknowledged_range_sounds_no_alarm_until_it_grows(staff, relays):
    response = staff.post(RANGE, {"note": "<b>our scanner</b>"}, follow=True)
    text = response.content.decode()
    assert "2 addresses sound no alarm until they grow." in text
    assert "&lt;b&gt;our scanner&lt;/b&gt;" in text and "suzuki" in text
    assert RANGE not in part(staff.get(PAGE).content.decode(), "open-heading")
    assert ">No alarm<" in staff.get(PAGE).content.decode()
    make_relay("192.0.2.9", TODAY, 1)  # an address that nobody has looked at
    assert RANGE in part(staff.get(PAGE).content.decode(), "open-heading")


def test_without_a_note_nothing_is_silenced(staff, relays):
    text = staff.post(RANGE, {"note": " "}, follow=True).content.decode()
    assert "A note of at most 300 characters is needed" in text
    assert not RelayAcknowledgement.objects.exists()


def test_the_dashboard_warns_of_relays_of_today_and_yesterday_alone(staff, world):
    cover(TODAY - timedelta(days=20))
    make_relay("198.51.100.7", LONG_AGO, 7)
    assert "without a login" not in staff.get("/staff/").content.decode()
    make_relay("192.0.2.7", TODAY, 12)
    text = staff.get("/staff/").content.decode()
    assert "12 mails were relayed since yesterday without a login" in text and 'href="/staff/relays/"' in text
    staff.post(RANGE, {"note": "our scanner"})
    assert "without a login" not in staff.get("/staff/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_ranges(staff, relays, django_assert_num_queries):
    staff.get(PAGE)
    with django_assert_num_queries(14):
        staff.get(PAGE)
    for number in range(20):
        make_relay(f"203.0.{number}.1", TODAY, 1)
        make_relay(f"203.1.{number}.1", LONG_AGO, 1)
    with django_assert_num_queries(14):
        staff.get(PAGE)
