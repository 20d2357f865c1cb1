"""Charts of values over days, as SVG text; a page shows each beside a table of the same values.

One drawing shrunk to a phone would have labels of seven pixels, so what has labels inside is
drawn twice, wide and narrow, and CSS shows one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

from django.utils.formats import date_format
from markupsafe import Markup, escape

from campaign.dashboard.svg import drawing, element
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
        drawing(f"{name}-{size.name}", title, description, inside, size.width, size.height, css=size.name)
        for size, inside in drawn
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
        drawn = self._pins([mark for mark in marks if not mark.written])
        for mark in (mark for mark in marks if mark.written):
            x = self.x(mark.day)
            line = {"x1": x, "x2": x, "y1": self.size.top, "y2": self.size.bottom}
            drawn.append(element("line", class_=f"mark {mark.css}", **line))
            anchor = "end" if x > self.size.width / 2 else "start"
            drawn.append(element("text", escape(mark.label), class_="label", x=x, y=18, text_anchor=anchor))
        return drawn

    def _pins(self, marks: Sequence[Mark]) -> list[Markup]:
        """On the axis, since many of them must not fence the line in; one that would cover another is longer."""
        free, drawn = [], []  # from where on each height is free
        wide, bottom = 2 * self.size.pin + 1, self.size.bottom
        for mark in sorted(marks, key=lambda mark: mark.day):
            x = self.x(mark.day)
            height = next((at for at, since in enumerate(free) if since <= x), len(free))
            free[height : height + 1] = [x + wide]
            top = bottom - 15 - height * wide
            stem = element("line", class_=f"mark {mark.css}", x1=x, x2=x, y1=top + 3, y2=bottom)
            head = element("circle", class_="head", cx=x, cy=top, r=self.size.pin)
            drawn.append(element("g", element("title", escape(mark.label)), stem, head))
        return drawn[::-1]  # a stem goes behind the heads that stand lower

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
