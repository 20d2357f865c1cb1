"""The world around the provider: where its customers' mail goes, and where theirs comes from."""

from campaign.sample.people import GATEWAYS, Person
from campaign.sample.programs import Kind, Shape

# (domain, its mail server as Postfix names it in relay=)
REMOTE = (
    ("webmail.example", "mx1.webmail.example[192.0.2.25]:25"),
    ("webmail.example", "mx2.webmail.example[192.0.2.26]:25"),
    ("keitai.example", "mfsmax.keitai.example[192.0.2.61]:25"),
    ("example.com", "mail.example.com[192.0.2.80]:25"),
    ("example.net", "in.example.net[192.0.2.93]:25"),
    ("school.example", "mx.school.example[192.0.2.114]:25"),
    ("office.example", "gate.office.example[192.0.2.140]:25"),
    ("example.org", "mx.example.org[192.0.2.201]:25"),
)
# (domain, its sending host as Postfix names it in client=)
SENDERS = (
    ("webmail.example", "out11.webmail.example[203.0.113.11]"),
    ("webmail.example", "out12.webmail.example[203.0.113.12]"),
    ("keitai.example", "mfsout.keitai.example[203.0.113.40]"),
    ("news.example", "bulk7.news.example[203.0.113.77]"),
    ("shop.example", "mail.shop.example[203.0.113.90]"),
    ("lists.example", "lists.lists.example[203.0.113.120]"),
    ("school.example", "gw.school.example[203.0.113.150]"),
    ("office.example", "gate.office.example[203.0.113.180]"),
)


def stranger(roll: int) -> str:
    return f"m{roll % 9973}"


def junk_host(roll: int) -> str:
    """An address that sends junk and guesses passwords; nobody's customer."""
    return f"198.19.{roll % 256}.{(roll >> 8) % 250 + 2}"


def address_of(person: Person, device: int, roll: int) -> tuple[str, str]:
    """Name and address that a device is seen from: a phone is out with every second mail."""
    if person.devices and person.devices[device].program.kind is Kind.PHONE and roll % 2:
        gateway = 10 + (person.number + roll // 2 % 3) % GATEWAYS
        return f"sp{gateway}.mobile.example", f"198.51.100.{gateway}"
    return person.home_name, person.home


def message_id(shape: Shape, *, sender: str, stamp: str, epoch: int, queue_id: str, roll: int) -> str:
    """Without brackets; `stamp` is 14 digits of time."""
    h = f"{roll:032x}"
    domain = sender.partition("@")[2]
    if shape is Shape.UUID:
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}@{domain}"
    if shape is Shape.OUTLOOK:
        return f"0{h[:11]}${h[11:19]}${h[19:27]}$@{domain}"
    if shape is Shape.UPPER_UUID:
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-A{h[17:20]}-{h[20:32]}@{domain}".upper().replace(domain.upper(), domain)
    if shape is Shape.HEX32:
        return f"{h.upper()}@{'DESKTOP' + h[:5].upper()}"
    if shape is Shape.CLOCK:
        return f"{stamp}.{h[:4].upper()}.{h[4:12].upper()}@{domain}"
    if shape is Shape.ANDROID:
        return f"{h[:10]}.{epoch}{roll % 1000:03}@email.android.com"
    return f"{stamp}.{queue_id}@mx1.isp.example"
