"""Writes a Postfix log and a Dovecot login log of a busy day or more, the same for the same seed.

    python bench/generate.py DIRECTORY --lines 5000000 --days 5

Two lines of logins come with five of Postfix. The mix follows a provider's relay: inbound mail, authenticated and unauthenticated
submissions, retries, refusals, and the daemons' own chatter. With --all-legacy every message is an unauthenticated submission, and
two logins come with it.
"""

import argparse
import random
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
PROGRAMS = (
    "X-Mailer: Microsoft Outlook 16.0",
    "User-Agent: Mozilla Thunderbird",
    "X-Mailer: iPhone Mail (22F76)",
    "X-Mailer: Becky! ver. 2.75.04 [ja]",
)
REFUSED, INBOUND, LEGACY = 0.12, 0.45, 0.62  # shares, added up; the rest is authenticated


def long_id(number: int) -> str:
    digits = ""
    for _ in range(12):
        number, rest = divmod(number, 52)
        digits = ALPHABET[rest] + digits
    return "4" + digits[1:] + "z" + digits[6:9]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("directory", type=Path)
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--days", type=float, default=2)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--all-legacy", action="store_true")
    given = options.parse_args()
    given.directory.mkdir(parents=True, exist_ok=True)
    rng = random.Random(given.seed)
    now = datetime(2026, 5, 4, 0, 0, 0)
    step = timedelta(days=given.days) / max(given.lines / 7.1, 1)
    kinds, collected = ((INBOUND, LEGACY), (2,)) if given.all_legacy else ((0, 1), (2, 3, 3, 3))
    logins = 0
    recent: deque[int] = deque(maxlen=300)  # who collected mail a few minutes ago
    with (given.directory / "maillog").open("w") as mail, (given.directory / "dovecot.log").open("w") as pop:
        written = message = 0
        while written < given.lines:
            message += 1
            now += step
            lines = list(transaction(rng, message, now, recent, kinds))
            mail.write("".join(lines))
            written += len(lines)
            for _ in range(rng.choice(collected)):
                logins += 1
                recent.append(rng.randrange(120_000))
                pop.write(login(now, recent[-1], logins))
    print(f"{written} lines of Postfix, {logins} of Dovecot in {given.directory}")


def client_of(user: int) -> str:
    shared = user // 3  # three customers behind an address
    return f"198.{18 + shared // 65536}.{shared // 256 % 256}.{shared % 256}"


def login(now: datetime, user: int, number: int) -> str:
    stamp = f"{now:%b} {now.day:2d} {now:%H:%M:%S}"
    return (
        f"{stamp} pop1 dovecot: pop3-login: Login: user=<user{user}@isp.example>, method=PLAIN, "
        f"rip={client_of(user)}, lip=192.0.2.10, mpid={1000 + number % 30000}, TLS, session=<{number:016x}>\n"
    )


def transaction(rng: random.Random, number: int, now: datetime, recent: deque[int], kinds: tuple[float, float]):
    stamp = f"{now:%b} {now.day:2d} {now:%H:%M:%S}"
    pid = 2000 + rng.randrange(400)
    user = rng.randrange(120_000)
    kind = rng.uniform(*kinds)
    if kind < REFUSED:
        address = f"203.0.113.{rng.randrange(256)}"
        yield f"{stamp} mx1 postfix/smtpd[{pid}]: connect from unknown[{address}]\n"
        yield (
            f"{stamp} mx1 postfix/smtpd[{pid}]: NOQUEUE: reject: RCPT from unknown[{address}]: 554 5.7.1 "
            f"<someone{user}@elsewhere.example>: Relay access denied; from=<spam{number}@spam.example> "
            f"to=<someone{user}@elsewhere.example> proto=ESMTP helo=<host{user}.example>\n"
        )
        yield f"{stamp} mx1 postfix/smtpd[{pid}]: disconnect from unknown[{address}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4\n"
        return
    queue_id = long_id(number * 7919)
    inbound, secure = kind < INBOUND, kind > LEGACY
    if not (inbound or secure) and recent:
        user = rng.choice(recent)
    service = "submission/smtpd" if secure else "smtpd"
    address = f"192.0.2.{rng.randrange(256)}" if inbound else client_of(user)
    name = f"mail{rng.randrange(900)}.elsewhere.example" if inbound else f"p{user}.dsl.isp.example"
    sender = f"writer{number}@elsewhere.example" if inbound else f"user{user}@isp.example"
    recipient = f"user{rng.randrange(120_000)}@isp.example" if inbound else f"friend{user}@elsewhere.example"
    sasl = f", sasl_method=PLAIN, sasl_username=user{user}@isp.example" if secure else ""
    yield f"{stamp} mx1 postfix/{service}[{pid}]: connect from {name}[{address}]\n"
    yield f"{stamp} mx1 postfix/{service}[{pid}]: {queue_id}: client={name}[{address}]{sasl}\n"
    if not inbound:
        header = PROGRAMS[user % len(PROGRAMS)]
        yield (
            f"{stamp} mx1 postfix/cleanup[{pid + 1}]: {queue_id}: info: header {header} from {name}[{address}]; "
            f"from=<{sender}> to=<{recipient}> proto=ESMTP helo=<[{address}]>\n"
        )
    yield f"{stamp} mx1 postfix/cleanup[{pid + 1}]: {queue_id}: message-id=<{number:08x}.{user:08x}@{name}>\n"
    yield f"{stamp} mx1 postfix/qmgr[812]: {queue_id}: from=<{sender}>, size={900 + user % 90000}, nrcpt=1 (queue active)\n"
    yield f"{stamp} mx1 postfix/{service}[{pid}]: disconnect from {name}[{address}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5\n"
    agent, relay = (
        ("lmtp", "pop1.isp.example[192.0.2.10]:24") if inbound else ("smtp", "mx.elsewhere.example[203.0.113.9]:25")
    )
    if rng.random() < 0.05:
        yield (
            f"{stamp} mx1 postfix/{agent}[{pid + 2}]: {queue_id}: to=<{recipient}>, relay={relay}, delay=0.8, "
            f"delays=0.1/0/0.2/0.5, dsn=4.7.1, status=deferred (host {relay} said: 451 4.7.1 Greylisted (in reply to RCPT TO command))\n"
        )
        yield f"{stamp} mx1 postfix/qmgr[812]: {queue_id}: from=<{sender}>, size={900 + user % 90000}, nrcpt=1 (queue active)\n"
    yield (
        f"{stamp} mx1 postfix/{agent}[{pid + 2}]: {queue_id}: to=<{recipient}>, relay={relay}, delay=0.8, "
        f"delays=0.1/0/0.2/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {number:010X})\n"
    )
    yield f"{stamp} mx1 postfix/qmgr[812]: {queue_id}: removed\n"


if __name__ == "__main__":
    main()
