from datetime import UTC, datetime, timedelta

import pytest
from builders import TODAY, make_campaign, make_user, noon
from desk import make_source
from django.utils import timezone

from campaign.dashboard.sources import ago, said_of
from campaign.models import ClockReading, ProgramLines
from campaign.submissions.skew import WrongClock

NOW = noon(TODAY)


@pytest.fixture
def sources(db):
    make_source("mx1", "postfix", until=NOW)
    make_source("pop1", "dovecot", until=NOW - timedelta(hours=2), without=range(100, 112))
    make_source("old", "dovecot", until=NOW - timedelta(days=20))
    make_source("mx1", "sshd", until=NOW, understood=False)


def row(text: str, name: str) -> str:
    """The table row that begins with this source, without the tags' line breaks."""
    return " ".join(next(part for part in text.split("<tr>") if name in part).split())


def test_each_source_says_how_far_it_is_read_and_who_is_late_comes_first(staff, sources):
    text = staff.get("/staff/sources/").text
    assert text.index(">pop1 ") < text.index(">mx1 ") < text.index(">old ")
    assert "Late" in row(text, "pop1") and "2 hours ago" in row(text, "pop1")
    assert "200 lines should have come" in row(text, "pop1")
    assert "Speaks" in row(text, "mx1") and "just now" in row(text, "mx1")
    assert "Ended" in row(text, ">old ")
    assert "of no use here" in text


def test_gaps_are_listed_with_what_should_have_come(staff, sources):
    text = staff.get("/staff/sources/").text
    gap = row(text[text.index("In these hours") :], "pop1")
    assert 'data-label="Hours">12</td>' in gap and 'data-label="Lines that should have come">1,200</td>' in gap


def test_lines_not_understood_are_listed_by_program(staff, sources):
    log = make_source("mx2", "postfix", until=NOW).log_file
    ProgramLines.objects.create(
        log_file=log,
        program="cyrus/ctl",
        lines=9,
        not_understood=7,
        example="what …@… is <that>",
        example_day=TODAY,
    )
    text = staff.get("/staff/sources/").text
    assert "cyrus/ctl" in text and "what …@… is &lt;that&gt;" in text and "only the shape is kept" in text


@pytest.mark.parametrize("page", ["/staff/sources/", "/staff/"])
def test_who_may_see_no_customers_sees_that_lines_were_not_understood_and_no_example(client, sources, page):
    make_campaign()
    log = make_source("mx2", "postfix", until=NOW).log_file
    odd = {"program": "cyrus/ctl", "lines": 9, "not_understood": 7}
    ProgramLines.objects.create(log_file=log, **odd, example="user …", example_day=TODAY)
    client.force_login(make_user("kondo"))
    client.cookies["django_language"] = "en"
    text = client.get(page).text
    assert "cyrus/ctl" in text and ">7</td>" in text
    assert "user …" not in text and "An example" not in text and "only the shape" not in text


def test_a_wrong_clock_is_said_with_the_setting_that_makes_it_right(staff, sources, settings):
    settings.CLOCK_OFFSETS = {"mx9": 5}
    ClockReading.objects.create(day=TODAY, host="pop1", against="mx1", seconds=243, votes=80)
    text = staff.get("/staff/sources/").text
    assert "The clock of pop1 seems 4 minutes 3 seconds ahead of that of mx1." in text
    assert "<code>CLOCK_OFFSETS=mx9:5,pop1:-243</code>" in text
    dashboard = staff.get("/staff/").text
    assert "There is no campaign yet" in dashboard


def test_the_dashboard_warns_of_a_late_log_and_a_wrong_clock(staff, world):
    make_source("pop1", "dovecot", until=NOW - timedelta(hours=1))
    ClockReading.objects.create(day=TODAY, host="pop1", against="mx1", seconds=-243, votes=80)
    text = " ".join(staff.get("/staff/").text.split())
    assert "1 log is late: pop1 dovecot." in text
    assert "The clock of pop1 seems wrong." in text


def test_the_dashboard_is_silent_where_all_is_well(staff, world):
    make_source("pop1", "dovecot", until=NOW)
    text = staff.get("/staff/").text
    assert "is late" not in text and "seems wrong" not in text


def test_before_the_first_line_the_page_says_so(staff):
    text = staff.get("/staff/sources/").text
    assert "No logs have been read yet" in text and "Not measured yet" not in text


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (timedelta(seconds=-90), "in the future"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=49), "2 days ago"),
    ],
)
def test_how_long_ago_a_line_was(lag, words):
    assert ago(lag) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(60, "1 minute ahead"), (-240, "4 minutes behind"), (61, "1 minute 1 second ahead"), (-3599, "59 seconds behind")],
)  # fmt: skip
def test_a_clock_is_ahead_or_behind(seconds, words):
    assert words in said_of(WrongClock("pop1", seconds, ("mx1",)))


def test_the_clock_of_the_pages_is_the_builders():
    assert timezone.now() == NOW == datetime(2026, 11, 24, 3, tzinfo=UTC)
