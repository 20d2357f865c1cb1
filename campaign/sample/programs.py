"""The client programs of the sample's customers, with what they really put into their mail.

Headers, HELO and Message-ID shapes are those that mail archives show for these programs.
"""

from dataclasses import dataclass
from enum import Enum


class Shape(Enum):
    """How a program writes its Message-IDs."""

    UUID = "lower case UUID at the sender's domain"
    OUTLOOK = "three hexadecimal numbers joined by $"
    UPPER_UUID = "upper case UUID"
    HEX32 = "32 upper case hexadecimal digits"
    CLOCK = "14 digits of time, then hexadecimal numbers"
    ANDROID = "base 36 and milliseconds at email.android.com"
    SERVER = "none: the mail server adds its own"


class Kind(Enum):
    PC = "pc"
    PHONE = "phone"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True)
class Program:
    """`header` as it stands in the mail (name and value), "" where the program sends none."""

    name: str
    kind: Kind
    header: str
    shape: Shape
    helo: str  # "host": the computer's name; "address": the client address in brackets; else as it stands
    weight: int
    old: bool = False  # came before SMTP-AUTH was usual: found mostly with those who have not moved


PROGRAMS = (
    Program("thunderbird", Kind.PC, "User-Agent: Mozilla Thunderbird", Shape.UUID, "address", 190),
    Program(
        "thunderbird",
        Kind.PC,
        "User-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64; rv:60.0) Gecko/20100101 Thunderbird/60.9.1",
        Shape.UUID,
        "address",
        60,
        old=True,
    ),
    Program("outlook", Kind.PC, "X-Mailer: Microsoft Outlook 16.0", Shape.OUTLOOK, "host", 300),
    Program("outlook", Kind.PC, "X-Mailer: Microsoft Outlook 15.0", Shape.OUTLOOK, "host", 60),
    Program("outlook", Kind.PC, "X-Mailer: Microsoft Outlook 14.0", Shape.OUTLOOK, "host", 80, old=True),
    Program(
        "windows-live-mail",
        Kind.PC,
        "X-Mailer: Microsoft Windows Live Mail 16.4.3528.331",
        Shape.HEX32,
        "host",
        120,
        old=True,
    ),
    Program(
        "outlook-express",
        Kind.PC,
        "X-Mailer: Microsoft Outlook Express 6.00.2900.5931",
        Shape.OUTLOOK,
        "host",
        25,
        old=True,
    ),
    Program(
        "windows-mail",
        Kind.PC,
        "X-Mailer: Microsoft Windows Mail 6.0.6002.18197",
        Shape.HEX32,
        "host",
        20,
        old=True,
    ),
    Program("becky", Kind.PC, "X-Mailer: Becky! ver. 2.81.06 [ja]", Shape.CLOCK, "host", 70, old=True),
    Program(
        "sylpheed",
        Kind.PC,
        "X-Mailer: Sylpheed 3.7.0 (GTK+ 2.24.30; i686-pc-mingw32)",
        Shape.CLOCK,
        "host",
        15,
        old=True,
    ),
    Program("shuriken", Kind.PC, "X-Mailer: Shuriken 2018", Shape.CLOCK, "host", 35, old=True),
    Program("hidemaru", Kind.PC, "X-Mailer: HidemaruMail 7.33 (WinNT,601)", Shape.CLOCK, "host", 10, old=True),
    Program("edmax", Kind.PC, "X-Mailer: EdMax Ver2.85.6F", Shape.CLOCK, "host", 8, old=True),
    Program(
        "eudora",
        Kind.PC,
        "X-Mailer: QUALCOMM Windows Eudora Version 6.2.5.6",
        Shape.CLOCK,
        "host",
        4,
        old=True,
    ),
    # Three that no guide knows, as every provider has some.
    Program("denshin", Kind.PC, "X-Mailer: Denshin 8 Go V32.1.3.1", Shape.CLOCK, "host", 7, old=True),
    Program("opera-mail", Kind.PC, "User-Agent: Opera Mail/12.16 (Win32)", Shape.CLOCK, "host", 5, old=True),
    Program("incredimail", Kind.PC, "X-Mailer: IncrediMail (6294502)", Shape.OUTLOOK, "host", 4, old=True),
    Program("apple-mail", Kind.PC, "X-Mailer: Apple Mail (2.3774.600.62)", Shape.UPPER_UUID, "smtpclient.apple", 60),
    Program("outlook-mac", Kind.PC, "User-Agent: Microsoft-MacOutlook/16.78.23100802", Shape.UPPER_UUID, "host", 15),
    Program("iphone", Kind.PHONE, "X-Mailer: iPhone Mail (22A3354)", Shape.UPPER_UUID, "smtpclient.apple", 300),
    Program("iphone", Kind.PHONE, "X-Mailer: iPhone Mail (21F90)", Shape.UPPER_UUID, "smtpclient.apple", 110),
    Program("iphone", Kind.PHONE, "X-Mailer: iPad Mail (21F90)", Shape.UPPER_UUID, "smtpclient.apple", 60),
    Program("k9", Kind.PHONE, "User-Agent: K-9 Mail for Android", Shape.UPPER_UUID, "localhost", 40),
    Program("android", Kind.PHONE, "", Shape.ANDROID, "localhost", 130),
    Program("printer", Kind.PRINTER, "", Shape.SERVER, "printer", 6),
    Program("printer", Kind.PRINTER, "X-Mailer: KONICA MINOLTA bizhub C360i", Shape.CLOCK, "bizhub", 3),
)
