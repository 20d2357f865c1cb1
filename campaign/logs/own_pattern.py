"""The operator's own pattern, for a program that is not known here or that writes in a form of its own.

    LOGIN_PATTERN='ok user (?P<user>\\S+) from (?P<ip>\\S+) via (?P<service>\\w+)'
    LOGIN_PATTERN_TAGS='mypopd'

It must match all of the text behind the line's head, from its first letter to its last: end it with `.*` where the
rest does not matter. Groups: `user` and `ip`, and where the line has them `domain` and `service`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import LoginPattern, logins

NEEDED, POSSIBLE = {"user", "ip"}, {"user", "ip", "domain", "service"}
EXAMPLE = r"one such as ok user (?P<user>\S+) from (?P<ip>\S+)"


class WrongPattern(ValueError):
    """What is wrong with a pattern, and what would be right."""


@dataclass(frozen=True)
class OwnPattern:
    """Logins in lines of the programs `tags`; without any, in those of programs that no dialect knows."""

    regex: str
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        try:
            found = pc.extract_regex(pa.array([""]), f"^(?:{self.regex})$")
        except pa.ArrowInvalid as error:
            raise WrongPattern(f"`{self.regex}` is no pattern ({error}); wanted {EXAMPLE}") from error
        names = [field.name for field in found.type]
        if missing := NEEDED - set(names):
            raise WrongPattern(f"`{self.regex}` has no group {_quoted(missing)}; wanted {EXAMPLE}")
        if unknown := set(names) - POSSIBLE:
            raise WrongPattern(f"`{self.regex}` has a group {_quoted(unknown)}; wanted only {_quoted(POSSIBLE)}")
        if len(names) > len(set(names)):
            raise WrongPattern(f"`{self.regex}` has a group twice; wanted each once, {EXAMPLE}")
        if pc.match_substring_regex("", f"^(?:{self.regex})$").as_py():
            raise WrongPattern(f"`{self.regex}` matches an empty line; wanted {EXAMPLE}")

    def claims(self, tag: str, *, known: bool) -> bool:
        """Whether to look for logins in lines of this program, which a dialect knows or not."""
        return tag in self.tags if self.tags else not known

    def understood(self, rows: Rows, events: Events) -> np.ndarray:
        """Adds the logins among `rows` to `events`; returns which rows they are."""
        return ~logins(rows, events, [LoginPattern("", self.regex)])


def own_pattern(regex: str, tags: tuple[str, ...] = ()) -> OwnPattern | None:
    """None where no pattern is set; raises WrongPattern."""
    if not regex and tags:
        raise WrongPattern(f"programs ({', '.join(tags)}) without a pattern; wanted {EXAMPLE}")
    return OwnPattern(regex, frozenset(tags)) if regex else None


def _quoted(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
