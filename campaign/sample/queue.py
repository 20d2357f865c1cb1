"""What the mail server does with a message that it has taken: to every recipient's server, at once, late or never."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from campaign.sample import dovecot_lines as dovecot
from campaign.sample import postfix_lines as postfix
from campaign.sample.people import DOMAIN, SECOND_DOMAIN
from campaign.sample.places import REMOTE, stranger
from campaign.sample.postfix_lines import Client, Clock


class Queued(NamedTuple):
    """A message that is in the queue from that second of the day on.

    `recipients` are (address, relay); relay is "" for the provider's own mailboxes. `roll` decides its fate.
    """

    second: int
    queue_id: str
    sender: str
    recipients: Sequence[tuple[str, str]]
    size: int
    roll: int
    message_id: str

    @property
    def pid(self) -> int:
        return 30000 + self.roll % 97


@dataclass
class Queue:
    """Appends what it does to the lines of both hosts, `mail` and `logins`."""

    clock: Clock
    mail: list[str]
    logins: list[str]

    def deliver(self, message: Queued) -> None:
        """Mostly at once, some through the filter, late or never."""
        stamp, luck = self.clock.stamp(message.second), (message.roll >> 66) % 100
        if luck < 12:
            message = message._replace(queue_id=self._filtered(message))
        for to, relay in message.recipients:
            if not relay:
                self._into_mailbox(message, to, stamp)
            elif luck >= 98:
                self._given_back(message, to, relay, stamp)
            else:
                if luck >= 95:
                    stamp = self._put_off(message, to, relay, stamp)
                self._relayed(message, to, relay, stamp)
        self.mail.append(postfix.removed(stamp, message.queue_id))

    def forward(self, second: int, queue_id: str, *, login: str, number: int, roll: int) -> None:
        """On to where the customer has the mail of the mailbox sent."""
        stamp = self.clock.stamp(second)
        domain, relay = REMOTE[(roll >> 3) % len(REMOTE)]
        to = f"{stranger(number)}@{domain}"
        self.mail.append(postfix.relayed(stamp, queue_id, to, relay=relay, pid=30500, roll=roll, original=login))
        self.mail.append(postfix.removed(stamp, queue_id))

    def _relayed(self, message: Queued, to: str, relay: str, stamp: str) -> None:
        given = {"relay": relay, "pid": message.pid, "roll": message.roll}
        self.mail.append(postfix.relayed(stamp, message.queue_id, to, **given))

    def _into_mailbox(self, message: Queued, to: str, stamp: str) -> None:
        pid, roll = message.pid, message.roll >> 17
        session = dovecot.session_of(roll)
        self.mail.append(postfix.delivered(stamp, message.queue_id, to, pid=pid, session=session))
        self.logins += dovecot.saved(stamp, user=to, message_id=message.message_id, pid=pid, roll=roll)

    def _put_off(self, message: Queued, to: str, relay: str, stamp: str) -> str:
        """Returns the time of the next try."""
        text = f"connect to {relay}: Connection timed out"
        given = {"relay": "none", "dsn": "4.4.1", "status": "deferred", "text": text, "pid": message.pid}
        self.mail.append(postfix.fate(stamp, "smtp", message.queue_id, to, **given))
        again = self.clock.stamp(message.second + 300 + message.roll % 900)
        number = len(message.recipients)
        self.mail.append(postfix.requeued(again, message.queue_id, message.sender, message.size, number))
        return again

    def _given_back(self, message: Queued, to: str, relay: str, stamp: str) -> None:
        text = f"host {relay[:-3]} said: 550 5.1.1 <{to}>: User unknown (in reply to RCPT TO command)"
        given = {"relay": relay, "dsn": "5.1.1", "status": "bounced", "text": text, "pid": message.pid}
        self.mail.append(postfix.fate(stamp, "smtp", message.queue_id, to, **given))
        bounce_id = self.clock.queue_id(message.second, message.roll >> 23)
        self.mail += postfix.own_bounce(stamp, message.queue_id, bounce_id, pid=message.pid)
        sender, pid = message.sender, message.pid + 2
        if sender.endswith((f"@{DOMAIN}", f"@{SECOND_DOMAIN}")):
            session = dovecot.session_of(message.roll >> 19)
            self.mail.append(postfix.delivered(stamp, bounce_id, sender, pid=pid, session=session))
        else:
            relay = "mx.shop.example[192.0.2.222]:25"
            self.mail.append(postfix.relayed(stamp, bounce_id, sender, relay=relay, pid=pid, roll=message.roll))
        self.mail.append(postfix.removed(stamp, bounce_id))

    def _filtered(self, message: Queued) -> str:
        """Through amavis on port 10024 and back on 10025; returns the queue id it comes back under."""
        stamp, recipients = self.clock.stamp(message.second), message.recipients
        back = self.clock.queue_id(message.second, message.roll >> 11)
        filtering = Client("localhost[127.0.0.1]", "localhost", 70000 + message.roll % 999, "10025/")
        self.mail.append(filtering.line(stamp, "connect from localhost[127.0.0.1]"))
        self.mail += postfix.accepted(
            self.clock,
            message.second,
            filtering,
            queue_id=back,
            sasl="",
            sender=message.sender,
            to=recipients[0][0],
            message_id=message.message_id,
            header="",
            size=message.size + 411,
            recipients=len(recipients),
        )
        text = f"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {back}"
        given = {"relay": "127.0.0.1[127.0.0.1]:10024", "dsn": "2.0.0", "status": "sent", "text": text, "pid": 29000}
        self.mail += [postfix.fate(stamp, "smtp", message.queue_id, to, **given) for to, _relay in recipients]
        self.mail.append(postfix.removed(stamp, message.queue_id))
        counters = f"ehlo=1 mail=1 rcpt={len(recipients)} data=1 quit=1 commands=5"
        self.mail.append(filtering.line(stamp, f"disconnect from localhost[127.0.0.1] {counters}"))
        return back
