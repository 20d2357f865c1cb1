"""The names under which one provider sells mail: each with domains, servers, looks and a phone of its own.

Without a file there is one brand, made of the settings. With one (setting BRANDS_FILE), each `[[brand]]` says
what is its own, and has the rest from the settings:

    [[brand]]
    slug = "aozora"
    name = { ja = "あおぞらネット", en = "Aozora Net" }
    domains = ["aozora.example", "mail.aozora.example"]
    smtp_host = "smtp.aozora.example"
    site = "https://mail.aozora.example"
    phone = "0120-111-111"
    colour = "#00508c"
    logo = "aozora.svg"
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings

from campaign import tables
from campaign.tables import Words, WrongFile, wrong

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
COLOUR = re.compile(r"#[0-9a-f]{6}")
LOGO = re.compile(r"[\w-]+\.(?:svg|png)")
MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\.[\w-]+", re.ASCII)
CONTRAST = 4.5  # of white text on the brand's colour (WCAG 2.2, 1.4.3)
OLD_PORT = 25  # nobody shall be told to send there again
OF_SETTINGS = {  # what a brand does not say of itself
    "site": "PUBLIC_URL",
    "home": "PROVIDER_HOME",
    "smtp_host": "SMTP_HOST",
    "smtp_port": "SMTP_PORT",
    "other_smtp_port": "OTHER_SMTP_PORT",
    "pop_host": "POP_HOST",
    "pop_port": "POP_PORT",
    "imap_host": "IMAP_HOST",
    "imap_port": "IMAP_PORT",
    "login": "LOGIN_FORM",
    "phone": "SUPPORT_PHONE",
    "notice_from": "NOTICE_FROM",
    "reply_to": "NOTICE_REPLY_TO",
}


@dataclass(frozen=True)
class Brand:
    """`domains` are those of its mailboxes, the first is the one in examples; `site` is where its public pages
    are, `home` its top page. A host that is "" is a service that is not offered, and a port that is 0 none.
    `smtp_port` is the one that customers enter, with TLS from the first byte (465) or by STARTTLS (others);
    `other_smtp_port` the one for programs that cannot use it. `login` is what they enter as user name.
    Notices come from `notice_from`; what is answered to them goes to `reply_to`."""

    slug: str
    name: Words
    domains: tuple[str, ...]
    site: str
    home: str
    smtp_host: str
    smtp_port: int
    other_smtp_port: int
    pop_host: str
    pop_port: int
    imap_host: str
    imap_port: int
    login: Literal["address", "local_part"]
    phone: str
    hours: Words
    notice_from: str
    reply_to: str
    colour: str = ""
    logo: str = ""

    def __hash__(self) -> int:
        """Of what tells brands apart: one is looked up for each mail, and all its fields would take longer."""
        return hash((self.slug, self.site))

    @property
    def host(self) -> str:
        """The web host of its public pages, without the port."""
        return (urlsplit(self.site).hostname or "").lower()


@dataclass(frozen=True)
class OwnPart:
    """What a `[[brand]]` of the file may say; `offers` are the ways to receive mail that it has. Answers to
    a brand with a `notice_from` of its own go there, where it names no other `reply_to`."""

    slug: str
    name: Words
    domains: tuple[str, ...]
    site: str | None = None
    home: str | None = None
    smtp_host: str | None = None
    smtp_port: int | None = None
    other_smtp_port: int | None = None
    pop_host: str | None = None
    pop_port: int | None = None
    imap_host: str | None = None
    imap_port: int | None = None
    login: Literal["address", "local_part"] | None = None
    phone: str | None = None
    hours: Words | None = None
    notice_from: str | None = None
    reply_to: str | None = None
    colour: str = ""
    logo: str = ""
    offers: tuple[Literal["pop", "imap"], ...] = ("pop", "imap")


@dataclass(frozen=True)
class BrandsFile:
    brand: tuple[OwnPart, ...]


@dataclass(frozen=True)
class Known:
    """All brands, and which of them a domain or a web host belongs to."""

    brands: tuple[Brand, ...]
    by_domain: dict[str, Brand]
    by_host: dict[str, Brand]


def brands() -> tuple[Brand, ...]:
    """All brands, in the order of the file; the first is the provider's main one. Raises `WrongFile`."""
    return _known().brands


def main_brand() -> Brand:
    return brands()[0]


def of_domain(domain: str) -> Brand | None:
    """The brand whose mailboxes have this domain; None for a stranger's."""
    return _known().by_domain.get(domain.lower().rstrip("."))


def of_login(login: str) -> Brand:
    """The brand of a customer; the main one where the login has no domain, or one that no brand names."""
    return by_login()(login)


def by_login() -> Callable[[str], Brand]:
    """`of_login` for many, after one look at the settings."""
    known = _known()
    by_domain, main = known.by_domain, known.brands[0]
    return lambda login: by_domain.get(login.rpartition("@")[2].lower().rstrip("."), main)


def of_host(host: str) -> Brand:
    """The brand whose pages this web host shows; the main one for any other. Brands may share a host: the first."""
    known = _known()
    return known.by_host.get(host.partition(":")[0].lower().rstrip(".")) or known.brands[0]


def web_hosts() -> set[str]:
    """Where browsers and mail programs ask us: each brand's pages, and the hosts by which the settings of its domains
    are looked for, which may be the domain itself. Raises `WrongFile`."""
    return {host for brand in brands() for host in (brand.host, *brand.domains, *_setup_hosts(brand))}


def _setup_hosts(brand: Brand) -> set[str]:
    """Where mail programs ask for the settings of a domain."""
    return {f"{name}.{domain}" for name in ("autoconfig", "autodiscover") for domain in brand.domains}


def _known() -> Known:
    """Found again for each mail and page: so the settings are only compared with those of the last time."""
    words = (*settings.PROVIDER_NAME.items(), *settings.SUPPORT_HOURS.items())
    domains = (settings.DEFAULT_DOMAIN, *settings.LOCAL_DOMAINS)
    values = (getattr(settings, name) for name in OF_SETTINGS.values())
    return _found(settings.BRANDS_FILE, words, domains, *values)


@lru_cache(maxsize=4)
def _found(file: str, *_settings: object) -> Known:
    base = _of_settings()
    found = _read(Path(file), base) if file else (base,)
    by_host: dict[str, Brand] = {}
    for brand in found:
        for host in (brand.host, *_setup_hosts(brand)):
            by_host.setdefault(host, brand)
    return Known(found, {domain: brand for brand in found for domain in brand.domains}, by_host)


def _of_settings() -> Brand:
    return Brand(
        slug="main",
        name=Words(en=settings.PROVIDER_NAME["en"], ja=settings.PROVIDER_NAME["ja"]),
        domains=tuple(dict.fromkeys((settings.DEFAULT_DOMAIN, *settings.LOCAL_DOMAINS))),
        hours=Words(en=settings.SUPPORT_HOURS["en"], ja=settings.SUPPORT_HOURS["ja"]),
        **{field: getattr(settings, name) for field, name in OF_SETTINGS.items()},
    )


def _read(path: Path, base: Brand) -> tuple[Brand, ...]:
    parts = tables.read(path, BrandsFile).brand
    try:
        found = tuple(_checked(_completed(part, base), f"brand[{place}]") for place, part in enumerate(parts, 1))
        _check_together(found)
    except WrongFile as error:
        raise WrongFile(f"{path.name}: {error}") from None
    return found


def _completed(part: OwnPart, base: Brand) -> Brand:
    values = {}
    for name in (each.name for each in fields(Brand)):
        own = getattr(part, name)
        values[name] = getattr(base, name) if own is None else own
    if part.notice_from and not part.reply_to:
        values["reply_to"] = part.notice_from
    if part.site:
        values["site"] = part.site.rstrip("/")
    not_offered = {f"{service}_host": "" for service in ("pop", "imap") if service not in part.offers}
    return Brand(**values | not_offered)


def _checked(brand: Brand, where: str) -> Brand:
    rules = {
        "slug": (SLUG.fullmatch(brand.slug), "small letters, digits and hyphens"),
        "site": (
            urlsplit(brand.site).scheme in ("http", "https") and brand.host,
            "an address as https://mail.isp.example",
        ),
        "home": (urlsplit(brand.home).scheme in ("http", "https"), "an address as https://www.isp.example/"),
        "colour": (not brand.colour or COLOUR.fullmatch(brand.colour), "a colour as #00508c, in small letters"),
        "logo": (not brand.logo or LOGO.fullmatch(brand.logo), "the name of an svg or png file beside this one"),
        "notice_from": (MAILBOX.fullmatch(brand.notice_from), "an address as mail-support@isp.example"),
        "reply_to": (MAILBOX.fullmatch(brand.reply_to), "an address as mail-support@isp.example"),
        "smtp_host": (HOST.fullmatch(brand.smtp_host), "a host as smtp.isp.example"),
        "pop_host": (not brand.pop_host or HOST.fullmatch(brand.pop_host), "a host as pop.isp.example"),
        "imap_host": (not brand.imap_host or HOST.fullmatch(brand.imap_host), "a host as imap.isp.example"),
        "domains": (
            brand.domains and all(map(HOST.fullmatch, brand.domains)),
            "domains as isp.example, in small letters",
        ),
    }
    for name, (fine, wanted) in rules.items():
        if not fine:
            raise wrong(f"{where}.{name}", getattr(brand, name), wanted)
    if not brand.pop_host and not brand.imap_host:
        raise wrong(f"{where}.offers", (), "pop, imap or both")
    for name in ("smtp_port", "other_smtp_port", "pop_port", "imap_port"):
        if not 0 <= (port := getattr(brand, name)) <= 65535 or port == OLD_PORT or (name == "smtp_port" and not port):
            raise wrong(f"{where}.{name}", port, "a port from 1 to 65535, and not 25")
    if brand.colour and contrast_with_white(brand.colour) < CONTRAST:
        raise wrong(f"{where}.colour", brand.colour, f"one that white text is legible on ({CONTRAST} to 1)")
    return brand


def _check_together(found: tuple[Brand, ...]) -> None:
    if not found:
        raise WrongFile("no [[brand]], wanted at least one")
    for name, values in {
        "slug": [brand.slug for brand in found],
        "domains": [domain for brand in found for domain in brand.domains],
    }.items():
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise wrong(name, twice[0], "that of one brand only")


def contrast_with_white(colour: str) -> float:
    """How well white text is told from this colour (WCAG 2.2: relative luminance, contrast ratio)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
