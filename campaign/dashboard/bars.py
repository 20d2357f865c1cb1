"""Bars: one that is cut into parts, and those in the cells of tables."""

from collections.abc import Sequence

from markupsafe import Markup

from campaign.dashboard.svg import drawing, element


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
    return drawing(name, title, description, drawn, 1000, 20, css="stack", preserveAspectRatio="none")


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
