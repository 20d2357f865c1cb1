"""Acts become log lines: `Scribe` writes one day of both hosts, act by act.

The lines of an act are in time order and end on the act's day. With `truth` the scribe
also notes what really happened, for tests to hold against what attribution finds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaign.sample import dovecot_lines as dovecot
from campaign.sample import postfix_lines as postfix
from campaign.sample import strays
from campaign.sample.acts import Act, Kind
from campaign.sample.people import Device, Person, Way
from campaign.sample.places import REMOTE, SENDERS, address_of, junk_host, message_id, stranger
from campaign.sample.postfix_lines import Client, Clock
from campaign.sample.queue import Queue, Queued
from campaign.sample.reactions import Change, way_of

# What smtpd counts at the end of a session, for AUTH and in all.
COUNTERS = {Way.AUTH: (" auth=1", "6"), Way.FAILING: (" auth=0/1", "5/6"), Way.LEGACY: ("", "5")}


class Truth(NamedTuple):
    """A submission as it really was; `login` is who did it, "" for mail from outside."""

    queue_id: str
    submission_class: str
    login: str
    auth_failed: bool


@dataclass
class Scribe:
    persons: Sequence[Person]
    changes: Mapping[int, Sequence[Change]]  # by the person's number
    day: date
    zone: ZoneInfo
    truth: list[Truth] | None = None
    mail: list[str] = field(default_factory=list)  # these lists stay the same: the queue writes to them, too
    logins: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        midnight = int(datetime.combine(self.day, time(), tzinfo=self.zone).timestamp())
        self.clock = Clock(self.day, midnight=midnight)
        self._queue = Queue(self.clock, self.mail, self.logins)
        self._digits = self.day.strftime("%Y%m%d")
        self._do = {
            Kind.SEND: self._send,
            Kind.TEST: self._send,
            Kind.COLLECT: self._collect,
            Kind.WRONG_PASSWORD: self._wrong_password,
            Kind.INBOUND: self._inbound,
            Kind.REFUSED: self._refused,
            Kind.GUESSER: self._guesser,
            Kind.STRAY: self._stray,
        }

    def write(self, act: Act) -> None:
        """Appends the act's lines to `mail` and `logins`."""
        self._do[act.kind](act)

    def _collect(self, act: Act) -> None:
        person = self.persons[act.person]
        _, address = address_of(person, len(person.devices) - 1, act.roll >> 7)
        self._login(act, act.second, person, address, imap=person.imap)

    def _login(self, act: Act, second: int, person: Person, address: str, *, imap: bool) -> None:
        # Some old programs still log in with the mailbox's name alone.
        user = person.login.partition("@")[0] if person.number % 23 == 0 else person.login
        stamp = self.clock.stamp
        end = stamp(second + 1 + act.roll % 4)
        self.logins += dovecot.login(
            stamp(second), end, user=user, address=address, imap=imap, pid=2000 + act.serial, roll=act.roll >> 24
        )

    def _wrong_password(self, act: Act) -> None:
        person = self.persons[act.person]
        _, address = address_of(person, 0, 0)
        self.logins += dovecot.failed(
            self.clock.stamp(act.second), user=person.login, address=address, imap=person.imap, roll=act.roll
        )

    def _send(self, act: Act) -> None:
        person, roll = self.persons[act.person], act.roll
        device_number = roll if act.kind is Kind.TEST else _device_of(person, roll)
        device = person.devices[device_number]
        if act.kind is Kind.TEST:
            roll = hash_of(act.second, act.person)
        name, address = address_of(person, device_number, roll >> 60)
        known = self.changes.get(person.number, ())
        way = way_of(person, device_number, at=self.clock.midnight + act.second, known=known)
        second = act.second
        inside = address.startswith("10.")
        if way is not Way.AUTH and not inside:
            second += 900
            self._login(act, second - 20 - (roll >> 30) % 800, person, address, imap=False)
        service = "" if way is not Way.AUTH else "smtps/" if device.port == 465 else "submission/"
        helo = f"[{address}]" if device.helo == "address" else device.helo
        client = Client(f"{name}[{address}]", helo, 2000 + act.serial, service)
        self.mail += _greeting(client, self.clock.stamp(second), way, person)
        if roll % 149 == 0:
            self.mail += _hung_up(client, self.clock.stamp(second))
            return
        if self.truth is not None:
            legacy = "local_port25" if inside else "pop_before_smtp"
            kind = "smtp_auth" if way is Way.AUTH else legacy
            failed = way is Way.FAILING
            self.truth.append(Truth(self.clock.queue_id(second, roll), kind, person.login, failed))
        self._submit(second, client, person, device, way, roll)

    def _submit(self, second: int, client: Client, person: Person, device: Device, way: Way, roll: int) -> None:
        """One message from the client's transaction to its recipients' servers."""
        stamp, queue_id = self.clock.stamp(second), self.clock.queue_id(second, roll)
        recipients = self._recipients(roll)
        size = 1200 + (roll >> 20) % 60000
        ident = message_id(
            device.program.shape,
            sender=person.sender,
            stamp=self._digits + stamp[7:15].replace(":", ""),
            epoch=self.clock.midnight + second,
            queue_id=queue_id,
            roll=roll,
        )
        self.mail += postfix.accepted(
            self.clock,
            second,
            client,
            queue_id=queue_id,
            sasl=f", sasl_method=PLAIN, sasl_username={person.login}" if way is Way.AUTH else "",
            sender=person.sender,
            to=recipients[0][0],
            message_id=ident,
            header=device.program.header,
            size=size,
            recipients=len(recipients),
        )
        auth, commands = COUNTERS[way]
        counters = f"ehlo=1{auth} mail=1 rcpt={len(recipients)} data=1 quit=1 commands={commands}"
        self.mail.append(client.line(self.clock.stamp(second + 1), f"disconnect from {client.peer} {counters}"))
        self._queue.deliver(Queued(second + 2, queue_id, person.sender, recipients, size, roll, ident))

    def _stray(self, act: Act) -> None:
        person = strays.slow_one(self.persons, self.changes, act, midnight=self.clock.midnight)
        second = act.second if person is None else strays.sends_at(act)
        if self.truth is not None:
            self.truth.append(Truth(self.clock.queue_id(second, act.roll), "unexplained_relay", "", False))
        if person is None:
            self._machine(act)
            return
        self._login(act, act.second, person, person.home, imap=False)
        device = person.devices[0]
        helo = f"[{person.home}]" if device.helo == "address" else device.helo
        client = Client(f"{person.home_name}[{person.home}]", helo, 2000 + act.serial)
        self.mail.append(client.line(self.clock.stamp(second), f"connect from {client.peer}"))
        self._submit(second, client, person, device, Way.LEGACY, act.roll)

    def _machine(self, act: Act) -> None:
        (name, address), roll, second = strays.machine_of(act.roll), act.roll, act.second
        client = Client(f"{name}[{address}]", "nas", 2000 + act.serial)
        queue_id, (domain, relay) = self.clock.queue_id(second, roll), REMOTE[(roll >> 3) % len(REMOTE)]
        sender, to, size = "backup@office.example", f"{stranger(7)}@{domain}", 1500 + (roll >> 20) % 3000
        ident = f"{roll:032x}"[:20] + "@nas.office.example"
        message = {"sender": sender, "to": to, "message_id": ident, "header": "", "size": size, "recipients": 1}
        self.mail.append(client.line(self.clock.stamp(second), f"connect from {client.peer}"))
        self.mail += postfix.accepted(self.clock, second, client, queue_id=queue_id, sasl="", **message)
        counters = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
        self.mail.append(client.line(self.clock.stamp(second + 1), f"disconnect from {client.peer} {counters}"))
        self._queue.deliver(Queued(second + 2, queue_id, sender, [(to, relay)], size, roll, ident))

    def _recipients(self, roll: int) -> list[tuple[str, str]]:
        """(address, relay) of each recipient; relay is "" for the provider's own mailboxes."""
        domain, relay = REMOTE[(roll >> 3) % len(REMOTE)]
        found = [(f"{stranger(roll)}@{domain}", relay)]
        mix = (roll >> 50) % 20
        if mix in (0, 1):
            found.append((self.persons[(roll >> 55) % len(self.persons)].login, ""))
        elif mix == 2:
            found.append((f"{stranger(roll >> 9)}@{domain}", relay))
        return found

    def _inbound(self, act: Act) -> None:
        person, roll, second = self.persons[act.person], act.roll, act.second
        domain, peer = SENDERS[roll % len(SENDERS)]
        client = Client(peer, peer.partition("[")[0], 2000 + act.serial)
        sender = "" if (roll >> 8) % 31 == 0 else f"{stranger(roll >> 9)}@{domain}"
        queue_id = self.clock.queue_id(second, roll)
        ident = f"{roll:032x}"[:24] + f"@{domain}"
        size = 2000 + (roll >> 20) % 90000
        if self.truth is not None:
            self.truth.append(Truth(queue_id, "inbound", "", False))
        lines = [client.line(self.clock.stamp(second), f"connect from {peer}")]
        lines += postfix.accepted(
            self.clock,
            second,
            client,
            queue_id=queue_id,
            sasl="",
            sender=sender,
            to=person.login,
            message_id=ident,
            header="",
            size=size,
            recipients=1,
        )
        counters = "ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"
        self.mail += [*lines, client.line(self.clock.stamp(second + 1), f"disconnect from {peer} {counters}")]
        if (roll >> 80) % 29 == 0 and sender:
            self._queue.forward(second + 2, queue_id, login=person.login, number=person.number, roll=roll)
        else:
            # Mail from outside goes through the filter more often than the customers' own.
            luck = roll if (roll >> 90) % 3 else roll & ~(0xFFFF << 66)
            self._queue.deliver(Queued(second + 2, queue_id, sender, [(person.login, "")], size, luck, ident))

    def _refused(self, act: Act) -> None:
        roll, stamp = act.roll, self.clock.stamp(act.second)
        peer = f"unknown[{junk_host(roll)}]"
        client = Client(peer, f"host{roll % 997}.example", 2000 + act.serial)
        sender, login = f"{stranger(roll)}@news.example", self.persons[act.person].login
        why = (
            f"554 5.7.1 Service unavailable; Client host [{junk_host(roll)}] blocked using dnsbl.example",
            f"450 4.7.25 Client host rejected: cannot find your hostname, [{junk_host(roll)}]",
            f"550 5.1.1 <{login.replace('@', 'x@')}>: Recipient address rejected: User unknown in virtual mailbox",
            "554 5.7.1 <m1@webmail.example>: Relay access denied",
        )[(roll >> 12) % 4]
        reject = f"NOQUEUE: reject: RCPT from {peer}: {why}; from=<{sender}> to=<{login}> proto=ESMTP"
        self.mail += [
            client.line(stamp, f"connect from {peer}"),
            client.line(stamp, f"{reject} helo=<{client.helo}>"),
            client.line(stamp, f"disconnect from {peer} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"),
        ]

    def _guesser(self, act: Act) -> None:
        roll, stamp = act.roll, self.clock.stamp(act.second)
        address = junk_host(roll)
        if roll % 3 == 0:
            self.logins += dovecot.aborted(stamp, address=address, roll=roll)
            return
        if roll % 3 == 1:
            login = self.persons[act.person].login
            self.logins += dovecot.failed(stamp, user=login, address=address, imap=True, roll=roll)
            return
        client = Client(f"unknown[{address}]", "User", 2000 + act.serial, "submission/")
        failed = f"warning: {client.peer}: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
        self.mail += [
            client.line(stamp, f"connect from {client.peer}"),
            client.line(stamp, f"{failed}, sasl_username=info@isp.example"),
            client.line(stamp, f"lost connection after AUTH from {client.peer}"),
            client.line(stamp, f"disconnect from {client.peer} ehlo=1 auth=0/1 commands=1/2"),
        ]


def _greeting(client: Client, stamp: str, way: Way, person: Person) -> list[str]:
    """From the connection to the end of AUTH."""
    lines = [client.line(stamp, f"connect from {client.peer}")]
    if way is Way.AUTH:
        lines.append(client.line(stamp, f"Anonymous TLS connection established from {client.peer}: {postfix.TLS}"))
    elif way is Way.FAILING:
        refused = f"warning: {client.peer}: SASL PLAIN authentication failed: authentication failure"
        lines.append(client.line(stamp, f"{refused}, sasl_username={person.login}"))
    return lines


def _hung_up(client: Client, stamp: str) -> list[str]:
    return [
        client.line(stamp, f"lost connection after RCPT from {client.peer}"),
        client.line(stamp, f"disconnect from {client.peer} ehlo=1 mail=1 rcpt=1 commands=3"),
    ]


def hash_of(second: int, person: int) -> int:
    """A roll for acts that the plan of the day did not foresee."""
    return (person + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 * (second + 1) % (1 << 128)


def _device_of(person: Person, roll: int) -> int:
    """The device by its share of the owner's mail."""
    left = (roll >> 100) % sum(device.weight for device in person.devices)
    for number, device in enumerate(person.devices):
        if left < device.weight:
            return number
        left -= device.weight
    raise AssertionError("the weights add up")
