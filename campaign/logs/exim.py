r"""Exim: a message is followed by host and message id, all in its main log; or through syslog, the head doubled.

    ID <= S H=NAME (HELO) [IP]:port U=ident P=esmtpsa X=cipher A=AUTHENTICATOR:U S=N id=ID T="subject" for R R
    ID => NEW <R> R=router T=transport H=NAME [IP] C="250 ..."      also -> ** ==, and >> before the `<=`
    ID Completed
    login authenticator failed for (HELO) [IP]:port: 535 Incorrect authentication data (set_id=U)

- `<=` is written when the message was accepted, and proves it. Without `H=` it comes from the machine itself.
- HELO may be `[192.0.2.9]`, a subject, a Message-ID or an ident answer may hold whole fields: the line must
  follow the grammar to its end, and the message's size, which Exim writes between the client's texts, stand once.
  A line that can't be told from a forged one (helo_accept_junk_hosts lets them in) is not understood.
- The recipient as accepted is the one in angle brackets, where the address was changed.
- syslog has long lines in parts, `[1/3] ID <= ...`. Other parts may begin with anything and are not looked at.
- `A=plain` alone, without server_set_id: authenticated, it is not known as whom.
- An own file needs `log_selector = +pid` for a failed AUTH to be known as the message's session.

The client's program, by a line in the ACL of acl_smtp_data, as `ID X-Mailer: VALUE`; likewise for User-Agent:

    warn  condition = ${if def:h_X-Mailer:}
          logwrite  = :main: X-Mailer: ${escape:${length_200:$h_X-Mailer:}}

Sources: src/receive.c, deliver.c, log.c, host.c, smtp_in.c; tried with Exim 4.96.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.columns import addresses, mapped
from campaign.logs.events import Events, Rows
from campaign.logs.patterns import texts
from campaign.logs.steps import (
    ADDRESS,
    QUOTED,
    Groups,
    accepted,
    attempts,
    elsewhere,
    found,
    messages,
    sessions,
    steps,
)

# What syslog puts before the id: that more parts follow, and behind that Exim's own stamp and pid.
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [-+]\d{4})? (?:\[\d+\] )?"
CUT = rf"\[1[/\\]\d+\] (?:{STAMP})?"
LETTER = "[0-9A-Za-z]"
ID = rf"(?P<queue_id>{LETTER}{{6}}-(?:{LETTER}{{6}}-{LETTER}{{2}}|{LETTER}{{11}}-{LETTER}{{4}})) "
CLIENT = r"(?:[^\s()\[\]]+ )?(?:\(.*?\) )?\[(?P<ip>[^\]\s]+)\](?::\d+)?"
ARRIVAL = (
    rf"{ID}<= (?P<sender>{ADDRESS})(?: R=\S+)?(?: DS)?(?: H={CLIENT})?(?: I=\[[^\]]*\]:\d+)?(?: TFO\S*)?"
    rf"(?: U=\S*)?(?: P=(?P<protocol>\S+))?(?: L\S*)?(?: X=\S+)?(?: CV=\w+)?(?: DN=\"[^\"]*\")?(?: SNI=\S+)?"
    r"(?: A=(?P<authenticator>[^:\s]+)(?::(?P<user>[^:\s]*)(?::\S*)?)?)?(?: PRDR)?(?: PRX=\S+)?(?: K)? S=\d+"
)
ORIGIN = rf"(?: [A-Z][0-9A-Z]*(?:=\S+)?)*?(?: id\*?=(?P<message_id>{ADDRESS}))?"
WHOLE = rf"{ARRIVAL}{ORIGIN}(?: T={QUOTED})?(?P<more>(?: from <.*?>)?(?: for .*)?)"
IN_PARTS = rf"{CUT}{ARRIVAL}{ORIGIN}(?P<more>(?: .*)?)"
ORIGINAL = rf'(?: <(?P<original>(?:[^<>"]|{QUOTED})*)>)?'
DELIVERY = rf"(?:{CUT})?{ID}(?P<sign>=>|->|>>|\*\*|==) (?P<to>{ADDRESS})(?: \([^()]*\))?{ORIGINAL}(?P<words>| .*|:.*)"
COMPLETED = rf"{ID}Completed(?: QT=\S+)?"
PROGRAM = rf"(?:{CUT})?{ID}(?:X-Mailer|User-Agent): (?P<program>.{{1,200}}).*"
AUTH_FAILED = rf"\S+ authenticator failed for {CLIENT}(?: .*)?: .*"
# Outside of its quotes, what the client wrote behind the size holds neither a size nor a client, nor half a quote.
FORGED = r'\) \[| S=\d|["\\]'
AUTHENTICATED = "^asmtp|smtps?a$"
STATUSES = {"=>": "sent", "->": "sent", ">>": "sent", "**": "bounced", "==": "deferred"}


def claims(tag: str) -> bool:
    return tag in ("exim", "exim4")


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the messages and sessions among `rows` to `events`; returns which rows were not understood."""
    lines = texts(rows)
    arrivals = pc.match_substring_regex(lines, rf"^(?:{CUT})?{ID}<= ").to_numpy(zero_copy_only=False)
    understood, made = np.zeros(len(lines), bool), []
    for regex in (WHOLE, IN_PARTS):
        places, said = found(lines, regex)
        honest = ~_forged(pc.binary_join_element_wise(said["message_id"], said["more"], ""))
        places, said = places[honest], {name: group.filter(pa.array(honest)) for name, group in said.items()}
        understood[places] = True
        made.append(_arrived(rows[places], said))
    made.append(_delivered(rows, lines, local_domains))
    places, said = found(lines, COMPLETED)
    made.append(steps(rows[places], said["queue_id"], removed=pa.array(rows.at[places])))
    places, said = found(lines, PROGRAM)
    made.append(steps(rows[places], said["queue_id"], program=said["program"]))
    messages(rows, events, "exim", made)
    places, said = found(lines, AUTH_FAILED)
    if places.size:
        sessions(rows[places], events, "auth_failed", addresses(said["ip"]))
    return arrivals & ~understood


def _forged(text: pa.StringArray) -> np.ndarray:
    bare = pc.replace_substring_regex(text, QUOTED, "")
    return pc.match_substring_regex(bare, FORGED).to_numpy(zero_copy_only=False)


def _arrived(rows: Rows, said: Groups) -> pa.Table:
    authenticated = pc.or_(pc.not_equal(said["authenticator"], ""),
                           pc.match_substring_regex(said["protocol"], AUTHENTICATED))  # fmt: skip
    client = accepted(rows, addresses(said["ip"]), sasl_user=pc.if_else(authenticated, said["user"], None))
    bracketed = pc.binary_join_element_wise("<", said["message_id"], ">", "")
    return steps(
        rows,
        said["queue_id"],
        queued=pa.array(rows.at),
        sender=pc.if_else(pc.equal(said["sender"], "<>"), "", said["sender"]),
        message_id=pc.if_else(pc.not_equal(said["message_id"], ""), bracketed, None),
        **client,
    )


def _delivered(rows: Rows, lines: pa.StringArray, local_domains: Collection[str]) -> pa.Table:
    places, said = found(lines, DELIVERY)
    rows, words = rows[places], said["words"]
    recipient = pc.if_else(pc.not_equal(said["original"], ""), said["original"], said["to"])
    remote = mapped(recipient, lambda address: elsewhere(address, local_domains), pa.bool_())
    status = mapped(said["sign"], STATUSES.get, pa.string())
    status = pc.if_else(pc.match_substring(words, ": retry timeout exceeded"), "expired", status)
    # Before the colon stand router, transport and host, which are one's own business.
    words = pc.if_else(pc.equal(status, "sent"), words, pc.replace_substring_regex(words, "^(?:.*?:)? ", ""))
    return steps(rows, said["queue_id"], remote=remote, **attempts(rows, status, words))
