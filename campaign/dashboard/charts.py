"""Charts as SVG text, drawn from values; a page shows each beside a table of the same values.

Colours come from CSS classes only, for the content security policy forbids style attributes.
One drawing shrunk to a phone would have labels of seven pixels, so what has labels inside is
drawn twice, wide and narrow, and CSS shows one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

from django.utils.formats import date_format, number_format
from markupsafe import Markup, escape

from campaign.jinja import count

Point = tuple[date, float]


@dataclass(frozen=True)
class Line:
    """One line of a chart; `css` names its look, `label` stands at its last point, `area` fills what lies below it."""

    css: str
    points: Sequence[Point]
    label: str = ""
    area: bool = True


@dataclass(frozen=True)
class Band:
    """What lies between two values of each day."""

    css: str
    points: Sequence[tuple[date, float, float]]


@dataclass(frozen=True)
class Mark:
    """A day on which something happened; one that is `written` has its label on the chart."""

    css: str
    day: date
    label: str
    written: bool = False


@dataclass(frozen=True)
class Interval:
    """A value that is known to lie between two others; `value` is how it is written."""

    label: str
    value: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Size:
    name: str
    width: int
    height: int
    left: int  # room for the numbers of the scale
    months: int  # at most so many names of months
    pin: int  # radius of a mark's head

    @property
    def right(self) -> int:
        return self.width - 12

    @property
    def top(self) -> int:
        return 30

    @property
    def bottom(self) -> int:
        return self.height - 40


SIZES = (Size("wide", 960, 300, 60, 13, 4), Size("narrow", 340, 260, 52, 5, 3))
LANE_SIZES = (("wide", 960, 91), ("narrow", 340, 42))  # name, width, days shown


def element(tag: str, *children: Markup, **attributes: object) -> Markup:
    """An SVG element; `_` in a name stands for `-`. Values are escaped here, children are text that is already."""
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{written}>{''.join(children)}</{tag}>")


def scale(highest: float) -> list[int]:
    """Round numbers from zero to just above `highest`, four or five of them."""
    if highest <= 4:
        return list(range(max(1, ceil(highest)) + 1))
    rough = highest / 4
    power = 10 ** floor(log10(rough))
    step = next(int(factor * power) for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough and factor * power >= 1)
    return list(range(0, step * ceil(highest / step) + 1, step))


def months(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`."""
    found, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def line_chart(
    *,
    name: str,
    title: str,
    description: str,
    lines: Sequence[Line],
    marks: Sequence[Mark],
    bands: Sequence[Band] = (),
) -> Markup:
    """Values over days, with marks; `name` is unique on its page. Bands lie behind the lines."""
    days = [day for line in lines for day, _value in line.points] + [mark.day for mark in marks]
    days += [day for band in bands for day, _low, _high in band.points]
    highest = max(value for line in lines for _day, value in line.points)
    highest = max([highest, *(high for band in bands for _day, _low, high in band.points)])
    plots = [_Plot(size, first=min(days), last=max(days), ticks=scale(highest)) for size in SIZES]
    drawn = [(plot.size, [*plot.grid(), *plot.bands(bands), *plot.marks(marks), *plot.lines(lines)]) for plot in plots]
    return Markup("").join(
        _svg(f"{name}-{size.name}", title, description, inside, size.width, size.height, css=size.name)
        for size, inside in drawn
    )


def _svg(
    name: str, title: str, description: str, inside: Sequence[str], width: int, height: int, *, css: str, **more: object
) -> Markup:
    return element(
        "svg",
        element("title", escape(title), id=f"{name}-title"),
        element("desc", escape(description), id=f"{name}-desc"),
        *inside,
        class_=f"chart {css}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        viewBox=f"0 0 {width} {height}",
        **more,
    )


class _Plot:
    """Days to the right, values upward, within one size."""

    def __init__(self, size: Size, *, first: date, last: date, ticks: list[int]) -> None:
        self.size, self.first, self.ticks = size, first, ticks
        self.last = max(last, first + timedelta(days=1))

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(self.size.left + share * (self.size.right - self.size.left), 1)

    def y(self, value: float) -> float:
        share = value / self.ticks[-1]
        return round(self.size.bottom - share * (self.size.bottom - self.size.top), 1)

    def grid(self) -> list[Markup]:
        size, drawn = self.size, []
        for tick in self.ticks:
            y = self.y(tick)
            drawn.append(element("line", class_="grid", x1=size.left, x2=size.right, y1=y, y2=y))
            drawn.append(
                element("text", escape(count(tick)), class_="tick", x=size.left - 8, y=y + 4, text_anchor="end")
            )
        return drawn + self._months()

    def _months(self) -> list[Markup]:
        found = months(self.first, self.last)
        every = ceil(len(found) / self.size.months) or 1
        drawn, year = [], None
        for day in found[::every]:
            x = self.x(day)
            drawn.append(element("line", class_="axis", x1=x, x2=x, y1=self.size.bottom, y2=self.size.bottom + 5))
            if x > self.size.right - 16:
                continue
            y = self.size.bottom + 19
            drawn.append(element("text", escape(date_format(day, "M")), class_="tick", x=x, y=y, text_anchor="middle"))
            if day.year != year:
                drawn.append(element("text", Markup(day.year), class_="tick", x=x, y=y + 15, text_anchor="middle"))
                year = day.year
        return drawn

    def marks(self, marks: Sequence[Mark]) -> list[Markup]:
        drawn = []
        for mark in marks:
            x, bottom = self.x(mark.day), self.size.bottom
            if not mark.written:  # a pin on the axis: many of them must not fence the line in
                stem = element("line", class_=f"mark {mark.css}", x1=x, x2=x, y1=bottom - 12, y2=bottom)
                head = element("circle", class_="head", cx=x, cy=bottom - 15, r=self.size.pin)
                drawn.append(element("g", element("title", escape(mark.label)), stem, head))
            else:
                drawn.append(element("line", class_=f"mark {mark.css}", x1=x, x2=x, y1=self.size.top, y2=bottom))
                anchor = "end" if x > self.size.width / 2 else "start"
                drawn.append(element("text", escape(mark.label), class_="label", x=x, y=18, text_anchor=anchor))
        return drawn

    def bands(self, bands: Sequence[Band]) -> list[Markup]:
        drawn = []
        for band in bands:
            upper = [f"{self.x(day)},{self.y(high)}" for day, _low, high in band.points]
            lower = [f"{self.x(day)},{self.y(low)}" for day, low, _high in reversed(band.points)]
            drawn.append(element("polygon", class_=f"band {band.css}", points=" ".join([*upper, *lower])))
        return drawn

    def lines(self, lines: Sequence[Line]) -> list[Markup]:
        drawn = []
        for line in lines:
            points = " ".join(f"{self.x(day)},{self.y(value)}" for day, value in line.points)
            if line.label and line.area:  # the line that the chart is about
                first, last, bottom = self.x(line.points[0][0]), self.x(line.points[-1][0]), self.size.bottom
                ground = f"{first},{bottom} {points} {last},{bottom}"
                drawn.append(element("polygon", class_=f"area {line.css}", points=ground))
            drawn.append(element("polyline", class_=f"line {line.css}", points=points))
            if line.label:
                drawn += self._end(line)
        return drawn

    def _end(self, line: Line) -> list[Markup]:
        day, value = line.points[-1]
        x, y = self.x(day), self.y(value)
        # Right of the point the line is not in the way; at the edge there is no room there.
        room = x + 12 + 8 * len(line.label) < self.size.right
        place = {"x": x + 8, "text_anchor": "start"} if room else {"x": x, "text_anchor": "end"}
        return [
            element("circle", class_=f"end {line.css}", cx=x, cy=y, r=4),
            element("text", escape(line.label), class_="label strong", y=max(y - 10, 12), **place),
        ]


def stacked_bar(*, name: str, title: str, description: str, parts: Sequence[tuple[str, int]]) -> Markup:
    """One bar of 1000 units, cut by (css, value); the table beside it is its legend."""
    total = sum(value for _css, value in parts)
    drawn, x = [], 0.0
    for css, value in parts:
        width = 1000 * value / total if total else 0
        if width:
            # A part of one in ten thousand is still a part: it is drawn thin, never left out.
            drawn.append(element("rect", class_=f"part {css}", x=round(x, 2), y=0, height=20, width=max(width, 1.5)))
        x += width
    return _svg(name, title, description, drawn, 1000, 20, css="stack", preserveAspectRatio="none")


def bar(value: float, most: float, css: str) -> Markup:
    """A horizontal bar for a table's cell; the number stands in the cell beside it, so readers skip the bar."""
    width = round(100 * value / most, 1) if most else 0
    inside = element("rect", class_=f"part {css}", x=0, y=0, height=10, width=max(width, 0.6) if value else 0)
    return element(
        "svg",
        inside,
        class_="bar",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def lanes(
    *,
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, str, set[date]]],
    marks: Sequence[Mark],
    until: date,
) -> Markup:
    """One row of days for each (css, label, days with mail), newest to the right."""
    drawn = []
    for size, width, shown in LANE_SIZES:
        first = until - timedelta(days=shown - 1)
        inside = _lanes(rows, [mark for mark in marks if first <= mark.day <= until], first, width / shown, shown)
        drawn.append(
            _svg(f"{name}-{size}", title, description, inside, width, 40 * len(rows) + 24, css=f"lanes {size}")
        )
    return Markup("").join(drawn)


def _lanes(
    rows: Sequence[tuple[str, str, set[date]]], marks: Sequence[Mark], first: date, step: float, shown: int
) -> list[Markup]:
    drawn = []
    bottom = 40 * len(rows)
    for mark in marks:
        x = round((mark.day - first).days * step + step / 2, 1)
        stems = [  # one beside each row of days, for above it stands the row's label
            element("line", class_=f"mark {mark.css}", x1=x, x2=x, y1=top + 17, y2=top + 37)
            for top in range(0, bottom, 40)
        ]
        drawn.append(element("g", element("title", escape(mark.label)), *stems))
    for row, (css, label, days) in enumerate(rows):
        top = 40 * row
        drawn.append(element("text", escape(label), class_="label", x=0, y=top + 13))
        for number in range(shown):
            day = first + timedelta(days=number)
            css_class = f"day {css}" if day in days else "day none"
            rect = {"x": round(number * step + 1, 1), "y": top + 20, "width": round(step - 2, 1), "height": 14, "rx": 2}
            drawn.append(element("rect", class_=css_class, **rect))
    for day in months(first, first + timedelta(days=shown - 1)):
        x = round((day - first).days * step, 1)
        drawn.append(element("text", escape(date_format(day, "M")), class_="tick", x=x, y=bottom + 18))
    return drawn


def intervals(*, name: str, title: str, description: str, rows: Sequence[Interval]) -> Markup:
    """One below the other on a common scale that has zero on it."""
    ticks = ticks_around(min(row.low for row in rows), max(row.high for row in rows))
    return Markup("").join(
        _svg(
            f"{name}-{size}",
            title,
            description,
            _intervals(rows, ticks, width),
            width,
            46 * len(rows) + 28,
            css=f"intervals {size}",
        )
        for size, width, _days in LANE_SIZES
    )


def ticks_around(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`, zero among them, at most a dozen."""
    low, high = min(low, 0), max(high, 0)
    rough = (high - low or 1) / 5
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [number * step for number in range(floor(low / step), max(ceil(high / step), 1) + 1)]


def _intervals(rows: Sequence[Interval], ticks: list[float], width: int) -> list[Markup]:
    left, right, bottom = 16, width - 16, 46 * len(rows)
    places = max(0, -floor(log10(ticks[1] - ticks[0]) + 1e-9))

    def x(value: float) -> float:
        return round(left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (right - left), 1)

    drawn = []
    for tick in ticks:
        css = "axis" if tick == 0 else "grid"
        drawn.append(element("line", class_=css, x1=x(tick), x2=x(tick), y1=0, y2=bottom + 6))
        text = number_format(tick, decimal_pos=places).replace("-", "−")
        drawn.append(element("text", escape(text), class_="tick", x=x(tick), y=bottom + 22, text_anchor="middle"))
    for row, each in enumerate(rows):
        y = 46 * row + 32
        drawn.append(element("text", escape(each.label), class_="label", x=0, y=y - 14))
        if width > 600:  # on a phone the table beside it says it
            place = {"x": width, "y": y - 14, "text_anchor": "end"}
            drawn.append(element("text", escape(each.value), class_="label strong", **place))
        drawn.append(element("line", class_="line interval", x1=x(each.low), x2=x(each.high), y1=y, y2=y))
        drawn += [
            element("line", class_="line interval", x1=x(end), x2=x(end), y1=y - 6, y2=y + 6)
            for end in (each.low, each.high)
        ]
        drawn.append(element("circle", class_="end interval", cx=x(each.middle), cy=y, r=5))
    return drawn
