"""What a few dozen people do in one afternoon, and what must be found out about each message.

The truth is written down by hand from the rules in docs, per act, never computed.
"""

from dataclasses import asdict, dataclass, field
from email.message import EmailMessage

from journeys.clients import PASSWORD, Servers, Smtp, collect
from journeys.opener import Opener

DOMAIN = "isp.example"
OWN_NETWORK = "127.64.0.0/16"
HOLE = "127.3.0.9"  # the relay is open to this address without any login
AWAY = "friend@elsewhere.example"

THUNDERBIRD = ("User-Agent", "Mozilla Thunderbird")
OUTLOOK = ("X-Mailer", "Microsoft Outlook 16.0")
IPHONE = ("X-Mailer", "iPhone Mail (20G75)")
OUTLOOK_EXPRESS = ("X-Mailer", "Microsoft Outlook Express 6.00.2900.5931")
NO_PROGRAM = ("", "")
PROGRAM_NAMES = {
    THUNDERBIRD: "thunderbird",
    OUTLOOK: "outlook",
    IPHONE: "iphone",
    OUTLOOK_EXPRESS: "outlook-express",
    NO_PROGRAM: "",
}

# Each of these collects and sends from an address of their own, without a password for sending.
ALONE = {
    "akira": ("127.1.0.1", "pop3", THUNDERBIRD),
    "beniko": ("127.1.0.2", "pop3s", OUTLOOK),
    "chie": ("127.1.0.3", "imap", IPHONE),
    "daichi": ("127.1.0.4", "imaps", OUTLOOK_EXPRESS),
    "emi": ("127.1.0.5", "pop3", NO_PROGRAM),
    "fumio": ("127.1.0.6", "pop3", OUTLOOK),
    "goro": ("127.1.0.7", "imap", THUNDERBIRD),
    "hanako": ("127.1.0.8", "pop3", IPHONE),
    "isamu": ("127.1.0.9", "pop3s", OUTLOOK),
    "jun": ("127.1.0.10", "imaps", THUNDERBIRD),
}
OFFICE = {"kaori": "127.2.0.1", "leo": "127.2.0.1", "mika": "127.2.0.1"}
MOVED = {
    "naoko": ("127.4.0.1", "submission", THUNDERBIRD),
    "osamu": ("127.4.0.2", "smtps", OUTLOOK),
    "rei": ("127.4.0.3", "relay", IPHONE),  # signs in, although on the old port
    "sachi": ("127.64.0.30", "submission", THUNDERBIRD),  # signs in inside the own network
    "taro": ("127.2.0.1", "smtps", OUTLOOK),  # signs in behind the office's address
}
OTHERS = ["umeko", "wataru", "yuki", "zenji", "aoi", "botan", "chika", "dan", "eiji", "fuyu", "gen", "haru"]
EVERYBODY = [f"{name}@{DOMAIN}" for name in (*ALONE, *OFFICE, *MOVED, *OTHERS)]
FORWARDER = f"moved-away@{DOMAIN}"


def mailbox(name: str) -> str:
    return f"{name}@{DOMAIN}"


@dataclass(frozen=True)
class Sent:
    """One accepted message, and what `classify` must say about it."""

    queue_id: str
    message_id: str
    submission_class: str
    user: str
    attribution: str
    client_ip: str
    client_program: str
    auth_failed: bool = False
    why: str = field(default="", compare=False)


@dataclass
class Afternoon:
    """The acts, in order; each sends real mail and notes the truth."""

    servers: Servers
    opener: Opener
    sent: list[Sent] = field(default_factory=list)

    def live(self) -> None:
        self.people_alone()
        self.people_in_one_office()
        self.people_who_moved()
        self.people_in_the_own_network()
        self.people_whose_password_is_wrong()
        self.strangers()
        self.oddities()

    def truth(self) -> list[dict]:
        return [asdict(sent) for sent in self.sent]

    # --- acts ---

    def people_alone(self) -> None:
        for name, (client, way, program) in ALONE.items():
            self._collect(name, client, way)
            expected = ("pop_before_smtp", mailbox(name), "confirmed")
            self._one(client, mailbox(name), [AWAY], expected, program, why="the only one who collected there")
        client = ALONE["akira"][0]
        with Smtp(self.servers.postfix, client) as session:
            for number, recipients in enumerate(([AWAY, "other@elsewhere.example"], [AWAY, mailbox("chie")])):
                expected = ("pop_before_smtp", mailbox("akira"), "confirmed")
                self._send(session, client, mailbox("akira"), recipients, expected, THUNDERBIRD, f"session {number}")

    def people_in_one_office(self) -> None:
        client = OFFICE["kaori"]
        for name in OFFICE:
            self._collect(name, client, "pop3")
        for name in OFFICE:
            expected = ("pop_before_smtp", mailbox(name), "probable")
            self._one(
                client, mailbox(name), [AWAY], expected, OUTLOOK, why="several collected there, one has this sender"
            )
        nobody = ("pop_before_smtp", "", "ambiguous")
        self._one(client, "office@company.example", [AWAY], nobody, OUTLOOK, why="several, and the sender is none's")
        self._one(client, "", [AWAY], nobody, NO_PROGRAM, why="several, and a null sender")
        self._one(
            client, mailbox("umeko"), [AWAY], nobody, OUTLOOK, why="several, and the sender is another customer's"
        )

    def people_who_moved(self) -> None:
        for name, (client, port, program) in MOVED.items():
            self._collect(name, client, "imaps")
            for sender in (mailbox(name), f"{name}@their-own.example"):
                expected = ("smtp_auth", mailbox(name), "confirmed")
                self._one(client, sender, [AWAY], expected, program, port=port, login=name, why="a SASL user")

    def people_in_the_own_network(self) -> None:
        at_home = ("local_port25", mailbox("wataru"), "probable")
        self._one("127.64.0.1", mailbox("wataru"), [AWAY], at_home, OUTLOOK, why="own network, known by the sender")
        self._one(
            "127.64.0.1", mailbox("wataru"), [mailbox("yuki")], at_home, OUTLOOK, why="local sender, local recipient"
        )
        self._collect("yuki", "127.64.0.2", "pop3")
        confirmed = ("local_port25", mailbox("yuki"), "confirmed")
        self._one("127.64.0.2", mailbox("yuki"), [AWAY], confirmed, IPHONE, why="own network, and collected there")
        self._one("127.64.0.2", "yuki@their-own.example", [AWAY], confirmed, IPHONE, why="the only candidate")
        another = ("local_port25", "", "ambiguous")
        self._one("127.64.0.2", mailbox("wataru"), [AWAY], another, OUTLOOK, why="candidate, but another's sender")
        printer = ("local_port25", "", "none")
        self._one("127.64.0.3", "scanner@company.example", [AWAY], printer, NO_PROGRAM, why="a device nobody knows")
        inbound = ("inbound", "", "none")
        self._one(
            "127.64.0.3", "scanner@company.example", [mailbox("yuki")], inbound, NO_PROGRAM, why="foreign to local"
        )

    def people_whose_password_is_wrong(self) -> None:
        self._collect("zenji", "127.5.0.1", "pop3")
        expected = ("pop_before_smtp", mailbox("zenji"), "confirmed")
        with Smtp(self.servers.postfix, "127.5.0.1") as session:
            assert not session.try_login(mailbox("zenji"), "last year's password")
            for why in ("AUTH failed, let through the old way", "the same session"):
                self._send(session, "127.5.0.1", mailbox("zenji"), [AWAY], expected, OUTLOOK, why, failed=True)
        self._one("127.5.0.1", mailbox("zenji"), [AWAY], expected, OUTLOOK, why="a later session without AUTH")
        assert not collect(self.servers, mailbox("aoi"), "127.5.0.2", password="wrong")
        assert not collect(self.servers, mailbox("aoi"), "127.5.0.2", way="imap", password="wrong")
        with Smtp(self.servers.postfix, "127.5.0.2") as session:
            refused = session.hand_in(mailbox("aoi"), [AWAY], a_message(1, NO_PROGRAM))
            assert refused is None, "a failed login must not open the relay"
        self._collect("aoi", "127.5.0.3", "pop3")
        assert not collect(self.servers, mailbox("botan"), "127.5.0.3", password="wrong")
        known = ("pop_before_smtp", mailbox("aoi"), "confirmed")
        self._one("127.5.0.3", mailbox("aoi"), [AWAY], known, THUNDERBIRD, why="the other's login failed")

    def strangers(self) -> None:
        inbound = ("inbound", "", "none")
        send = [
            ("someone@elsewhere.example", [mailbox("akira")], "foreign to local"),
            ("someone@elsewhere.example", [mailbox("akira"), mailbox("beniko"), mailbox("leo")], "several recipients"),
            ("", [mailbox("akira")], "a bounce from outside"),
            (mailbox("akira"), [mailbox("beniko")], "a local sender, forged outside"),
            ("someone@elsewhere.example", [FORWARDER], "goes on to another host, yet came for a local address"),
        ]
        for number, (sender, recipients, why) in enumerate(send):
            self._one(f"127.200.0.{number + 1}", sender, recipients, inbound, OUTLOOK, why=why)
        hole = ("unexplained_relay", "", "none")
        self._one(HOLE, "spam@nowhere.example", [AWAY], hole, NO_PROGRAM, why="relayed without a login")
        self._one(HOLE, mailbox("chika"), [AWAY], hole, NO_PROGRAM, why="even with a local sender")
        with Smtp(self.servers.postfix, "127.200.0.9") as session:
            assert session.hand_in("spam@nowhere.example", [AWAY], a_message(2, NO_PROGRAM)) is None
            both = [AWAY, mailbox("dan")]  # one refused, one taken, in one transaction
            self._send(session, "127.200.0.9", "spam@nowhere.example", both, inbound, NO_PROGRAM, "half refused")

    def oddities(self) -> None:
        self._collect("dan", "127.6.0.1", "pop3")
        dan = ("pop_before_smtp", mailbox("dan"), "confirmed")
        self._one("127.6.0.1", "", [AWAY], dan, OUTLOOK, why="a read receipt has no sender")
        self._one("127.6.0.1", "dan@their-own.example", [AWAY], dan, OUTLOOK, why="a domain of their own")
        self._one("127.6.0.1", mailbox("dan"), [mailbox("emi")], dan, OUTLOOK, why="local recipient, own sender")
        inbound = ("inbound", "", "none")
        self._one(
            "127.6.0.1", "dan@their-own.example", [mailbox("emi")], inbound, OUTLOOK, why="local recipient, foreign"
        )
        another = ("pop_before_smtp", "", "ambiguous")
        self._one("127.6.0.1", mailbox("eiji"), [AWAY], another, OUTLOOK, why="the sender is another customer's")
        for spelling, client in (("EIJI@isp.example", "127.6.0.2"), ("eiji", "127.6.0.2")):
            self._collect(spelling, client, "pop3")
        eiji = ("pop_before_smtp", mailbox("eiji"), "confirmed")
        self._one("127.6.0.2", mailbox("eiji"), [AWAY], eiji, THUNDERBIRD, why="one user in three spellings")
        Smtp(self.servers.postfix, "127.6.0.2").give_up_in_the_middle(mailbox("eiji"), AWAY)
        self._one("127.6.0.2", mailbox("eiji"), ["full@elsewhere.example"], eiji, THUNDERBIRD, why="bounces")
        self._one("127.6.0.2", mailbox("eiji"), ["slow@elsewhere.example"], eiji, THUNDERBIRD, why="deferred")
        self._one("127.6.0.2", mailbox("eiji"), [AWAY], eiji, THUNDERBIRD, id_given=False, why="no Message-ID")

    # --- how ---

    def _collect(self, name: str, client: str, way: str) -> None:
        login = name if "@" in name or name == "eiji" else mailbox(name)
        assert collect(self.servers, login, client, way=way)
        self.opener.wait_for(client)

    def _one(
        self, client, sender, recipients, expected, program, *, port="relay", login="", id_given=True, why
    ) -> None:
        with Smtp(self.servers.postfix, client, port) as session:
            if login:
                assert session.try_login(mailbox(login), PASSWORD)
            self._send(session, client, sender, recipients, expected, program, why, id_given=id_given)

    def _send(
        self, session, client, sender, recipients, expected, program, why, *, failed=False, id_given=True
    ) -> None:
        message = a_message(len(self.sent) + 100, program, sender, id_given=id_given)
        queue_id = session.hand_in(sender, recipients, message)
        assert queue_id, f"refused: {why}"
        name = PROGRAM_NAMES[program]
        message_id = (message["Message-ID"] or "").strip("<>")
        self.sent.append(Sent(queue_id, message_id, *expected, client, name, failed, why))


def a_message(number: int, program: tuple[str, str], sender: str = "", *, id_given: bool = True) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender or "postmaster@elsewhere.example"
    message["To"] = AWAY
    message["Subject"] = f"Message {number}"
    if id_given:
        message["Message-ID"] = f"<act.{number}@pc.example>"
    header, value = program
    if header:
        message[header] = value
    message.set_content("Hello.\n")
    return message
