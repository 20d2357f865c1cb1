"""How far the sample has come, kept in `<DATA>/sample/state.json`.

The file is replaced as a whole before and after every write of log lines. It names the
sizes that the log files had at `until`: what stands beyond was cut off in the middle and
is written again.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    seed: int
    count: int  # customers
    begins_on: str  # the first day with logs
    starts_on: str  # of the first campaign
    until: int  # seconds since 1970: everything before it is written
    journal: int = 0  # entries of the relay's journal that are in the log
    mail_size: int = 0
    login_size: int = 0
    rotated: str = ""  # the first day of the month that the files were last rotated for

    def day(self, name: str) -> date:
        return date.fromisoformat(getattr(self, name))

    def having(self, **changed: object) -> "State":
        return replace(self, **changed)


def load(folder: Path) -> State | None:
    try:
        return State(**json.loads((folder / "state.json").read_text()))
    except FileNotFoundError:
        return None


def save(folder: Path, state: State) -> None:
    draft = folder / "state.json.new"
    draft.write_text(json.dumps(asdict(state), indent=1))
    os.replace(draft, folder / "state.json")
