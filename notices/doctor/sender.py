"""What receivers look up about our mail: SPF, DKIM, DMARC, the relay's name, and where bounces go."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from notices.doctor import dkim, spf
from notices.doctor.finding import Finding, ok, problem, unchecked, warning
from notices.doctor.names import Address, Names, NoReply
from notices.doctor.spf import Evaluation, Result

LEAST_BITS, ENOUGH_BITS = 1024, 2048  # RFC 8301
POLICIES = ("none", "quarantine", "reject")
MOST_ADDRESSES = 64


def check(names: Names, *, senders: list[str], addresses: list[Address]) -> Iterator[Finding]:
    """`senders` are the addresses in From, `addresses` those that the relay's mail leaves from."""
    yield from _spf(names, addresses)
    for domain in dict.fromkeys(sender.partition("@")[2].lower() for sender in senders):
        yield from _dkim(names, domain)
        yield from _dmarc(names, domain)
    yield from _reverse(names, addresses)
    yield from _bounces(names)


def _spf(names: Names, addresses: list[Address]) -> Iterator[Finding]:
    domain = settings.NOTICE_DOMAIN
    if not addresses:
        try:
            record = spf.record_of(names, domain)
        except (spf.Broken, NoReply) as error:
            record = str(error)
        said = _("The record of %(domain)s is: %(record)s") % {"domain": domain, "record": record or "-"}
        yield unchecked("spf", said, _("Set RELAY_ADDRESSES to the addresses from which the relay's mail leaves."))
    for address in addresses:
        evaluation = Evaluation(names, address, f"notice@{domain}")
        result, why = evaluation.result(domain)
        values = {"domain": domain, "address": address, "result": result.value, "why": why}
        said = _("%(address)s for %(domain)s: %(result)s (%(why)s)") % values
        if result is Result.PASS:
            yield ok("spf", said)
        elif result is Result.TEMPERROR:
            yield unchecked("spf", said, _("Ask again later, or another name server with --nameserver."))
        else:
            yield problem("spf", said, SPF_ADVICE[result]() % values)


SPF_ADVICE = {
    Result.NONE: lambda: _("Publish a TXT record for %(domain)s such as: v=spf1 ip4:%(address)s -all"),
    Result.FAIL: lambda: _("Add %(address)s to the SPF record of %(domain)s."),
    Result.SOFTFAIL: lambda: _("Add %(address)s to the SPF record of %(domain)s."),
    Result.NEUTRAL: lambda: _("Add %(address)s to the SPF record of %(domain)s, and end it with -all or ~all."),
    Result.PERMERROR: lambda: _("Correct the SPF record of %(domain)s: receivers ignore it as it is."),
}


def _dkim(names: Names, domain: str) -> Iterator[Finding]:
    if not settings.DKIM_SELECTOR:
        yield unchecked("dkim", _("No selector is set."), _("Set DKIM_SELECTOR to the one that the relay signs with."))
        return
    name = f"{settings.DKIM_SELECTOR}._domainkey.{domain}"
    try:
        records = names.texts(name)
    except NoReply as error:
        yield unchecked("dkim", str(error), _("Ask again later, or another name server with --nameserver."))
        return
    if len(records) != 1:
        said = _("%(name)s has %(number)s TXT records.") % {"name": name, "number": len(records)}
        yield problem("dkim", said, _("Publish the public key there as one TXT record."))
        return
    try:
        yield _of_key(name, dkim.key(records[0]))
    except dkim.BadKey as error:
        said = _("The key at %(name)s cannot be used: %(error)s") % {"name": name, "error": error}
        yield problem("dkim", said, _("Publish the public key there as one TXT record."))


def _of_key(name: str, key: dkim.Key) -> Finding:
    said = f"{name}: {key.kind}, {key.bits} bits"
    if key.revoked:
        return problem("dkim", _("The key at %(name)s is revoked.") % {"name": name}, _("Sign with another selector."))
    if key.kind == "rsa" and key.bits < LEAST_BITS:
        return problem("dkim", said, _("Receivers ignore so short a key. Make one of 2048 bits."))
    if key.kind == "rsa" and key.bits < ENOUGH_BITS:
        return warning("dkim", said, _("Make a key of 2048 bits: some receivers do not trust a shorter one."))
    if key.testing:
        return warning("dkim", said, _("Take t=y out of the record: it says that signatures are only a test."))
    return ok("dkim", said)


def _dmarc(names: Names, domain: str) -> Iterator[Finding]:
    try:
        where, record = _dmarc_record(names, domain)
    except NoReply as error:
        yield unchecked("dmarc", str(error), _("Ask again later, or another name server with --nameserver."))
        return
    if not record:
        said = _("%(domain)s has no DMARC record.") % {"domain": domain}
        yield problem(
            "dmarc", said, _("Publish one at _dmarc.%(domain)s, such as: v=DMARC1; p=none") % {"domain": domain}
        )
        return
    found = dkim.tags(record)
    policy = found.get("p", "") if where == domain else found.get("sp", found.get("p", ""))
    said = f"_dmarc.{where}: {record}"
    if policy.lower() not in POLICIES:
        yield problem("dmarc", said, _("Give it a policy p=: none, quarantine or reject."))
    elif not _aligned(settings.NOTICE_DOMAIN.lower(), domain, where, strict=found.get("aspf", "r").lower() == "s"):
        values = {"sender": settings.NOTICE_DOMAIN, "domain": domain}
        advice = _("NOTICE_DOMAIN (%(sender)s) does not match the domain in From (%(domain)s): only DKIM counts.")
        yield warning("dmarc", said, advice % values)
    elif policy.lower() == "none":
        yield warning("dmarc", said, _("The policy none protects nobody yet from mail that is forged in your name."))
    else:
        yield ok("dmarc", said)


def _dmarc_record(names: Names, domain: str) -> tuple[str, str]:
    """The domain that has the record, walking up from `domain`, and the record; ("", "") where there is none."""
    labels = domain.split(".")
    for begin in range(max(len(labels) - 1, 1)):
        where = ".".join(labels[begin:])
        found = [text for text in names.texts(f"_dmarc.{where}") if dkim.tags(text).get("v") == "DMARC1"]
        if len(found) == 1:
            return where, found[0]
    return "", ""


def _aligned(envelope: str, domain: str, organization: str, *, strict: bool) -> bool:
    if strict:
        return envelope == domain
    return envelope == organization or envelope.endswith(f".{organization}")


def _reverse(names: Names, addresses: list[Address]) -> Iterator[Finding]:
    if not addresses:
        yield unchecked("ptr", _("The relay's addresses are not known."), _("Set RELAY_ADDRESSES."))
    for address in addresses:
        try:
            found = names.names_of(address)
            confirmed = [name for name in found if address in names.addresses(name)]
        except NoReply as error:
            yield unchecked("ptr", str(error), _("Ask again later, or another name server with --nameserver."))
            continue
        if confirmed:
            yield ok("ptr", f"{address}: {', '.join(confirmed)}")
        elif found:
            values = {"address": address, "names": ", ".join(found)}
            said = _("%(address)s is called %(names)s, which does not lead back to it.") % values
            yield problem("ptr", said, _("Give that name an address record with this address."))
        else:
            said = _("%(address)s has no name.") % {"address": address}
            yield problem(
                "ptr", said, _("Ask whoever gave you the address for a PTR record: many receivers refuse without.")
            )


def _bounces(names: Names) -> Iterator[Finding]:
    domain = settings.NOTICE_DOMAIN
    try:
        exchanges = names.exchanges(domain)
        hosts = [host for _preference, host in exchanges] or [domain]
        lost = [host for host in hosts if not host or not names.addresses(host)]
    except NoReply as error:
        yield unchecked("bounces", str(error), _("Ask again later, or another name server with --nameserver."))
        return
    advice = _("Bounces come back to this domain. Give it an MX record that leads to the server that runs `bounce`.")
    if len(lost) == len(hosts):
        yield problem("bounces", _("Nothing takes mail for %(domain)s.") % {"domain": domain}, advice)
    elif lost:
        values = {"domain": domain, "hosts": ", ".join(lost)}
        yield warning("bounces", _("Of the MX of %(domain)s these have no address: %(hosts)s") % values, advice)
    elif not exchanges:
        said = _("%(domain)s has no MX record, only an address.") % {"domain": domain}
        yield warning("bounces", said, advice)
    else:
        yield ok("bounces", f"{domain}: {', '.join(hosts)}")
