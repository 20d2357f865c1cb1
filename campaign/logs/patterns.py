"""Logins by pattern: what a program writes when somebody has logged in, as a regular expression.

For the programs that are not so common that their lines need a search of their own. Patterns are
RE2's: however a line is made, the time is linear in its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.columns import addresses, named, strings
from campaign.logs.events import LOGIN, Events, Rows, table
from campaign.logs.scan import at, njit
from campaign.logs.scan import pattern as letters
from campaign.logs.steps import pids, sessions

IP = r"(?P<ip>[0-9A-Fa-f:.]+)"
COLLECTING = "collecting"


@dataclass(frozen=True)
class LoginPattern:
    """Lines whose text begins with `starts` and matches all of `regex`: named groups `user` and `ip`, and
    `domain` and `service` where the line says them; else the service is `service`, or what the tag says.

    Without `ip` the address is that of the session (`connections`) of the same process. A line that only
    begins so is one that was not understood, unless `sure` is False. Lines of a pattern that does not
    `count` are understood, and no login.
    """

    starts: str
    regex: str
    service: str = ""
    sure: bool = True
    counts: bool = True


def service_of(tag: str) -> str:
    """`pop3` or `imap`, by the name of the daemon; `pop3` where that says nothing."""
    return "imap" if "imap" in tag.lower() else "pop3"


def logins(rows: Rows, events: Events, patterns: Sequence[LoginPattern]) -> np.ndarray:
    """Adds the logins among `rows` by the first pattern that fits; returns which rows were not understood."""
    understood, begun = np.zeros(rows.text.size, bool), np.zeros(rows.text.size, bool)
    for pattern in patterns:
        candidates = np.flatnonzero(~understood & _begins(rows.block, rows.text, rows.end, letters(pattern.starts)))
        if candidates.size:
            understood[candidates] = _taken(rows[candidates], events, pattern)
            if pattern.sure:
                begun[candidates] = True
    return begun & ~understood


def connections(rows: Rows, events: Events, starts: str, regex: str) -> np.ndarray:
    """Adds the addresses (named group `ip`) of the sessions that begin among `rows`, for patterns without one;
    returns which rows begin with `starts` and do not match all of `regex`."""
    places = np.flatnonzero(_begins(rows.block, rows.text, rows.end, letters(starts)))
    wrong = np.zeros(rows.text.size, bool)
    if places.size:
        begun = rows[places]
        ip = addresses(_groups(texts(begun), regex)["ip"])
        found = ip.is_valid().to_numpy(zero_copy_only=False)
        sessions(begun[found], events, COLLECTING, ip.filter(pa.array(found)))
        wrong[places] = ~found
    return wrong


def texts(rows: Rows) -> pa.StringArray:
    """The text of each line, behind its head."""
    spans = np.stack((rows.text, rows.end), axis=1).reshape(-1, 1, 2)
    return strings(rows.block, spans, np.arange(rows.text.size), 0)


def _groups(lines: pa.StringArray, regex: str) -> dict[str, pa.Array]:
    """The named groups of the lines that match all of `regex`; null in the others."""
    found = pc.extract_regex(lines, f"^(?:{regex})$")
    return dict(zip((field.name for field in found.type), found.flatten(), strict=True))


@njit(cache=True, nogil=True)
def _begins(block, texts, ends, wanted):
    found = np.zeros(texts.size, np.bool_)
    for line in range(texts.size):
        found[line] = at(block, texts[line], ends[line], wanted)
    return found


def _taken(rows: Rows, events: Events, pattern: LoginPattern) -> np.ndarray:
    """Adds the logins among lines that begin as the pattern says; returns which lines it understands."""
    if not pattern.counts:
        return pc.match_substring_regex(texts(rows), f"^(?:{pattern.regex})$").to_numpy(zero_copy_only=False)
    groups = _groups(texts(rows), pattern.regex)
    place = {"ip": addresses(groups["ip"])} if "ip" in groups else {"pid": pids(rows)}
    valid = pc.and_kleene(*(column.is_valid() for column in place.values()), pc.not_equal(groups["user"], ""))
    valid = pc.fill_null(valid, False).to_numpy(zero_copy_only=False)
    user = groups["user"]
    if "domain" in groups:
        user = pc.if_else(
            pc.not_equal(groups["domain"], ""), pc.binary_join_element_wise(user, groups["domain"], "@"), user
        )
    by_tag = np.array([pattern.service or service_of(tag) for tag in rows.tags])[rows.tag]
    service = pa.array(by_tag)
    if "service" in groups:
        service = pc.if_else(pc.not_equal(groups["service"], ""), pc.utf8_lower(groups["service"]), service)
    made = table(
        LOGIN,
        moment=pa.array(rows.at),
        line=pa.array(rows.line),
        host=named(rows.host, rows.hosts),
        user=user,
        service=pc.if_else(pc.match_substring_regex(service, "imap"), "imap", "pop3").dictionary_encode(),
        **place,
    )
    events.logins.append(made.filter(pa.array(valid)))
    return valid
