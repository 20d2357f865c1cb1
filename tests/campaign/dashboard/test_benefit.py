import csv
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from builders import TODAY, make_campaign, make_customer, noon
from desk import make_forecast, make_mailing, make_notice

from campaign.dashboard import board, digest
from campaign.models import Contact, DailyCount, OpenDoor
from notices import allowance
from notices.models import SendingDay

pytestmark = pytest.mark.django_db


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def open_doors(days: int = 21) -> None:
    for ago in range(1, days + 1):
        OpenDoor.objects.create(
            day=TODAY - timedelta(days=ago),
            addresses=1200,
            minutes=90_000,
            used_addresses=100,
            used_minutes=900 + 100 * ago,
            shared_addresses=40,
            shared_minutes=7000,
            people_behind=130,
            most_behind=17,
        )


def contact(minutes: int, ago: int) -> None:
    Contact.objects.create(
        customer=make_customer(),
        at=noon(TODAY - timedelta(days=ago)),
        channel="phone",
        minutes=minutes,
        topic="how_to",
        outcome="solved",
    )


def test_the_page_says_what_is_open_for_how_long_and_for_whom(world, staff):
    open_doors()
    shown = text(staff.get("/staff/benefit/"))
    assert "1,200 addresses stood open for 90,000 minutes in all: for 30 minutes after each login" in shown
    assert "98.6% of that time served nobody" in shown and "The other 1,300 minutes become fewer" in shown
    assert "40 of the addresses were shared by several customers, 130 people in all, up to 17 behind one" in shown
    assert "A password (SMTP-AUTH) proves who sent 73.1% of our customers&#39; mail in the 7 days up to Nov." in shown
    assert "Customers who still need the old way: 4." in shown


def test_it_falls_as_people_move_and_each_chart_has_its_table_and_file(world, staff):
    open_doors()
    shown = text(staff.get("/staff/benefit/"))
    assert "From 90,000 to 90,000 minutes a day in all; at addresses that somebody used" in shown
    assert "from 2,700 to 1,300." in shown
    assert "The lower line falls as people move." in shown
    assert shown.count("<figure>") == 2
    rows = list(csv.reader(StringIO(staff.get("/staff/benefit/file/").content.decode("utf-8-sig"))))
    assert len(rows[0]) == len(rows[1]) == 11
    assert [row[3] for row in rows[1:]] == ["2700", "2000", "1300"]


def test_the_last_point_of_the_chart_is_the_number_of_the_sentence(world, staff):
    open_doors()
    DailyCount.objects.filter(submission_class="smtp_auth").update(submissions=5163)
    DailyCount.objects.filter(submission_class="pop_before_smtp").update(submissions=1000)
    (sentence,) = re.findall(r"proves who sent ([\d.]+)% of", shown := text(staff.get("/staff/benefit/")))
    (chart,) = set(re.findall(r"From [\d.]+ to ([\d.]+) of a hundred", shown))
    assert chart == sentence
    assert f">{sentence}</text>" in shown


@pytest.mark.parametrize("earlier", [True, False])
def test_of_a_week_with_unexplained_mail_alone_nothing_is_said_of_the_share(world, staff, earlier):
    open_doors()
    yesterday = TODAY - timedelta(days=1)
    gone = {"day__gt": yesterday - timedelta(days=7)} if earlier else {}
    DailyCount.objects.filter(**gone).delete()
    lost = {"submission_class": "unexplained_relay", "attribution": "none", "submissions": 3}
    DailyCount.objects.create(day=yesterday, **lost)
    sheet, shown = board.board(world, now=noon(TODAY)), text(staff.get("/staff/benefit/"))
    said = "In the 7 days up to Nov. 23, 2026 the logs have no mail that is known to be from our customers, so nothing"
    for words in (shown, " ".join(sheet.sentences)):
        assert said in words and "proves who sent" not in words
    assert 'data-label="Proven by a password">–</td>' in shown.partition("week by week")[2]


def test_money_is_reckoned_from_settings_and_every_assumption_is_named(world, staff, settings):
    settings.SUPPORT_MINUTE_COST, settings.ABUSE_CASE_COST, settings.ABUSE_CASES_A_YEAR = 50, 240_000, 3
    open_doors()
    contact(10, ago=3)
    contact(20, ago=5)
    contact(99, ago=400)  # before the campaign
    shown = text(staff.get("/staff/benefit/"))
    assert "¥720,000" in shown and "¥60,000" in shown
    assert "¥1,500" in shown and "30 minutes of 2 contacts recorded since the campaign began × ¥50" in shown
    for name in ("SUPPORT_MINUTE_COST", "ABUSE_CASE_COST", "ABUSE_CASES_A_YEAR", "WINDOW_MINUTES"):
        assert f"<code>{name}</code>" in shown
    settings.CURRENCY = "EUR"
    assert "720,000 EUR" in text(staff.get("/staff/benefit/"))


def test_what_is_assumed_of_contacts_is_named_until_it_is_measured(world, staff, settings):
    open_doors()
    sheet = board.board(world, now=noon(TODAY))
    rate = ("Contacts that a hundred notices bring", "5.0", "CONTACTS_PER_HUNDRED")
    each = ("Minutes of a contact, as long as none was recorded", "8.0", "CONTACT_MINUTES")
    assert sheet.assumptions[-2:] == (rate, each)
    shown = text(staff.get("/staff/benefit/"))
    assert all(f"<code>{name}</code>" in shown for *_told, name in sheet.assumptions)
    assert all(hasattr(settings, name) for *_told, name in sheet.assumptions)
    assert "Each is a setting of this installation" in shown
    mail = digest.text(digest.sheets_in("en", now=noon(TODAY)))
    assert f"* {rate[0]}: 5.0 (CONTACTS_PER_HUNDRED)\n* {each[0]}: 8.0 (CONTACT_MINUTES)\n" in mail
    settings.CONTACT_MINUTES = 12
    assert "5.0 contacts × 12.0 minutes" in text(staff.get("/staff/benefit/"))
    measured = make_mailing(world, period="2026-10", state="finished")
    make_notice(measured, accepted_at=noon(TODAY - timedelta(days=5)))
    SendingDay.objects.create(day=TODAY - timedelta(days=5), taken=1)
    contact(7, ago=5)
    titles = {title for title, _value, _name in board.board(world, now=noon(TODAY)).assumptions}
    assert rate[0] not in titles and each[0] not in titles


def test_of_port_25_no_login_opens_an_address_and_abuse_is_counted_once_for_all(world, staff):
    open_doors()
    make_campaign(name="local_port25")
    shown = text(staff.get("/staff/benefit/?campaign=local_port25"))
    assert "Inside our own network anybody can send mail in our name at any time, without a password" in shown
    assert "stood open" not in shown and "from 2,700 to 1,300." not in shown
    assert "by all old ways together" in shown
    assert 'href="/staff/benefit/?campaign=pop_before_smtp"' in shown


def test_the_forecast_stands_on_it(world, staff):
    open_doors()
    make_forecast(world)
    assert "about 2 will be left" in text(staff.get("/staff/benefit/"))


def test_a_forecast_for_a_date_that_was_moved_stands_on_no_page_and_no_paper(world, staff):
    open_doors()
    make_forecast(world)
    world.cutoff_on = date(2027, 5, 31)
    world.save()
    said = "How many will be left at the cut-off on May 31, 2027 is being reckoned, since the date was moved."
    shown, sheet = text(staff.get("/staff/benefit/")), board.board(world, now=noon(TODAY))
    assert said in shown and "March 31, 2027" not in shown
    assert said in sheet.sentences and not sheet.foretold
    assert said in digest.text(digest.sheets_in("en", now=noon(TODAY)))


def test_before_there_is_a_week_of_evidence_it_says_so(staff):
    assert "There is no campaign yet" in text(staff.get("/staff/benefit/"))
    make_campaign()
    assert "A whole week of logs has to be read first." in text(staff.get("/staff/benefit/"))
    assert len(staff.get("/staff/benefit/file/").content.decode().splitlines()) == 1


def test_the_page_asks_the_database_no_more_for_more_days(world, staff, django_assert_max_num_queries):
    open_doors(180)
    allowance.of_day(TODAY)  # which the first page of the day does
    with django_assert_max_num_queries(20):
        staff.get("/staff/benefit/")
