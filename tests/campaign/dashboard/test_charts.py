import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import combinations, pairwise
from math import dist

import pytest

from campaign.dashboard import bars, charts, intervals, lanes

FIRST = date(2026, 1, 10)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(markup: str) -> list[ET.Element]:
    """The drawings in the text; a text that is no XML is an error."""
    return list(ET.fromstring(f"<page>{markup}</page>"))


def chart(points, **given):
    values = {"name": "c", "title": "Left", "description": "From 1 to 2.", "marks": []}
    return charts.line_chart(**values | given, lines=[charts.Line("left", points, label="now")])


def days(*values):
    return [(FIRST + timedelta(days=number), value) for number, value in enumerate(values)]


def test_a_chart_is_drawn_wide_and_narrow_with_title_and_description():
    wide, narrow = drawn(chart(days(3, 2, 1)))
    for svg in (wide, narrow):
        assert svg.get("role") == "img"
        names = svg.get("aria-labelledby").split()
        assert [svg.find(f"*[@id='{name}']").text for name in names] == ["Left", "From 1 to 2."]
    ids = [each.get("id") for svg in (wide, narrow) for each in svg.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_a_line_goes_through_its_values():
    (wide, _narrow) = drawn(chart(days(100, 50, 0)))
    points = wide.find("polyline").get("points").split()
    xs, ys = zip(*[map(float, point.split(",")) for point in points], strict=True)
    assert ys[0] < ys[1] < ys[2]
    assert ys[1] == pytest.approx((ys[0] + ys[2]) / 2)
    assert xs[1] == pytest.approx((xs[0] + xs[2]) / 2, abs=0.1)
    assert ys[2] == charts.SIZES[0].bottom


@pytest.mark.parametrize("values", [(0,), (1,), (0, 0, 0), (5, 5), (10**9, 3)])
def test_a_chart_of_few_equal_or_huge_values_stays_within_its_frame(values):
    for svg, size in zip(drawn(chart(days(*values))), charts.SIZES, strict=True):
        for point in svg.find("polyline").get("points").split():
            x, y = map(float, point.split(","))
            assert size.left <= x <= size.right
            assert size.top <= y <= size.bottom


@pytest.mark.parametrize("highest", [0, 0.5, 1, 3, 4, 5, 7, 10, 11, 99, 100, 101, 2350, 47_000, 10**7 + 1])
def test_a_scale_has_a_few_round_numbers_and_reaches_the_highest(highest):
    ticks = charts.scale(highest)
    assert ticks[0] == 0 and ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6
    assert len({after - before for before, after in pairwise(ticks)}) == 1


def test_a_written_mark_has_its_label_on_the_chart_and_others_tell_it_when_asked():
    marks = [charts.Mark("cutoff", FIRST, "Cut-off", written=True), charts.Mark("mailing", FIRST, "Mailing")]
    wide, _narrow = drawn(chart(days(3, 2), marks=marks))
    assert "Cut-off" in [text.text for text in wide.iter("text")]
    assert "Mailing" in [title.text for title in wide.iter("title")]
    assert "Mailing" not in [text.text for text in wide.iter("text")]


def test_marks_of_one_day_or_close_by_stand_above_one_another():
    ahead = [0, 0, 0, 1, 90, 92]
    marks = [charts.Mark("mailing", FIRST + timedelta(days=day), f"Round {number}") for number, day in enumerate(ahead)]
    for svg in drawn(chart(days(*range(200, 0, -1)), marks=marks)):
        heads = [circle for circle in svg.iter("circle") if circle.get("class") == "head"]
        places = {(float(head.get("cx")), float(head.get("cy"))): float(head.get("r")) for head in heads}
        assert len(places) == len(marks)
        for (one, radius), (other, _radius) in combinations(places.items(), 2):
            assert dist(one, other) >= 2 * radius
        highest = max(places, key=lambda place: place[1])
        assert all(highest[1] - place[1] < 60 for place in places)


def test_a_stacked_bar_is_as_long_as_its_parts_and_keeps_the_small_ones():
    (svg,) = drawn(bars.stacked_bar(name="s", title="t", description="d", parts=[("a", 99_999), ("b", 1), ("c", 0)]))
    widths = [float(rect.get("width")) for rect in svg.iter("rect")]
    assert widths[0] == pytest.approx(1000, abs=0.1)
    assert len(widths) == 2 and widths[1] >= 1


def test_a_stacked_bar_of_nothing_is_empty():
    (svg,) = drawn(bars.stacked_bar(name="s", title="t", description="d", parts=[("a", 0)]))
    assert list(svg.iter("rect")) == []


def test_a_bar_is_as_long_as_its_share_of_the_longest():
    assert ['width="50.0"' in bars.bar(5, 10, "left"), 'width="0"' in bars.bar(0, 0, "left")] == [True, True]


def test_lanes_show_the_days_that_there_was_mail():
    until = date(2026, 3, 31)
    rows = [("old", "Old", {until}), ("new", "New", {until, until - timedelta(days=1), until - timedelta(days=500)})]
    wide, narrow = drawn(lanes.lanes(name="l", title="t", description="d", rows=rows, marks=[], until=until))
    for svg in (wide, narrow):
        kinds = [rect.get("class") for rect in svg.iter("rect")]
        assert kinds.count("day old") == 1 and kinds.count("day new") == 2


def test_a_mark_leaves_the_labels_of_lanes_free():
    until = date(2026, 3, 31)
    rows = [("old", "Old", {until}), ("new", "New", {until})]
    for svg in drawn(
        lanes.lanes(name="l", title="t", description="d", rows=rows, marks=[charts.Mark("m", until, "!")], until=until)
    ):
        labels = [float(text.get("y")) for text in svg.iter("text") if text.get("class") == "label"]
        spans = [(float(line.get("y1")), float(line.get("y2"))) for line in svg.iter("line")]
        assert len(spans) == 2
        assert not any(top < label < bottom for label in labels for top, bottom in spans)


def test_texts_are_escaped_and_nothing_has_a_style():
    nasty = "<script>\"'&"
    marks = [charts.Mark("m", FIRST, nasty, written=True)]
    markup = chart(days(2, 1), title=nasty, description=nasty, marks=marks)
    assert "<script" not in markup and "style=" not in markup
    assert drawn(markup)[0].find("title").text == nasty


def interval(low, middle, high, label="Round"):
    return intervals.Interval(label=label, value=f"{middle} ({low} to {high})", low=low, middle=middle, high=high)


@pytest.mark.parametrize(
    "rows",
    [
        [interval(-1, 2, 5)],
        [interval(3, 4, 5), interval(-40, 0, 2.5)],
        [interval(-3, -2, -1)],
        [interval(0.01, 0.02, 0.03)],
        [interval(0, 0, 0)],
        [interval(-100, 0, 100)],
    ],
)
def test_intervals_stay_within_their_frame_on_a_scale_that_has_zero(rows):
    for svg in drawn(intervals.intervals(name="i", title="Rounds", description="One.", rows=rows)):
        _left, _top, width, height = map(float, svg.get("viewBox").split())
        assert len(svg.findall("line[@class='axis']")) == 1
        zero = float(svg.find("line[@class='axis']").get("x1"))
        dots = svg.findall("circle")
        lines = [line for line in svg.findall("line[@class='line interval']") if line.get("y1") == line.get("y2")]
        for row, dot, line in zip(rows, dots, lines, strict=True):
            x1, x, x2 = float(line.get("x1")), float(dot.get("cx")), float(line.get("x2"))
            assert 0 <= x1 <= x <= x2 <= width
            assert float(dot.get("cy")) < height
            assert (x > zero) == (row.middle > 0) or row.middle == 0
        assert len(svg.findall("text[@class='tick']")) <= 13


def test_a_band_lies_behind_the_line_and_its_top_is_on_the_scale():
    band = charts.Band("foretold", [(FIRST, 10, 10), (FIRST + timedelta(days=9), 5, 480)])
    (wide, _narrow) = drawn(chart(days(10, 9), bands=[band]))
    shape = wide.find("polygon[@class='band foretold']")
    corners = [tuple(map(float, corner.split(","))) for corner in shape.get("points").split()]
    assert len(corners) == 4
    assert corners[1][1] < corners[2][1] and corners[1][0] == corners[2][0]
    assert min(y for _x, y in corners) >= 30
    kinds = [each.get("class") for each in wide.iter()]
    assert kinds.index("band foretold") < kinds.index("line left")
