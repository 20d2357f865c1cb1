"""What a run goes by, for commands that somebody types beside it: manage.py reads it and says the same as the pages."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

NAME = Path("sample", "env.json")
HANDED_ON = ("NOTICE_", "CONTACTS_")  # the beginnings of settings that whoever started the run may have chosen


def write(data: Path, environment: Mapping[str, str], *, inherited: Mapping[str, str]) -> None:
    """What differs from `inherited`, and what of that decides how notices go out. No secret is among it."""
    chosen = {
        name: value
        for name, value in environment.items()
        if inherited.get(name) != value or name.startswith(HANDED_ON) or name == "PUBLIC_URL"
    }
    draft = data / NAME.with_suffix(".new")
    draft.write_text(json.dumps(chosen, indent=1))
    os.replace(draft, data / NAME)


def remove(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)
