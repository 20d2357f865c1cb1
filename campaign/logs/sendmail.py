"""Sendmail: a message is followed by host and queue id, its client's session by host and pid.

    Q: from=<S>, size=N, class=0, nrcpts=N, msgid=<ID>, proto=ESMTPA, daemon=MTA, relay=NAME [IP] (may be forged)
    Q: to=<R>,<R>, ctladdr=<S> (5/60), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=N, relay=NAME. [IP],
       dsn=2.0.0, reply=TEXT, stat=Sent (TEXT)
    AUTH=server, relay=NAME [IP], authid=U, mech=M, bits=N
    Q: AUTH failure (LOGIN): TEXT, user=U, relay=NAME [IP]
    Q: Q2: clone: owner=OWNER              a list: its members are recipients of Q2

- `from=` is written of every transaction that was begun, refused and broken off ones too. Accepted is what has
  recipients and a delivery by a mailer, or was cloned.
- Recipients in angle brackets are those of the client. What an alias or a .forward made of them has none,
  so mail that is forwarded to the outside stays what it was: mail for a local address. `ctladdr` is the
  sender, where he is a user of the machine.
- AUTH is no part of the message's lines; `proto=ESMTPA` and newer versions' `auth=` say that there was one.
- sendmail(8) called on the machine, and the message that it passes on from 127.0.0.1, come from no client.

The client's program, by three lines in sendmail.mc (behind MAILER()), as `Q: X-Mailer:  VALUE`:

    LOCAL_CONFIG
    Kprogram syslog -LINFO
    HX-Mailer: $>+LogProgram
    HUser-Agent: $>+LogProgram
    LOCAL_RULESETS
    SLogProgram
    R$*<tab>$: $(program "X-Mailer: "$&{currHeader} $)

Sources: sendmail/headers.c, deliver.c, srvrsmtp.c, map.c; tried with Sendmail 8.17.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.columns import addresses, mapped
from campaign.logs.events import Events, Rows
from campaign.logs.patterns import texts
from campaign.logs.steps import QUOTED, Groups, accepted, attempts, elsewhere, found, messages, sessions, steps

TAGS = {"sendmail", "sm-mta", "sm-msp-queue", "sm-acceptingconnections"}
ID = r"(?P<queue_id>[0-9A-Za-z]{6,20}): "
SENDER = rf'(?P<sender><(?:[^<>"]|{QUOTED})*>|.*?)'
FROM = rf"{ID}from={SENDER}, size=\d+, class=-?\d+,(?: pri=-?\d+,)? nrcpts=(?P<recipients>\d+)"
MESSAGE_ID = r"(?:, msgid=(?P<message_id>.*))?(?:, bodytype=\w+)?"
# The server's own words stand last: what looks like them before is the client's text.
CLIENT = r"relay=[^,]*\[(?P<ip>[0-9A-Za-z:.]+)\](?: \(may be forged\))?"
FROM_NETWORK = (
    rf"{FROM}{MESSAGE_ID}, proto=(?P<protocol>\w+)(?:, daemon=(?P<service>[^,]*))?(?:, tls_verify=[^,]*)?"
    rf"(?:, auth=(?P<auth>[^,]*))?, {CLIENT}"
)
FROM_HERE = rf"{FROM}{MESSAGE_ID}, (?:.*, )?relay=.*"
SPAN = r"(?:\d+\+)?\d\d:\d\d:\d\d"
DELIVERY = (
    rf"{ID}to=(?P<to>.*?)(?: \[more\])?(?:, ctladdr=.*?)?, delay={SPAN}(?:, xdelay={SPAN})?, mailer=[^,]*"
    r"(?:, tls_verify=[^,]*)?, pri=\d+(?:, relay=.*?)?(?:, quarantine=.*?)?(?:, dsn=(?P<code>[245]\.\d+\.\d+))?"
    r"(?:, ntries=\d+)?(?:, stage=[^,]*)?(?:, reply=.*?)?, stat=(?P<words>.*)"
)
PROGRAM = rf"{ID}X-Mailer: *(?P<program>.{{1,200}}).*"
CLONED = rf"{ID}[0-9A-Za-z]+: clone: owner=.*"
AUTHENTICATED = (
    r"(?:[0-9A-Za-z]+: )?AUTH=server, relay=[^,]*?\[(?P<ip>[0-9A-Za-z:.]+)\](?: \(may be forged\))?, "
    r"authid=(?P<user>.*), mech=[^,]*, bits=\d+"
)
AUTH_FAILED = rf"(?:[0-9A-Za-z]+: )?AUTH failure .*, {CLIENT}"
STATUSES = {"2": "sent", "4": "deferred", "5": "bounced"}
FIRST_WORDS = {"Sent": "sent", "Deferred": "deferred", "queued": "deferred", "quarantined": "deferred"}


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the messages and sessions among `rows` to `events`; returns which rows were not understood."""
    lines = texts(rows)
    begun, understood, made = np.zeros(len(lines), bool), np.zeros(len(lines), bool), []
    begun[pc.match_substring_regex(lines, rf"^{ID}from=").to_numpy(zero_copy_only=False)] = True
    for regex in (FROM_NETWORK, FROM_HERE):
        places, said = found(pc.if_else(pa.array(~understood), lines, None), regex)
        understood[places] = True
        some = pc.not_equal(said["recipients"], "0")
        said = {name: group.filter(some) for name, group in said.items()}
        made.append(_begun(rows[places[some.to_numpy(zero_copy_only=False)]], said))
    made.append(_delivered(rows, lines, local_domains))
    places, said = found(lines, CLONED)
    made.append(steps(rows[places], said["queue_id"], queued=pa.array(rows.at[places])))
    places, said = found(lines, PROGRAM)
    made.append(steps(rows[places], said["queue_id"], program=said["program"]))
    messages(rows, events, "sendmail", made)
    for kind, regex in (("authenticated", AUTHENTICATED), ("auth_failed", AUTH_FAILED)):
        places, said = found(lines, regex)
        if places.size:
            user = {"user": said["user"]} if "user" in said else {}
            sessions(rows[places], events, kind, addresses(said["ip"]), **user)
    return begun & ~understood


def _begun(rows: Rows, said: Groups) -> pa.Table:
    """The steps by which transactions began; of those from a network client, what tells of him."""
    client = {}
    if "ip" in said:
        authenticated = pc.or_(pc.match_substring_regex(said["protocol"], "^E?SMTPS?A$"),
                               pc.invert(pc.is_in(said["auth"], pa.array(["", "NONE"]))))  # fmt: skip
        user = pc.if_else(authenticated, "", None)
        client = accepted(rows, addresses(said["ip"]), sasl_user=user, service=said["service"])
    sender = pc.replace_substring_regex(said["sender"], r"^<(.*)>$", r"\1")
    message_id = pc.replace_substring_regex(said["message_id"], r", bodytype=\w+$", "")
    message_id = pc.if_else(pc.not_equal(message_id, ""), message_id, None)
    return steps(rows, said["queue_id"], sender=sender, message_id=message_id, **client)


def _delivered(rows: Rows, lines: pa.StringArray, local_domains: Collection[str]) -> pa.Table:
    places, said = found(lines, DELIVERY)
    rows, words = rows[places], said["words"]
    by_code = mapped(pc.utf8_slice_codeunits(said["code"], 0, 1), STATUSES.get, pa.string())
    by_word = mapped(pc.struct_field(pc.extract_regex(words, r"^(?P<word>\w*)"), 0), FIRST_WORDS.get, pa.string())
    tried = attempts(rows, pc.coalesce(by_word, by_code, pa.scalar("bounced")), words, said["code"])
    remote = mapped(said["to"], lambda to: _remote(to, local_domains), pa.bool_())
    return steps(rows, said["queue_id"], queued=pa.array(rows.at), remote=remote, **tried)


def _remote(recipients: str, local_domains: Collection[str]) -> bool:
    """Whether one of the client's recipients is remote; commas and brackets in a quoted name do no harm."""
    inside, quotes = False, 0
    for part in recipients.split(","):
        inside = inside or part.startswith("<")
        quotes += part.count('"') - part.count('\\"')
        if inside and part.endswith(">") and quotes % 2 == 0:
            inside = False
            if elsewhere(part, local_domains):
                return True
    return False
