import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import count_all, count_day, cover, make_forecast, make_mailing, make_notice
from django.core.management import CommandError, call_command

from campaign.dashboard import figures
from campaign.dashboard import first_page as page
from campaign.dashboard.progress import Pace, Totals, needed_a_day, pace, progress
from campaign.models import (
    AttributedDay,
    Coverage,
    DailyUse,
    Holdout,
    LogFile,
    ProgramLines,
    Standing,
    StandingCount,
    Stream,
)

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def read(campaign):
    return progress(campaign=campaign, today=TODAY, now=NOW)


def totals(ago: int, left: int) -> Totals:
    return Totals(TODAY - timedelta(days=ago), dict.fromkeys(Standing, 0) | {Standing.HOLDOUT: left})


def test_the_headline_numbers_are_those_of_the_last_counted_day_and_add_up(world):
    found = read(world)
    assert (found.now.identified, found.now.left, found.now.moved) == (8, 4, 2)
    assert found.now.identified == sum(found.now.standings.values())
    assert (found.week_before.left, found.week_before.moved) == (5, 1)
    assert found.days_to_cutoff == (world.cutoff_on - TODAY).days


def test_the_share_counts_customers_mail_alone_and_a_week_at_a_time(world):
    found = read(world)
    assert found.share_until == TODAY - timedelta(days=1)  # today is not over
    assert found.share == 19 / 26
    assert found.share_before == 0.5


def test_the_last_mailing_is_the_newest_that_was_not_cancelled(world):
    make_mailing(world, period="2026-12", state="cancelled")
    found = read(world)
    assert found.last_mailing.period == "2026-11"
    report = found.last_mailing.report
    assert report.planned == 2
    assert report.planned == report.accepted + report.refused + report.withdrawn + report.unknown + report.waiting


def test_days_after_today_are_not_shown(world):
    count_day(world, TODAY + timedelta(days=1), holdout=99)
    assert read(world).now.day == TODAY


def test_the_needed_number_a_day_is_rounded_up_and_ends_with_the_date():
    assert needed_a_day(10, 3) == 4
    assert needed_a_day(0, 3) == 0
    assert needed_a_day(10, 0) is None
    assert needed_a_day(10, -1) is None


def test_the_pace_is_the_average_of_four_weeks_or_of_what_there_is():
    assert pace((totals(60, 500), totals(28, 128), totals(0, 100))) == Pace(1.0, 28)
    assert pace((totals(10, 120), totals(0, 100))) == Pace(2.0, 10)
    assert pace((totals(10, 100), totals(0, 120))) == Pace(-2.0, 10)
    assert pace((totals(6, 120), totals(0, 100))) is None
    assert pace(()) is None


def test_nothing_is_asked_of_daily_use_and_nothing_grows_with_the_rows(world, django_assert_max_num_queries):
    make_forecast(world)
    with django_assert_max_num_queries(26) as asked:
        read(world)
    assert not any(DailyUse._meta.db_table in query["sql"] for query in asked.captured_queries)
    first = len(asked.captured_queries)
    for number in range(30):
        make_holdout(world, make_customer(client_program=f"program{number}"))
        make_mailing(world, period=f"2024-{number}", state="finished")
    with django_assert_max_num_queries(first):
        read(world)


def test_a_template_asks_the_database_nothing(world, staff, django_assert_num_queries, monkeypatch):
    found = read(world)
    monkeypatch.setattr(page, "progress", lambda **_: found)
    around = {
        "way": page.way.of(world, None, found.narrowed),
        "contact_figures": page.contact_figures.of(found.kept, found.narrowed, today=TODAY),
    }
    for name, value in around.items():
        monkeypatch.setattr(getattr(page, name), "of", lambda *_, value=value, **__: value)
    monkeypatch.setattr(page.effects, "newest", lambda _campaign: None)
    monkeypatch.setattr(page.funnel, "kept", lambda _campaign: None)
    staff.get("/staff/")
    with django_assert_num_queries(6):  # session, user, permissions twice, and the campaigns for the choice, twice
        assert staff.get("/staff/").status_code == 200


def test_a_late_log_and_a_day_without_one_are_told(world):
    Coverage.objects.filter(stream=Stream.MAIL, day=TODAY).update(last_at=NOW - timedelta(hours=5))
    Coverage.objects.filter(stream=Stream.LOGINS, day=TODAY - timedelta(days=3)).delete()
    logs = read(world).logs
    assert logs.until == NOW - timedelta(hours=5)
    assert [source.title for source in logs.late] == [Stream.MAIL.label]
    assert logs.gaps == (TODAY - timedelta(days=3),)


def test_today_and_the_time_before_the_first_log_are_no_gaps(world):
    Coverage.objects.filter(day=TODAY).delete()
    assert read(world).logs.gaps == ()


def test_a_log_that_ended_long_ago_leaves_every_day_since_a_gap(world):
    Coverage.objects.all().delete()
    cover(TODAY - timedelta(days=90))
    assert len(read(world).logs.gaps) == world.quiet_days


def test_lines_that_were_not_understood_are_shown_with_an_example(world, staff):
    log = LogFile.objects.create(digest="d", digest_length=1, name="mail.log", lines=9, read_at=NOW)
    ProgramLines.objects.create(
        log_file=log,
        program="postfix/<b>",
        not_understood=3,
        example="<script>alert(1)</script>",
        example_day=TODAY,
    )
    text = staff.get("/staff/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text and "postfix/<b>" not in text


def test_before_there_is_a_campaign_the_page_says_so(staff):
    assert "There is no campaign yet" in staff.get("/staff/").content.decode()


def test_before_any_log_the_page_says_what_to_do(staff):
    make_campaign()
    text = staff.get("/staff/").content.decode()
    assert "No logs have been read yet" in text and "manage.py ingest" in text


def test_during_the_first_reading_the_page_shows_how_far_it_is(staff):
    make_campaign()
    LogFile.objects.create(digest="d", digest_length=1, name="mail.log", lines=1234, read_at=NOW)
    AttributedDay.objects.create(day=TODAY, stale=True)
    AttributedDay.objects.create(day=TODAY - timedelta(days=1), stale=False, attributed_at=NOW)
    text = staff.get("/staff/").content.decode()
    assert "The first logs are being read" in text and "1,234 lines" in text
    assert '<progress id="days-done" max="2" value="1">' in text


def test_the_page_shows_the_numbers_with_links_to_the_customers_behind_them(world, staff):
    StandingCount.objects.filter(day=TODAY, standing=Standing.HOLDOUT).update(holdouts=12345)
    text = staff.get("/staff/").content.decode()
    assert "12,345" in text
    assert "/staff/customers/?campaign=pop_before_smtp&amp;standing=left" in text
    assert "/staff/?campaign=pop_before_smtp&amp;standing=holdout" in text
    assert "/staff/?campaign=pop_before_smtp&amp;program=thunderbird" in text
    assert "/staff/?campaign=pop_before_smtp&amp;reason=never_tried" in text


def test_a_second_campaign_is_chosen_in_the_address(world, staff):
    make_campaign(name="local_port25")
    assert 'href="/staff/?campaign=local_port25"' in staff.get("/staff/").content.decode()
    assert "No logs" not in staff.get("/staff/?campaign=nonsense").content.decode()
    assert staff.get("/staff/?campaign=local_port25").status_code == 200


def test_the_page_outlives_a_program_name_that_nobody_knows(world, staff):
    holdout = Holdout.objects.filter(standing="holdout").first()
    holdout.client_program = "<script>alert(1)</script>"
    holdout.save()
    count_all(world)
    text = staff.get("/staff/").content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize("days", [1, 0, -40])
def test_the_page_shows_the_days_around_the_cutoff(world, staff, days):
    world.cutoff_on = TODAY + timedelta(days=days)
    world.save()
    assert staff.get("/staff/").status_code == 200


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("progress", "--campaign", "pop_before_smtp", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_same_numbers_as_json(world):
    make_notice(make_mailing(world, period="2026-12"), state="waiting")
    found = json.loads(command("--json"))
    assert found["as_of"] == TODAY.isoformat()
    assert (found["identified"], found["moved"], found["left"]) == (8, 2, 4)
    assert (found["silent"], found["exempt"]) == (1, 1)
    assert found["standings"]["mixed"] == 1 and sum(found["standings"].values()) == 8
    assert found["share_smtp_auth"] == round(19 / 26, 4)
    assert found["cutoff_on"] == "2027-03-31" and isinstance(found["days_to_cutoff"], int)
    assert found["last_mailing"]["planned"] == found["last_mailing"]["waiting"] == 1


def test_the_command_has_an_answer_before_any_log():
    make_campaign()
    found = json.loads(command("--json"))
    assert (found["as_of"], found["identified"], found["share_smtp_auth"]) == (None, 0, None)
    assert found["last_mailing"] is None
    told = command()
    assert "no logs read yet" in told and "none yet" in told and "None" not in told


def test_the_command_prints_a_table_for_people(world):
    make_notice(make_mailing(world, period="2026-12", state="sending"), state="waiting")
    told = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in command().splitlines())
    assert (told["Identified"], told["One device is left"], told["Mail with SMTP-AUTH"]) == ("8", "1", "73.1%")
    assert (told["Last mailing"], told["Waiting"]) == ("Reminder of December 2026 (sending)", "1")
    assert told["Cut-off"].startswith("2027-03-31 (days left: ")


def test_the_command_says_what_to_do_where_there_is_no_campaign():
    with pytest.raises(CommandError, match="ingest"):
        command("--json")


def test_a_campaign_in_which_nobody_was_found_says_so(world, staff):
    make_campaign(name="local_port25")
    AttributedDay.objects.create(day=TODAY, stale=False, attributed_at=NOW)
    LogFile.objects.create(digest="d", digest_length=1, name="mail.log", lines=1234, read_at=NOW)
    text = staff.get("/staff/?campaign=local_port25").content.decode()
    assert "In the logs read so far nobody sends this way." in text


def test_a_campaign_whose_counts_are_all_zero_is_shown_as_such(staff):
    count_day(make_campaign(), TODAY)
    text = staff.get("/staff/").content.decode()
    assert "0 of 0 customers" in text and "nobody is left" in text


def test_what_is_needed_a_day_has_last_week_beside_it(world):
    StandingCount.objects.filter(day=TODAY, standing="holdout").update(holdouts=800)
    StandingCount.objects.filter(day=TODAY - timedelta(days=7), standing="holdout").update(holdouts=1000)
    found = read(world)
    tile = figures.tiles(found, found.now, found.week_before)[5]
    assert (tile.value, tile.notes[0]) == ("7", "a week ago 8 (−1)")  # 801 in 127 days; 1001 in 134
