"""The main job from one end to the other on real servers: logs, standings, a round, mailboxes, dashboard."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from builders import make_campaign, make_user
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from journeys.clients import PASSWORD, Servers, Smtp, collect
from journeys.mailboxes import notices_of
from journeys.people import (
    ALONE,
    AWAY,
    EVERYBODY,
    MOVED,
    OFFICE,
    OUTLOOK,
    OWN_NETWORK,
    a_message,
    mailbox,
)
from journeys.provider import wait_if_it_is_almost_midnight
from journeys.rotation import Cut, earlier

from campaign.models import Campaign, DailyUse, Holdout, Standing, SubmissionClass
from campaign.plan import calendar
from notices import dispatch, mailings, planning
from notices.deliveries import record
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

SURE = {mailbox(name) for name in (*ALONE, "zenji", "aoi", "dan", "eiji")}
ONLY_PROBABLE = {mailbox(name) for name in OFFICE}
DUE = SURE | ONLY_PROBABLE
BENIKO = mailbox("beniko")  # the one who reads her mail, and changes the setting
READS_ENGLISH = {BENIKO, mailbox("leo")}
STAFF_PASSWORD = "a long test password"  # of builders.make_user


@pytest.fixture
def product(settings, provider, live_server, tmp_path, empty_redis):
    """The settings of this provider; the day's notices go out within a second."""
    settings.OWN_NETWORKS = (ip_network(OWN_NETWORK),)
    settings.SEGMENTS = tmp_path / "segments"
    settings.RELAY_PORT = provider.postfix.relay_port
    settings.PUBLIC_URL = live_server.url
    settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR = 0, 24
    settings.NOTICE_DAILY_CAP, settings.NOTICE_PER_SECOND = 1_000_000, 1000
    settings.NOTICE_HOLD = timedelta()  # nobody waits ten minutes here


@pytest.fixture
def campaigns(product, tmp_path) -> tuple[Campaign, Campaign]:
    """Both campaigns, and the provider's list of customers."""
    rows = [f"{login},{login},{'en' if login in READS_ENGLISH else 'ja'},,," for login in EVERYBODY]
    csv = tmp_path / "customers.csv"
    csv.write_text("\n".join(["login,addresses,language,name,contact_address,contract", *rows]) + "\n")
    call_command("import_customers", str(csv), verbosity=0)
    wait_if_it_is_almost_midnight()
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=200), "cutoff_on": today + timedelta(days=126)}
    return make_campaign(**dates), make_campaign(name="local_port25", **dates)


@pytest.fixture
def two_days_of_logs(campaigns, provider, afternoon, tmp_path) -> Cut:
    """The afternoon as the logs of three and of four days ago, read; the answer gives what is logged from now on."""
    today = Cut(provider.logs, tmp_path / "today")
    for days in (4, 3):
        ingest(*[earlier(log, tmp_path / "logs", days=days, now=timezone.now()) for log in afternoon.logs])
    return today


def ingest(*paths) -> None:
    call_command("ingest", *map(str, paths), verbosity=0)


def holdouts(campaign: Campaign) -> set[str]:
    return set(Holdout.objects.filter(campaign=campaign).values_list("customer__login", flat=True))


def daily_use() -> list[tuple]:
    return sorted(
        DailyUse.objects.values_list("customer__login", "submission_class", "day", "submissions", "confirmed")
    )


def on_a_working_day(now: datetime) -> datetime:
    """`now`, or the same time on the last working day: on other days no notice goes out."""
    days = (now - timedelta(days=days) for days in range(15))
    return next(day for day in days if calendar.is_working_day(timezone.localdate(day)))


def working_clock() -> datetime:
    return on_a_working_day(timezone.now())


def test_standings_come_from_the_logs(campaigns, afternoon, tmp_path):
    pop_before_smtp, local_port25 = campaigns
    now = timezone.now()
    ingest(*[earlier(log, tmp_path / "logs", days=4, now=now) for log in afternoon.logs])
    assert holdouts(pop_before_smtp) == SURE
    assert holdouts(local_port25) == {mailbox("yuki")}

    second_day = [earlier(log, tmp_path / "logs", days=3, now=now) for log in afternoon.logs]
    ingest(*second_day)
    assert holdouts(pop_before_smtp) == DUE, "probable evidence counts from the second day on"
    assert holdouts(local_port25) == {mailbox("yuki"), mailbox("wataru")}
    assert set(Holdout.objects.values_list("standing", flat=True)) == {Standing.HOLDOUT}
    authenticated = DailyUse.objects.filter(submission_class=SubmissionClass.SMTP_AUTH)
    assert set(authenticated.values_list("customer__login", flat=True)) == {mailbox(name) for name in MOVED}

    before = daily_use()
    for log in second_day:
        ingest(shutil.copy(log, tmp_path / f"renamed-{log.name}"))
    assert daily_use() == before, "the same bytes under another name are nothing new"


def test_a_round_reaches_each_holdout_once(campaigns, provider, two_days_of_logs):
    already_there = {login: len(notices_of(provider.dovecot, login)) for login in EVERYBODY}
    mailing = plan(campaigns[0])
    approver = make_user("approver")
    mailings.approve(mailing_id=mailing.pk, user_id=approver.pk, now=working_clock())
    assert send_by_two_workers(mailing) == len(DUE)
    provider.wait_for_empty_queue()

    ledger = dict(Notice.objects.values_list("holdout__customer__login", "message_id"))
    assert ledger.keys() == DUE
    for login in EVERYBODY:
        new = notices_of(provider.dovecot, login)[already_there[login] :]
        assert [mail["Message-ID"] for mail in new] == ([f"<{ledger[login]}>"] if login in DUE else []), login

    ingest(*two_days_of_logs.rest())
    record.settle(now=timezone.now())
    report = mailings.report(mailing_id=mailing.pk)
    assert (report.planned, report.accepted, report.delivered) == (len(DUE),) * 3
    assert report.refused == report.withdrawn == report.unknown == report.waiting == 0


def plan(campaign: Campaign) -> Mailing:
    then = working_clock()
    today = timezone.localdate(then)
    planned_at = then - timedelta(minutes=1)  # so that all of it is due
    return planning.plan_reminder(campaign_id=campaign.pk, today=today, now=planned_at)


def send_by_two_workers(mailing: Mailing) -> int:
    """Both at once on the same ledger; how many notices they sent together."""
    mailings.start(mailing_id=mailing.pk, now=working_clock())

    def work(_) -> int:
        try:
            return dispatch.send_batch(mailing_id=mailing.pk, clock=working_clock, limit=100)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        return sum(workers.map(work, range(2)))


def test_who_changes_the_setting_is_seen_on_the_dashboard(page, campaigns, provider, two_days_of_logs):
    mailing = plan(campaigns[0])
    sign_in(page, make_user("operator", "campaign.view_customer", "notices.approve_mailing", "notices.run_mailing"))
    assert headline(page).items() >= numbers(left=len(DUE), moved=0).items()
    approve_on_the_page(page, mailing)
    assert send_by_two_workers(mailing) == len(DUE)
    provider.wait_for_empty_queue()
    notice = notices_of(provider.dovecot, BENIKO)[-1]

    beniko_changes_the_setting(provider)
    ingest(*two_days_of_logs.rest())
    record.settle(now=timezone.now())

    assert headline(page).items() >= numbers(left=len(DUE) - 1, moved=1).items()
    assert Holdout.objects.get(campaign=campaigns[0], customer__login=BENIKO).standing == Standing.MOVING
    the_personal_page_thanks(page, notice)
    the_customer_page_tells_the_story(page)


def sign_in(page, user) -> None:
    page.goto("/staff/")
    page.fill("[name=login]", user.get_username())
    page.fill("[name=password]", STAFF_PASSWORD)
    page.click("main form button")
    page.locator(".tiles").first.wait_for()


def headline(page) -> dict[str, str]:
    """The numbers in the dashboard's tiles, by their labels."""
    page.goto("/staff/?campaign=pop_before_smtp")
    tiles = page.locator(".tile")
    labels, values = tiles.locator("dt").all_inner_texts(), tiles.locator("dd.value").all_inner_texts()
    return dict(zip(labels, values, strict=True))


def numbers(*, left: int, moved: int) -> dict[str, str]:
    return {"Still sending the old way": str(left), "Moved": str(moved), "Identified so far": str(left + moved)}


def approve_on_the_page(page, mailing: Mailing) -> None:
    page.goto(f"/staff/mailings/{mailing.pk}/")
    page.click("form[action$='/approve/'] button")
    page.locator(".message.success").wait_for()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.APPROVED


def beniko_changes_the_setting(provider) -> None:
    servers = Servers(provider.dovecot, provider.postfix)
    client = ALONE["beniko"][0]
    assert collect(servers, BENIKO, client, way="pop3s")
    with Smtp(provider.postfix, client, "smtps") as session:
        assert session.try_login(BENIKO, PASSWORD)
        assert session.hand_in(BENIKO, [AWAY], a_message(9000, OUTLOOK, BENIKO))
    provider.wait_for_empty_queue()


def the_personal_page_thanks(page, notice) -> None:
    text = notice.get_body(("plain",)).get_content()
    page.goto(re.search(r"http\S+/p/\S+", text)[0])
    assert "Your last mail went the new way." in page.inner_text("#standing")
    page.click("main form button")
    page.wait_for_url("**/en/guide/outlook/")  # the steps for the program that her mail was sent with


def the_customer_page_tells_the_story(page) -> None:
    page.goto("/staff/customers/?q=beniko")
    page.click(f"a:has-text('{BENIKO}')")
    page.wait_for_url(re.compile("/customers/[0-9]+/"))
    assert "Moved" in page.inner_text(".stand .state")
    story = [entry.split("\n")[0] for entry in page.locator(".timeline li div").all_inner_texts()]
    assert "Sent 1 message with SMTP-AUTH" in story
    assert story.count("Sent 1 message the old way: POP before SMTP") == 2
    assert any(re.fullmatch(r"Reminder of \w+ \d{4}: sent", entry) for entry in story)
    assert any(re.fullmatch(r"Reminder of \w+ \d{4}: delivered to the mailbox", entry) for entry in story)
    assert any("guide" in entry for entry in story), "her visit"
