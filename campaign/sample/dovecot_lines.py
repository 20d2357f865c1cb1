"""Lines as Dovecot 2.3 writes them on the mailbox host, through syslog."""

HOST = "pop1"
LOCAL_ADDRESS = "10.0.0.5"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def session_of(roll: int) -> str:
    """Sixteen characters, as Dovecot marks its sessions."""
    found = []
    for _ in range(16):
        roll, digit = divmod(roll, 61)
        found.append(_BASE64[digit])
    return "".join(found)


def login(start: str, end: str, *, user: str, address: str, imap: bool, pid: int, roll: int) -> list[str]:
    """A successful session: `start` and `end` are its stamps."""
    session = session_of(roll)
    protocol = "imap" if imap else "pop3"
    if imap:
        kept = f"Disconnected: Logged out in={200 + roll % 900} out={900 + roll % 90000} deleted=0 expunged=0 trashed=0"
    else:
        mails = roll % 5
        kept = (
            f"Disconnected: Logged out top=0/0, retr={mails}/{mails * 4211}, del={mails}/{mails + 3}, "
            f"size={9000 + roll % 90000}"
        )
    return [
        f"{start} {HOST} dovecot: {protocol}-login: Login: user=<{user}>, method=PLAIN, rip={address}, "
        f"lip={LOCAL_ADDRESS}, mpid={pid}, TLS, session=<{session}>",
        f"{end} {HOST} dovecot: {protocol}({user})<{pid}><{session}>: {kept}",
    ]


def failed(stamp: str, *, user: str, address: str, imap: bool, roll: int) -> list[str]:
    protocol = "imap" if imap else "pop3"
    return [
        f"{stamp} {HOST} dovecot: {protocol}-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{user}>, "
        f"method=PLAIN, rip={address}, lip={LOCAL_ADDRESS}, TLS, session=<{session_of(roll)}>"
    ]


def aborted(stamp: str, *, address: str, roll: int) -> list[str]:
    return [
        f"{stamp} {HOST} dovecot: pop3-login: Aborted login (no auth attempts in 0 secs): user=<>, rip={address}, "
        f"lip={LOCAL_ADDRESS}, session=<{session_of(roll)}>"
    ]


def saved(stamp: str, *, user: str, message_id: str, pid: int, roll: int) -> list[str]:
    return [
        f"{stamp} {HOST} dovecot: lmtp({user})<{pid}><{session_of(roll)}>: msgid=<{message_id}>: saved mail to INBOX"
    ]
