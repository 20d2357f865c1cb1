"""SVG as text. Colours come from CSS classes only, for the content security policy forbids style attributes."""

from collections.abc import Sequence

from markupsafe import Markup, escape


def element(tag: str, *children: Markup, **attributes: object) -> Markup:
    """An SVG element; `_` in a name stands for `-`. Values are escaped here, children are text that is already."""
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{written}>{''.join(children)}</{tag}>")


def drawing(
    name: str, title: str, description: str, inside: Sequence[str], width: int, height: int, *, css: str, **more: object
) -> Markup:
    """With a title and a description for who does not see it; `name` is unique on its page."""
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
