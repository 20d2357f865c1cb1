"""What is known only between two values, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.formats import number_format
from markupsafe import Markup, escape

from campaign.dashboard.charts import SIZES
from campaign.dashboard.svg import drawing, element


@dataclass(frozen=True)
class Interval:
    """A value that is known to lie between two others; `value` is how it is written."""

    label: str
    value: str
    low: float
    middle: float
    high: float


def intervals(*, name: str, title: str, description: str, rows: Sequence[Interval]) -> Markup:
    """One below the other on a common scale that has zero on it."""
    ticks = ticks_around(min(row.low for row in rows), max(row.high for row in rows))
    drawn = []
    for size in SIZES:
        given = {"width": size.width, "height": 46 * len(rows) + 28, "css": f"intervals {size.name}"}
        inside = _intervals(rows, ticks, size.width)
        drawn.append(drawing(f"{name}-{size.name}", title, description, inside, **given))
    return Markup("").join(drawn)


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
        text = number_format(round(tick, places), decimal_pos=places).replace("-", "−")
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
