"""Every pair of colours that the pages use can be read, light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEXT, GRAPHIC = 4.5, 3.0
STYLES = Path(settings.BASE_DIR) / "campaign/static/campaign"
GROUNDS = ("page", "surface", "sunken")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("text", "text-soft", "link", "link-hover") for ground in GROUNDS],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("text", "accent-soft", TEXT),
    ("link", "accent-soft", TEXT),
    *[(kind, ground, TEXT) for kind in ("good", "warn", "bad") for ground in ("page", "surface", f"{kind}-soft")],
    *[("text", f"{kind}-soft", TEXT) for kind in ("good", "warn", "bad")],
    *[("link", f"{kind}-soft", TEXT) for kind in ("good", "warn", "bad")],
    *[(edge, ground, GRAPHIC) for edge in ("border-strong", "focus") for ground in GROUNDS],
    *[
        (f"chart-{standing}", "surface", GRAPHIC)
        for standing in ("holdout", "mixed", "moving", "migrated", "silent", "exempt")
    ],
]


def given(file: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", (STYLES / file).read_text()))


def colours(dark: bool) -> dict[str, tuple[int, int, int]]:
    found = given("tokens.css") | (given("dark.css") if dark else {})
    return {name: tuple(bytes.fromhex(value)) for name, value in found.items()}


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "wanted"), PAIRS)
def test_a_pair_of_colours_has_enough_contrast(ink, ground, wanted, dark):
    known = colours(dark)
    assert contrast(known[ink], known[ground]) >= wanted


def test_dark_gives_every_colour_that_light_gives():
    assert set(given("dark.css")) == set(given("tokens.css"))
