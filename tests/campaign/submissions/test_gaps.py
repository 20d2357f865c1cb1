"""A day on which one of several servers is missing proves nothing, and the quiet days do not count it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import make_campaign, make_customer, make_use

from campaign import tasks
from campaign.customers import rollup
from campaign.models import Coverage, Holdout, LogFile, SourceGap, SourceLines, Standing, Stream
from campaign.submissions import gaps
from campaign.submissions.rhythm import Rhythm

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
FIRST, TODAY = date(2026, 10, 20), date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # noon in Tokyo


def hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def speaks(host: str, *, but: set[date] = frozenset(), until: datetime = NOW, program: str = "postfix") -> SourceLines:
    """A server with 40 lines in each hour of each day, `but` on some, up to `until`."""
    begin = hour(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=TOKYO))
    numbers = range(begin, hour(until))
    lines = {n: 40 for n in numbers if datetime.fromtimestamp(n * 3600, TOKYO).date() not in but}
    log = LogFile.objects.create(digest=host.ljust(64, "0"), digest_length=9, name=f"/var/log/{host}", read_at=NOW)
    return SourceLines.objects.create(
        log_file=log,
        host=host,
        program=program,
        lines=40 * len(lines),
        not_understood=0,
        first_at=datetime.fromtimestamp(min(lines) * 3600, UTC),
        last_at=datetime.fromtimestamp(max(lines) * 3600 + 3599, UTC),
        hours={str(n): count for n, count in lines.items()},
    )


def known() -> set[tuple[date, str]]:
    return set(SourceGap.objects.values_list("day", "host"))


LOST = date(2026, 11, 11)


def test_a_server_missing_for_a_day_among_others_is_a_gap_of_that_day():
    speaks("mx1")
    speaks("mx2", but={LOST})
    assert gaps.bring_up_to_date(now=NOW) == {LOST}
    assert known() == {(LOST, "mx2")}
    assert SourceGap.objects.get().missed == 24 * 40


def test_found_again_it_is_the_same_and_no_day_changes():
    speaks("mx2", but={LOST})
    gaps.bring_up_to_date(now=NOW)
    assert gaps.bring_up_to_date(now=NOW + timedelta(minutes=5)) == set()
    assert known() == {(LOST, "mx2")}


def test_a_log_that_comes_late_closes_the_gap_and_its_day_changes_again():
    row = speaks("mx2", but={LOST})
    gaps.bring_up_to_date(now=NOW)
    row.delete()
    LogFile.objects.all().delete()
    speaks("mx2")
    assert gaps.bring_up_to_date(now=NOW) == {LOST}
    assert known() == set()


def test_a_server_that_is_silent_now_leaves_its_days_open_and_one_switched_off_does_not():
    silent_since = datetime(2026, 11, 21, 15, tzinfo=UTC)  # midnight in Tokyo
    speaks("mx2", until=silent_since)
    assert gaps.bring_up_to_date(now=NOW) == {date(2026, 11, 22), date(2026, 11, 23), TODAY}
    later = silent_since + timedelta(days=15)
    assert gaps.bring_up_to_date(now=later) == {date(2026, 11, 22), date(2026, 11, 23), TODAY}
    assert known() == set()


def test_a_gap_over_midnight_belongs_to_both_days_and_a_day_of_25_hours_is_one():
    usual = {n: 40 for n in range(hour(datetime(2026, 10, 12, tzinfo=UTC)), hour(NOW))}
    new_york = ZoneInfo("America/New_York")  # its summer time ended on 1 November 2026
    rhythm = Rhythm(usual, new_york)
    begin, end = datetime(2026, 10, 31, 23, tzinfo=new_york), datetime(2026, 11, 2, 1, tzinfo=new_york)
    missed = gaps.missed_by_day(rhythm, begin, end, new_york)
    assert missed == {date(2026, 10, 31): 40, date(2026, 11, 1): 25 * 40, date(2026, 11, 2): 40}


def test_the_quiet_days_leave_out_a_day_on_which_a_server_was_missing():
    campaign = make_campaign(quiet_days=30, starts_on=FIRST)
    customer = make_customer()
    make_use(customer, "pop_before_smtp", date(2026, 10, 24))
    for number in range((TODAY - FIRST).days + 1):
        for stream in Stream:
            at = NOW - timedelta(days=number)
            Coverage.objects.create(day=TODAY - timedelta(days=number), stream=stream, events=9, last_at=at)
    rollup.bring_up_to_date(days=[date(2026, 10, 24)], today=TODAY)
    assert Holdout.objects.get(campaign=campaign).standing == Standing.SILENT  # 31 covered days without a mail
    speaks("mx1")
    speaks("mx2", but={LOST, LOST + timedelta(days=1)})
    rollup.bring_up_to_date(days=gaps.bring_up_to_date(now=NOW), today=TODAY)
    assert Holdout.objects.get(campaign=campaign).standing == Standing.HOLDOUT  # 29 of them prove something


def test_the_new_day_looks_for_gaps(monkeypatch):
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW)
    speaks("mx2", but={LOST})
    tasks.begin_day()
    assert known() == {(LOST, "mx2")}
