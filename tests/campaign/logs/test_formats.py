"""docs/formats.md names every program that is read, and no other."""

import re
from pathlib import Path

from campaign.logs.dialects import DIALECTS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text()


def test_the_page_names_every_dialect_and_no_other():
    named = set(re.findall(r"`(\w+)\.py`", PAGE))
    assert named == {dialect.__name__.rpartition(".")[2] for dialect in DIALECTS}
