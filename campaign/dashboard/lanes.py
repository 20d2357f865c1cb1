"""Rows of days, one for each way of sending: on which of them there was mail."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from markupsafe import Markup, escape

from campaign.dashboard.charts import SIZES, Mark, months
from campaign.dashboard.svg import drawing, element

SHOWN = {"wide": 91, "narrow": 42}  # days, by the name of the size


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
    for size in SIZES:
        shown = SHOWN[size.name]
        first = until - timedelta(days=shown - 1)
        inside = _lanes(rows, [mark for mark in marks if first <= mark.day <= until], first, size.width / shown, shown)
        given = {"width": size.width, "height": 40 * len(rows) + 24, "css": f"lanes {size.name}"}
        drawn.append(drawing(f"{name}-{size.name}", title, description, inside, **given))
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
