"""Small days of mail for hypothesis: what some processes log side by side, as their programs write it.

Each lane is one process: it serves one client after the other, and takes its queue ids from a list of
two, again and again. The lines of all lanes lie in one log in the order of their times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from loglines import HOST, NOON, login, message, smtpd, stamp
from mta_lines import chkuser, exim, qlog, sendmail, spamcontrol

PEOPLE = "hanako@isp.example", "taro@isp.example", "akira@isp.example"
FOREIGN = "x@elsewhere.example"
PLACES = "198.51.100.7", "198.51.100.8", "203.0.113.4"
EVENING = NOON.replace(hour=23, minute=58)  # most of what comes lies behind midnight
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class One:
    """What a process did once: in `lane`, as its `number`th deed, for whom, from where, to whom."""

    kind: Callable[["One", datetime], str]
    lane: int
    number: int
    who: str
    where: str
    to: str

    @property
    def pid(self) -> int:
        return 100 + 10 * self.lane

    @property
    def qid(self) -> str:
        return f"4{self.lane}A{self.number % 2}B7"  # Postfix has none of less than six letters

    @property
    def name(self) -> str:
        """What never comes again."""
        return f"{self.lane:02}{self.number:06}"

    def postfix(self, at: datetime, **given) -> str:
        values = {"qid": self.qid, "message_id": f"{self.name}@pc", "program": "Becky! ver. 2.81", "pid": self.pid}
        return message(self.where, self.who, self.to, at=at, **values | given)

    def says(self, tag: str, at: datetime, *texts: str) -> str:
        return "".join(f"{stamp(at)} {HOST} {tag}[{self.pid}]: {text}\n" for text in texts)


def dovecot(one: One, at: datetime) -> str:
    return login(one.who, one.where, at)


def courier(one: One, at: datetime) -> str:
    return one.says("pop3d", at, f"LOGIN, user={one.who}, ip=[{one.where}], port=[50111]")


def popa3d(one: One, at: datetime) -> str:
    return one.says("popa3d", at, f"Session from {one.where}", f"Authentication passed for {one.who}")


def authenticated(one: One, at: datetime) -> str:
    return one.postfix(at, sasl=one.who, tag="postfix/submission/smtpd")


def instance(one: One, at: datetime) -> str:
    return one.postfix(at, tag="postfix-in/smtpd")


def deferred(one: One, at: datetime) -> str:
    """It stays in the queue, so its id does not come again."""
    return one.postfix(at, qid=f"9{one.name}", status="deferred (busy)", removed=False)


def after_failure(one: One, at: datetime) -> str:
    client = f"unknown[{one.where}]"
    begin = f"connect from {client}", f"warning: {client}: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
    before = one.says("postfix/smtpd", at, *begin)
    return before + one.postfix(at) + one.says("postfix/smtpd", at, f"disconnect from {client}")


def broken_off(one: One, at: datetime) -> str:
    return smtpd(f"{one.qid}: client=unknown[{one.where}]", at, pid=one.pid)


def proxied(one: One, at: datetime) -> str:
    """A filter before the queue: only lines without the queue id know the client."""
    behind = message("127.0.0.1", one.who, one.to, at=at, qid=one.qid, message_id=f"{one.name}@pc", pid=one.pid + 5)
    answer = f"250 2.0.0 Ok: queued as {one.qid}; from=<{one.who}> to=<{one.to}> proto=ESMTP helo=<x>"
    first = one.says("postfix/smtpd", at, f"NOQUEUE: client=unknown[{one.where}]")
    return first + behind + one.says("postfix/smtpd", at, f"proxy-accept: END-OF-MESSAGE: {answer}")


def reinjected(one: One, at: datetime) -> str:
    """A content filter hands it back, under another queue id."""
    given = {"at": at, "qid": f"7{one.qid}", "message_id": f"{one.name}@pc", "pid": one.pid + 6}
    return one.postfix(at) + message("127.0.0.1", one.who, one.to, **given)


def from_sendmail(one: One, at: datetime) -> str:
    return sendmail(one.where, one.who, one.to, at=at, qid=f"6A{one.name}", pid=one.pid, program="Becky! ver. 2.81")


def authenticated_to_sendmail(one: One, at: datetime) -> str:
    return sendmail(one.where, FOREIGN, one.to, at=at, qid=f"6A{one.name}", pid=one.pid, user=one.who)


def from_exim(one: One, at: datetime) -> str:
    qid = f"1rMQ{one.name[:2]}-{one.name[2:]}-2x"
    return exim(one.where, one.who, one.to, at=at, qid=qid, message_id=f"{one.name}@pc", pid=one.pid)


def from_qlog(one: One, at: datetime) -> str:
    return qlog(one.where, one.who, one.to, at=at, pid=one.pid)


def from_spamcontrol(one: One, at: datetime) -> str:
    return "".join(spamcontrol(one.where, one.who, to, at=at, pid=one.pid) for to in (one.to, PEOPLE[0]))


def from_chkuser(one: One, at: datetime) -> str:
    return chkuser(one.where, one.who, one.to, at=at)


KINDS = (
    dovecot, popa3d, courier, One.postfix, authenticated, instance, deferred, after_failure, broken_off, proxied,
    reinjected, from_sendmail, authenticated_to_sendmail, from_exim, from_qlog, from_spamcontrol, from_chkuser,
)  # fmt: skip


@st.composite
def days(draw, lanes: int = 3, deeds: int = 6) -> list[str]:
    """The lines of a day's log."""
    begin, found = draw(st.sampled_from([NOON, EVENING])), []
    for lane in range(draw(st.integers(1, lanes))):
        at = begin
        for number in range(draw(st.integers(1, deeds))):
            at += draw(st.sampled_from([3, 4, 60, 400])) * SECOND
            who, where = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PLACES))
            one = One(draw(st.sampled_from(KINDS)), lane, number, who, where, draw(st.sampled_from([FOREIGN, *PEOPLE])))
            pause = draw(st.sampled_from([0, 1])) * SECOND
            lines = len(one.kind(one, at).splitlines())
            times = [at + turn * pause for turn in range(lines)]
            found += [(time, one.kind(one, time).splitlines()[turn] + "\n") for turn, time in enumerate(times)]
            at = times[-1]
    return [line for _, line in sorted(found, key=lambda timed: timed[0])]
