"""Whether a domain lets an address send its mail (RFC 7208, check_host), and what is wrong with its record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_network

from notices.doctor.names import Address, Names, NoReply

MOST_LOOKUPS = 10  # RFC 7208, 4.6.4
MOST_EMPTY = 2
MOST_NAMES = 10  # of the hosts that one mx names
TERM = re.compile(
    r"([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:[:]([^\s/]*(?:/(?!/?\d)[^\s/]*)*))?((?:/\d+)?(?://\d+)?)", re.I
)
MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(\S*)", re.I)


class Result(Enum):
    """RFC 7208, 2.6."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


QUALIFIERS = {"": Result.PASS, "+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}


class Broken(Exception):
    """The record cannot be evaluated: receivers answer permerror. The text says which part of it."""


@dataclass
class Evaluation:
    """One check of one address; `lookups` counts what the limit counts."""

    names: Names
    address: Address
    sender: str
    lookups: int = 0
    empty: int = 0
    trail: list[str] = field(default_factory=list)

    def result(self, domain: str) -> tuple[Result, str]:
        """The result, and the term that decided or what is wrong."""
        try:
            return self._check(domain)
        except Broken as error:
            return Result.PERMERROR, str(error)
        except NoReply as error:
            return Result.TEMPERROR, str(error)

    def _check(self, domain: str) -> tuple[Result, str]:
        if domain in self.trail:
            raise Broken(f"{domain} includes itself")
        record = record_of(self.names, domain)
        if not record:
            return Result.NONE, f"{domain} has no SPF record"
        self.trail.append(domain)
        redirect = ""
        for term in record.split()[1:]:
            mechanism, modifier = TERM.fullmatch(term), MODIFIER.fullmatch(term)
            if mechanism:
                if self._matches(domain, *(part or "" for part in mechanism.groups()[1:])):
                    self.trail.pop()
                    return QUALIFIERS[mechanism[1]], f"{term} in {domain}"
            elif modifier is None:
                raise Broken(f"{term!r} in the record of {domain} is no mechanism")
            elif modifier[1].lower() == "redirect":
                redirect = modifier[2]
        self.trail.pop()
        return self._redirected(domain, redirect) if redirect else (Result.NEUTRAL, f"nothing in {domain} fits")

    def _redirected(self, domain: str, to: str) -> tuple[Result, str]:
        self._count()
        result, why = self._check(self._expanded(to, domain))
        if result is Result.NONE:
            raise Broken(f"{domain} redirects to {to}, which has no SPF record")
        return result, why

    def _matches(self, domain: str, mechanism: str, value: str, lengths: str) -> bool:
        mechanism = mechanism.lower()
        if mechanism == "all":
            return True
        if mechanism in {"ip4", "ip6"}:
            return self._in_network(mechanism, value + lengths)
        self._count()
        target = self._expanded(value, domain) if value else domain
        if mechanism == "include":
            result, _why = self._check(target)
            if result is Result.NONE:
                raise Broken(f"{domain} includes {target}, which has no SPF record")
            return result is Result.PASS
        if mechanism == "exists":
            return bool(self._found(self.names.addresses(target)))
        if mechanism == "ptr":  # RFC 7208, 5.5: not to be used; it never speaks for an address here
            return False
        return any(self._within(each, lengths) for each in self._hosts(mechanism, target))

    def _hosts(self, mechanism: str, target: str) -> Iterator[Address]:
        if mechanism == "a":
            yield from self._found(self.names.addresses(target))
            return
        hosts = self._found(self.names.exchanges(target))
        if len(hosts) > MOST_NAMES:
            raise Broken(f"mx:{target} names more than {MOST_NAMES} hosts")
        for _preference, host in hosts:
            yield from self.names.addresses(host) if host else ()

    def _found(self, answer: list) -> list:
        if not answer:
            self.empty += 1
            if self.empty > MOST_EMPTY:
                raise Broken(f"more than {MOST_EMPTY} look-ups find nothing")
        return answer

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise Broken(f"it needs more than {MOST_LOOKUPS} look-ups, and receivers stop there")

    def _in_network(self, mechanism: str, value: str) -> bool:
        try:
            network = ip_network(value, strict=False)
        except ValueError as error:
            raise Broken(f"{mechanism}:{value} is no network") from error
        if network.version != int(mechanism[2]):
            raise Broken(f"{mechanism}:{value} is a network of the other kind")
        return self.address in network

    def _within(self, host: Address, lengths: str) -> bool:
        """`/24//64`: so many leading bits of IPv4 and of IPv6 addresses count."""
        four, _, six = lengths.partition("//")
        bits = four.strip("/") if host.version == 4 else six
        try:
            return self.address in ip_network(f"{host}/{bits}" if bits else str(host), strict=False)
        except ValueError as error:
            raise Broken(f"{lengths} is no length of a prefix") from error

    def _expanded(self, text: str, domain: str) -> str:
        """The macros that records use in practice (RFC 7208, 7); others are not evaluated."""
        local, _, sender_domain = self.sender.partition("@")
        plain = {
            "s": self.sender,
            "l": local,
            "o": sender_domain,
            "d": domain,
            "v": "in-addr" if self.address.version == 4 else "ip6",
        }
        dotted = str(self.address) if self.address.version == 4 else ".".join(self.address.exploded.replace(":", ""))
        plain |= {"i": dotted, "h": sender_domain}

        def value(found: re.Match[str]) -> str:
            parts = re.split(r"[.]", plain[found[1].lower()])
            parts = parts[::-1] if found[3] else parts
            return ".".join(parts[-int(found[2]) :] if found[2] else parts)

        expanded = re.sub(r"%\{([slodivh])(\d{0,2})(r?)\}", value, text, flags=re.I)
        if "%" in expanded:
            raise Broken(f"{text} has a macro that is not evaluated here")
        return expanded


def record_of(names: Names, domain: str) -> str:
    """The domain's record, "" if there is none. Raises `Broken` where there are two, `NoReply`."""
    found = [text for text in names.texts(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if len(found) > 1:
        raise Broken(f"{domain} has {len(found)} SPF records, and may have one")
    return found[0] if found else ""
