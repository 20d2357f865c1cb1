"""Which rows the tables have, and to which page each leads."""

import pytest
from builders import make_campaign

from campaign.customers.chosen import Cell
from campaign.customers.counts import Kept
from campaign.dashboard import breakdowns
from campaign.dashboard.narrowing import Narrowed
from campaign.models import Standing
from notices import funnel

ANY = Narrowed("pop_before_smtp")


def cell(holdouts: int, standing: str = "holdout", **given) -> Cell:
    values = {"relapsed": False, "reason": "", "program": "", "wave": 0, "brand": "main", "range": "", "begun": 0}
    return Cell(standing=standing, holdouts=holdouts, **values | given)


def kept(*cells: Cell) -> Kept:
    by_range: dict[str, list[Cell]] = {}
    for each in cells:
        by_range.setdefault(each.range, []).append(each)
    return Kept(None, by_range)


def test_the_most_come_first_and_beyond_ten_all_others_are_one_row():
    cells = [cell(number, program=f"program{number:02}") for number in range(1, 14)]
    rows = breakdowns.rows(breakdowns.PROGRAMS, cells, ANY, at_most=10)
    assert [row.holdouts for row in rows] == [*range(13, 3, -1), 6]
    assert rows[0].url == "/staff/?campaign=pop_before_smtp&program=program13"
    assert (rows[-1].url, rows[-1].share) == ("", "6.6%")
    assert sum(row.holdouts for row in rows) == 91


def test_a_row_that_is_chosen_leads_back():
    narrowed = Narrowed("pop_before_smtp", program="unknown", wave="2")
    (row,) = breakdowns.rows(breakdowns.PROGRAMS, [cell(3)], narrowed)
    assert row.chosen and row.url == "/staff/?campaign=pop_before_smtp&wave=2"


def test_tables_tell_of_those_left_unless_a_standing_is_chosen():
    here = kept(cell(3, program="becky"), cell(4, "migrated", program="thunderbird"), cell(1, "mixed", program="becky"))
    assert [row.holdouts for row in breakdowns.of(here, None, ANY)["programs"]] == [4]
    moved = breakdowns.of(here, None, Narrowed("pop_before_smtp", standing="moved"))
    assert [row.holdouts for row in moved["programs"]] == [4]
    assert moved["reasons"] == []


def test_among_those_left_are_told_who_fails_to_sign_in_and_who_fell_back():
    cells = [cell(5), cell(2, reason="auth_failed"), cell(3, "mixed", relapsed=True), cell(7, "migrated")]
    now = dict.fromkeys(Standing, 0) | {Standing.HOLDOUT: 7, Standing.MIXED: 3, Standing.MIGRATED: 7}
    rows = breakdowns.standings(cells, now, None, ANY)
    parts = {row.url.partition("&")[2]: row.holdouts for row in rows if row.part}
    assert parts == {"reason=auth_failed": 2, "standing=relapsed": 3}
    assert sum(row.holdouts for row in rows if not row.part) == 17
    assert all(row.change == "" for row in rows)
    before = now | {Standing.HOLDOUT: 9}
    assert breakdowns.standings(cells, now, before, ANY)[0].change == "−2"


def test_ranges_beyond_those_shown_are_everywhere_else(settings):
    single = [cell(20 - number, range=f"192.0.{number}.0/24") for number in range(12)]
    here = kept(cell(300), *single)
    rows = breakdowns.of_ranges(here, ANY)
    assert len(rows) == breakdowns.TOP + 1
    assert rows[0].title == "192.0.0.0/24" and rows[0].holdouts == 20
    assert (rows[-1].url, rows[-1].holdouts) == ("", 300 - sum(20 - number for number in range(10)))
    (only,) = breakdowns.of_ranges(here, Narrowed("pop_before_smtp", range="192.0.3.0/24"))
    assert only.chosen and only.holdouts == 17


def test_where_no_range_is_counted_there_is_no_table_of_them():
    assert breakdowns.of_ranges(kept(cell(3)), ANY) == []


@pytest.mark.parametrize(("name", "own"), [("10.64.3.0/24", True), ("10.0.3.0/24", False), ("2001:db8::/48", False)])
def test_a_range_of_our_own_says_so(name, own, settings):
    assert ("10.64.0.0/10" in breakdowns.range_title(name)) == own


def test_waves_count_who_was_written_to_who_began_and_who_is_left():
    cells = [cell(3, wave=2), cell(2, "mixed", wave=2), cell(4, "migrated", wave=1), cell(1, "silent"), cell(1)]
    sent = funnel.Cell("holdout", False, "", "", 2, "main", "", 4, 0, 0, 0, 0)
    first, second, none = breakdowns.waves(cells, funnel.Kept(None, {"": [sent]}), ANY)
    assert (first.customers, first.written, first.begun, first.moved, first.left) == (4, 0, 4, 4, 0)
    assert (second.customers, second.written, second.begun, second.moved, second.left) == (5, 4, 2, 0, 5)
    assert (none.customers, none.left, none.url) == (2, 1, "/staff/?campaign=pop_before_smtp&wave=none")
    assert breakdowns.waves(cells, None, ANY)[0].written is None
    assert breakdowns.waves([cell(3)], None, ANY) == []


def test_of_a_range_whose_notices_are_not_counted_none_are_told():
    sent = funnel.Cell("holdout", False, "", "", 2, "main", "192.0.2.0/24", 4, 0, 0, 0, 0)
    reached = funnel.Kept(None, {"": [sent], "192.0.2.0/24": [sent]})
    for place, written in (("192.0.2.0/24", 4), ("203.0.113.0/24", None)):
        (row,) = breakdowns.waves([cell(3, wave=2, range=place)], reached, Narrowed("pop_before_smtp", range=place))
        assert row.written == written


def test_few_are_never_shown_as_none_and_nearly_all_never_as_all():
    assert breakdowns.percent(1, 100_000) == "0.1%"
    assert breakdowns.percent(99_999, 100_000) == "99.9%"
    assert (breakdowns.percent(0, 3), breakdowns.percent(3, 3), breakdowns.percent(1, 0)) == ("0.0%", "100.0%", "0.0%")


@pytest.mark.django_db
def test_a_table_of_brands_is_for_several(db):
    make_campaign()
    assert breakdowns.of(kept(cell(3)), None, ANY)["brands"] == []
