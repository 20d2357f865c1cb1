"""The shape of a line that nobody understood: what its program always writes, and a mark where people may stand.

    (12345-01) Passed CLEAN, <hanako@isp.example> -> <taro@elsewhere.example>, Subject: "my divorce"
    (#-#) Passed CLEAN, <…@…> -> <…@…>, Subject …

Such a line is of a program, or of a form, that is not known here. So no rule can tell which of its words
is a login, and only words of this field's own vocabulary stay, reply codes, and signs.
"""

import re

from campaign.logs.redaction import readable

LONGEST = 200
READ = 1000  # characters of a line that are looked at

FREE = re.compile(r"subject|header|(?<![a-z])body|filename|comment|件名", re.I)  # behind it all is a stranger's text
# In this order: what comes first is taken as a whole. What is not closed reaches to the end.
QUOTED = r'(?P<quoted>"(?:\\.|[^"\\])*"?|(?<![^\W_])\'[^\']*\'?|`[^`\']*[`\']?)'
ANGLE = r"(?P<angle><[^<>]*@[^<>]*>?|<[^<>\s]*>|<[^<>]*$)"
VALUE = r"(?P<value>(?<==)(?=[^\s\"'<])[^\s,;]+)"
CODE = r"(?P<code>(?<![^\s\"(])(?:[245]\d\d(?=[ -][245]\.\d{1,3}\.)|[245]\.\d{1,3}\.\d{1,3}(?=[\s:;,)]|$)))"
COLONS = r"(?P<colons>[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)"  # IPv6, and times of the day
WORD = r"(?P<word>[^\s()\[\]{}<>:;,=|\"]+)"
PARTS = re.compile("|".join((QUOTED, ANGLE, VALUE, CODE, COLONS, WORD)), re.S)
AGAIN = re.compile(r"…(?: ?…)+")
BETWEEN = re.compile(r"[-_./+*!#']+")

# No word that is somebody's login at many providers stands here: no info, root, admin, sales.
VOCABULARY = """
a abort aborted accept accepted access account accounts active added address after again all allowed already and
answer apop are as at attempt attempts auth authenticated authentication authorization authorized banned because
before begin blacklisted blocked bounce bounced broken by bye bytes cache can can't cannot cert certificate check
checked cipher clean client close closed closing cmd code command complete connect connected connecting connection
connections cram ctladdr data dead debug deferred delay delays delete deleted deliver delivered delivery denied
detected dgram did digest dir directory disabled discarded disconnect disconnected dkim dmarc dns does domain done
down dropped dsn duration early ehlo empty enabled encrypted end ended engine entry envelope eof err error errors
established eval exceeded exit expired expunged external fail failed failure fatal fetched file filter finished folder
for found free from full get given got granted greeting greylist greylisted had handshake has have helo hits host
hostname id idle ignored imap imapd imaps in inactivity inbound incoming infected init input internal invalid ip ipv
is it job kept key kill killed lang left len length limit line lip listening lmtp load loaded local localhost locked
log logged logging login login's logins logout lookup lost made mailbox mailer mailq md message messages method milter
mime mode module more mpid ms msg msgid msgs must name network new nil no none not notice nrcpt ntlm null number of
off offered ok on only open opened or original other out outbound output over overquota panic parse passed passwd
password peer per permission permitted pid ping pipe plain policy pop popd pops port pre prio process proto protocol
proxied proxy qid quarantine quarantined query queue queued quit quota rate rcpt read reading ready reason received
recipient recipients refused reject rejected relay relayed relayedinbound relayedinternal relayedoutbound relaying
released reload remote remove removed reply report request reset resolve response restart result ret retr retry
returned rip rport rset running sasl saved scan scanned score sec secs secured security seen select sender sending
sent server session sessions sha shutdown size skipped smtp smtpd smtps socket spam spamd spf ssl start started
starting starttls stat state status stop stopped stored stream success successful successfully syntax syslog table
temporary terminated than that the thread threads time timed timeout times tls to too top total transaction transport
trusted try type uid unable unauthorized unchecked unencrypted unexpected uninfected unknown unsupported until
untrusted up updated usage use used user username users using valid verification verified verify version virus waiting
warn warning was were when while whitelisted with without worker write writing wrong
"""
WORDS = frozenset(VOCABULARY.split())


def shape(text: str) -> str:
    """What may be kept of the text of any line. It reveals no address, name, login, number or word of a person."""
    known = readable(text[:READ]).replace("…", ".")
    free = FREE.search(known)
    marked = PARTS.sub(_mark, known[: free.start()] if free else known) + (f"{free.group()} …" if free else "")
    found = AGAIN.sub("…", " ".join(marked.split()))
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def _mark(hit: re.Match[str]) -> str:
    text, kind = hit.group(), hit.lastgroup
    if kind == "quoted":
        return f"{text[0]}…{text[0]}"
    if kind == "angle":
        return "<>" if text == "<>" else "<…@…>" if "@" in text else "<…>"
    if kind == "code":
        return text
    return _word(text) if kind == "word" else "…"


def _word(text: str) -> str:
    if "@" in text:
        return "…@…"
    parts = [part for part in BETWEEN.split(text) if part]
    if text.lower() in WORDS or all(part.lower() in WORDS for part in parts):
        return text
    if all(part.isdecimal() and part.isascii() for part in parts) and "." not in text:
        return "-".join("#" for _ in parts)
    return "…"
