"""Whether mail programs find the settings of each mail domain: the DNS records, and what the two hosts answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.utils.translation import gettext as _

from campaign.brands import Brand
from notices.doctor import https
from notices.doctor.finding import SOON, Finding, ok, problem, unchecked, warning
from notices.doctor.names import Names, NoReply
from notices.guides.setup import mozilla, outlook, records

HTTPS_PORT = 443
XML = ("application/xml", "text/xml")
NOBODY = "setup-check"  # the answers are the same for every address of a domain


@dataclass(frozen=True)
class Asked:
    """What a mail program asks of `host`, and what the product answers."""

    check: str
    host: str
    path: str
    body: bytes
    right: bytes


def check(names: Names, brand: Brand, domain: str, *, now: datetime) -> Iterator[Finding]:
    yield _services(names, brand, domain)
    address = f"{NOBODY}@{domain}"
    file = f"/mail/config-v1.1.xml?emailaddress={quote(address)}"
    yield _file(names, brand, domain, _of(domain, "autoconfig", file, b"", mozilla.config(brand)), now=now)
    path, question = "/autodiscover/autodiscover.xml", outlook.question(address)
    answer = outlook.answer(brand, address)
    yield _file(names, brand, domain, _of(domain, "autodiscover", path, question, answer), now=now)


def _of(domain: str, name: str, path: str, body: bytes, right: bytes) -> Asked:
    return Asked(name, f"{name}.{domain}", path, body, right)


def _services(names: Names, brand: Brand, domain: str) -> Finding:
    """All SRV records of a domain in one finding: they are published together."""
    missing, wrong = [], []
    try:
        for wanted in records.services(brand, domain):
            found = names.services(wanted.name)
            if not found:
                missing.append(str(wanted))
            elif found != [(wanted.priority, wanted.weight, wanted.port, wanted.target)]:
                wrong.append(str(wanted))
    except NoReply as error:
        return unchecked("srv", str(error), _("Ask again later, or another name server with --nameserver."))
    advice = "\n    ".join([_("Publish:"), *wrong, *missing])
    if wrong:
        said = _("%(domain)s: SRV records lead elsewhere than the settings say.") % {"domain": domain}
        return problem("srv", said, advice)
    if missing:
        said = _("%(domain)s: SRV records are missing, and some programs guess without them.") % {"domain": domain}
        return warning("srv", said, advice)
    return ok("srv", _("%(domain)s: all SRV records are as they should be.") % {"domain": domain})


def _file(names: Names, brand: Brand, domain: str, asked: Asked, *, now: datetime) -> Finding:
    named = {"host": asked.host}
    try:
        addresses = names.addresses(asked.host)
        if not addresses:
            line = records.host_line(asked.check, domain, site_host=brand.host)
            return problem(asked.check, _("%(host)s has no address.") % named, _("Publish: %(line)s") % {"line": line})
        answer = https.ask(asked.host, asked.path, addresses=addresses, port=HTTPS_PORT, body=asked.body)
    except NoReply as error:
        return unchecked(asked.check, str(error), _("Ask again later, or another name server with --nameserver."))
    except https.Distrusted as error:
        said = _("The certificate of %(host)s is not accepted: %(error)s") % {**named, "error": error}
        advice = _("Give the web server a certificate for %(host)s, with its whole chain: programs do not ask without.")
        return problem(asked.check, said, advice % named)
    except https.Unreached as error:
        said = _("%(host)s does not answer: %(error)s") % {**named, "error": error}
        return problem(asked.check, said, _("Let the web server take https for it (deploy/nginx.conf.example)."))
    return _of_answer(asked, answer, now=now)


def _of_answer(asked: Asked, answer: https.Answer, *, now: datetime) -> Finding:
    named = {"host": asked.host, "path": asked.path.partition("?")[0]}
    passing_on = _("Let the web server pass %(path)s of %(host)s on to us, with the host's name.") % named
    if answer.status != 200:
        said = _("%(host)s answers %(status)s for %(path)s.") % {**named, "status": answer.status}
        return problem(asked.check, said, passing_on)
    if answer.content_type not in XML:
        said = _("%(host)s says that %(path)s is %(kind)s, and programs do not read that.")
        return problem(asked.check, said % {**named, "kind": answer.content_type or "-"}, passing_on)
    if answer.body != asked.right:
        said = _("%(host)s answers for %(path)s with other settings than ours.") % named
        return problem(asked.check, said, passing_on)
    said = _("%(host)s answers with our settings; its certificate is good until %(day)s.")
    said %= {**named, "day": f"{answer.good_until:%Y-%m-%d}"}
    if answer.good_until - now < SOON:
        return warning(asked.check, said, _("Renew it: programs do not ask without a valid one."))
    return ok(asked.check, said)
