"""The sample's customers: who they are, what they send with, from where, and what they are like.

All of it follows from the seed. Addresses are from ranges nobody owns: 10.64.0.0/10 are
the provider's own lines, 198.18.0.0/16 other access lines, 198.51.100.0/24 the mobile
network's shared gateways.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

from campaign.sample.names import ENGLISH_GIVEN, ENGLISH_SURNAMES, GIVEN, SURNAMES
from campaign.sample.programs import PROGRAMS, Kind, Program

DOMAIN = "isp.example"
SECOND_DOMAIN = "minato.example"  # of the provider's second brand
OF_THE_SECOND = 40  # one customer of so many
GATEWAYS = 40  # shared addresses of the mobile network
NEVER = 99  # notices after which nobody moves any more


class Way(Enum):
    """How a device hands its mail over."""

    LEGACY = "no password: after POP from outside, just so inside the own networks"
    FAILING = "SMTP-AUTH with a wrong password, then the old way"
    AUTH = "SMTP-AUTH"


@dataclass(frozen=True, slots=True)
class Device:
    program: Program
    helo: str
    way: Way  # on the first day
    port: int  # 465 or 587, once it uses SMTP-AUTH
    weight: int  # of the owner's mail, in tenths
    movable: bool  # some never will be


@dataclass(frozen=True, slots=True)
class Temper:
    """What the owner does about notices, decided beforehand by the dice."""

    notices: int  # moves after so many; NEVER
    delay: int  # seconds from that notice to the deed
    first_only: bool  # moves the first device and forgets the others
    fumbles: int  # seconds with a wrong password before it works; 0: right at once
    relapses: int  # seconds until the old settings are back; 0: never
    churns: int  # moves by itself so many seconds after the first day; 0: never


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    login: str
    name: str
    language: str
    addresses: tuple[str, ...]
    sender: str
    home: str
    home_name: str  # of the home address in reverse DNS
    inside: bool  # the home address is in the provider's own networks
    devices: tuple[Device, ...]
    sends: float  # messages a day
    collects: float  # logins a day, apart from those before sending
    imap: bool
    temper: Temper

    @property
    def contract(self) -> str:
        return f"MH{100000 + self.number * 7}"


@dataclass(frozen=True, slots=True)
class Home:
    address: str
    name: str
    inside: bool
    office: bool


def homes(dice: Random) -> Iterator[Home]:
    """One home per person, in order: households and offices give the same one several times."""
    line = 0
    while True:
        line += 1
        office = dice.random() < 0.015
        inside = dice.random() < 0.42
        a, b = divmod(line, 250)
        if inside:
            address, name = f"10.{64 + a}.{dice.randrange(256)}.{b + 2}", f"p{line:05x}.tokyo.line.isp.example"
        else:
            address = f"198.18.{a}.{b + 2}"
            name = "unknown" if dice.random() < 0.5 else f"h{a}-{b + 2}.access.example"
        people = dice.randrange(5, 13) if office else dice.choices((1, 2, 3, 4), (70, 20, 7, 3))[0]
        for _ in range(people):
            yield Home(address, name, inside, office)


def people(*, seed: int, count: int) -> tuple[Person, ...]:
    dice = Random(f"people/{seed}")
    living = homes(dice)
    return tuple(_person(dice, number, next(living)) for number in range(count))


def _person(dice: Random, number: int, home: Home) -> Person:
    english = dice.random() < 0.10
    if english:
        surname, given = dice.choice(ENGLISH_SURNAMES), dice.choice(ENGLISH_GIVEN)
        name, parts = f"{given} {surname}", (surname.lower(), given.lower())
    else:
        (kanji_surname, surname), (kanji_given, given) = dice.choice(SURNAMES), dice.choice(GIVEN)
        name, parts = f"{kanji_surname} {kanji_given}", (surname, given)
    shape = dice.randrange(3)
    local = (f"{parts[0]}.{parts[1]}{number}", f"{parts[1][0]}-{parts[0]}{number}", f"{parts[0]}{number}")[shape]
    domain = SECOND_DOMAIN if number % OF_THE_SECOND == OF_THE_SECOND - 1 else DOMAIN
    login = f"{local}@{domain}"
    addresses, sender = (login,), login
    if dice.random() < 0.08:
        addresses = (login, f"{parts[1]}.{parts[0]}.{number}@{domain}")
        sender = addresses[1]
    elif home.office and dice.random() < 0.3:
        sender = f"{parts[0]}@shop{number % 97}.example"  # a domain of the customer's own
    devices = () if dice.random() < 0.12 else _devices(dice, number, home)  # some send nothing
    # Who was early with the new settings mostly has other mailboxes by now, too.
    busy = 1.0 if any(device.way is not Way.AUTH for device in devices) else 0.55
    return Person(
        number=number,
        login=login,
        name=name,
        language="en" if english else "ja",
        addresses=addresses,
        sender=sender,
        home=home.address,
        home_name=home.name,
        inside=home.inside,
        devices=devices,
        sends=busy * dice.choices((0.08, 0.1, 0.15, 0.35), (40, 35, 20, 5))[0] if devices else 0,
        collects=dice.choices((0.04, 0.1, 0.35), (45, 37, 18))[0],
        imap=dice.random() < 0.25,
        temper=_temper(dice),
    )


def _devices(dice: Random, number: int, home: Home) -> tuple[Device, ...]:
    """The first device is the main one. Legacy owners: half of those outside, a sixth inside."""
    legacy = dice.random() < (0.16 if home.inside else 0.53)
    found = [_device(dice, number, Kind.PC if dice.random() < 0.78 else Kind.PHONE, legacy, weight=8)]
    if found[0].program.kind is Kind.PC and dice.random() < 0.35:
        # The phone was bought later: its settings are often the new ones already.
        found.append(_device(dice, number, Kind.PHONE, legacy and dice.random() < 0.35, weight=3))
    if home.office and dice.random() < 0.12:
        found.append(_device(dice, number, Kind.PRINTER, legacy or dice.random() < 0.5, weight=3))
    return tuple(found)


def _device(dice: Random, number: int, kind: Kind, legacy: bool, *, weight: int) -> Device:
    fitting = [program for program in PROGRAMS if program.kind is kind]
    weights = [program.weight * (2 if legacy else 1) if program.old else program.weight for program in fitting]
    program = dice.choices(fitting, weights)[0]
    helo = f"DESKTOP-{dice.getrandbits(28):07X}" if program.helo == "host" else program.helo
    way = Way.AUTH
    if legacy:
        way = Way.FAILING if kind is not Kind.PRINTER and dice.random() < 0.05 else Way.LEGACY
    movable = kind is not Kind.PRINTER and dice.random() < 0.94
    return Device(program, helo, way, dice.choice((465, 465, 587)), weight, movable)


def _temper(dice: Random) -> Temper:
    day = 86400
    notices = dice.choices((1, 2, 3, 4, 5, 6, NEVER), (33, 20, 12, 8, 5, 11, 11))[0]
    at_once = dice.random() < (0.7 if notices == 6 else 0.45)  # the last straw breaks fast
    return Temper(
        notices=notices,
        delay=int(45 + 2400 * dice.random() ** 2) if at_once else dice.randrange(day // 4, 16 * day),
        first_only=dice.random() < 0.18,
        fumbles=dice.randrange(day, 12 * day) if dice.random() < 0.07 else 0,
        relapses=dice.randrange(20 * day, 80 * day) if dice.random() < 0.04 else 0,
        churns=int(dice.expovariate(0.0006) * day) + 1,
    )
