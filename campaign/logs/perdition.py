"""The logins that Perdition, a POP and IMAP proxy, has let through.

    Auth: IP:PORT->IP:PORT client-secure=plaintext authorisation_id=NONE authentication_id="U" server="H:P"
        protocol=POP3 server-secure=plaintext status="ok"                          2.0 on, in one line
    Auth: IP->IP user="U" passwd="XXXXXX" server="H" port="P" status="ok"          before; passwd in some versions

The line comes again every `connect_relog` seconds while the session lasts: made for POP before SMTP, and each
opens the window anew. All other states are failures. Read its log or its servers', not both: they see its address.
Source: perdition, perdition/perdition.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import LoginPattern, logins

# The client's address comes first; what it typed stands before the server's own fields, the last of the line.
CLIENT = r"Auth: \[?(?P<ip>[0-9A-Fa-f:.]+?)\]?(?::\d+)?->\S+"
SECURITY = r"client-secure=\S+ authorisation_id=(?:NONE|\".*\") "
NEW = (
    rf"{CLIENT} {SECURITY}authentication_id=\"(?P<user>.*?)\"(?: passwd=\".*\")? server=\"[^\"]*\" "
    r"protocol=(?P<service>POP3S?|IMAP4S?) server-secure=\S+ status=\"ok\""
)
OLD = rf'{CLIENT} user="(?P<user>.*?)"(?: passwd=".*")? server="[^"]*" port="%s" status="ok"'
OTHER = [r".* status=\"failed[^\"]*\"", r".* protocol=MANAGESIEVE server-secure=\S+ status=\"ok\""]
PATTERNS = [
    LoginPattern("Auth: ", NEW),
    LoginPattern("Auth: ", OLD % "(?:143|993|imaps?)", "imap"),
    LoginPattern("Auth: ", OLD % '[^"]*'),
    *(LoginPattern("Auth: ", f"Auth: {rest}", counts=False) for rest in OTHER),
]


def claims(tag: str) -> bool:
    return tag == "perdition" or tag.startswith("perdition.")


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
