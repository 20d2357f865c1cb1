"""What the readers of set-up files demand, as tables, and what of it a file breaks.

Written from draft-ietf-mailmaint-autoconfig and the two readers' own rules, from Microsoft's description of the 2006a
response, and from Apple's device-management schema. Stricter than any of them where a value would weaken the
campaign: nothing without TLS, nothing without a password, nothing on port 25, no name that nobody reads.
"""

import plistlib
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\Z")
ENCRYPTED_AT = {465: "SSL", 993: "SSL", 995: "SSL", 587: "STARTTLS", 143: "STARTTLS", 110: "STARTTLS"}
WEB = re.compile(r"https?://\S+\Z")


def _port(text: str | int) -> Iterator[str]:
    if not re.fullmatch(r"[1-9]\d{0,4}", str(text)) or int(text) > 65535:
        yield f"port {text!r}"
    elif int(text) == 25:
        yield "port 25 is the old way"


def _choice(name: str, given: str, among: tuple[str, ...]) -> Iterator[str]:
    if given not in among:
        yield f"{name} {given!r}, wanted one of {', '.join(among)}"


def _parsed(content: bytes) -> Element | str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "a byte order mark"
    try:
        content.decode("utf-8")
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        return f"no XML in UTF-8: {error}"


def _children(element: Element, *, once: tuple[str, ...], many: tuple[str, ...] = ()) -> Iterator[str]:
    """What is missing, too many, or of a name that no reader knows."""
    names = [child.tag for child in element]
    for name in once:
        if names.count(name) != 1:
            yield f"{element.tag} has {names.count(name)} {name}"
    for name in sorted({*names} - {*once, *many}):
        yield f"{element.tag} has an unknown {name}"


# --- Mozilla's autoconfig ---

SERVER = ("hostname", "port", "socketType", "username", "authentication")
KINDS = {"incomingServer": ("pop3", "imap"), "outgoingServer": ("smtp",)}
LENGTHS = {"displayName": 60, "displayShortName": 20}
PLACEHOLDERS = ("%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%")


def mozilla(content: bytes) -> list[str]:
    """What Thunderbird on a desktop, or the pull request to its database, would object to."""
    root = _parsed(content)
    return [root] if isinstance(root, str) else list(_client_config(root))


def android(content: bytes) -> list[str]:
    """The same for Thunderbird on Android: all of it, and IMAP."""
    found = mozilla(content)
    root = _parsed(content)
    if isinstance(root, Element) and not root.findall("emailProvider/incomingServer[@type='imap']"):
        found.append("no IMAP, so the whole file is refused")
    return found


def _client_config(root: Element) -> Iterator[str]:
    if root.tag != "clientConfig":
        yield f"the root is {root.tag}"
    yield from _choice("version", root.get("version", ""), ("1.1",))
    yield from _children(root, once=("emailProvider",))
    for provider in root.findall("emailProvider"):
        yield from _provider(provider)


def _provider(provider: Element) -> Iterator[str]:
    yield from _children(provider, once=tuple(LENGTHS), many=("domain", *KINDS, "documentation"))
    for name, host in [("id", provider.get("id", "")), *(("domain", each.text) for each in provider.iter("domain"))]:
        if not HOST.match(host or ""):
            yield f"{name} {host!r} is no host name"
    for name in ("domain", *KINDS):
        if provider.find(name) is None:
            yield f"no {name}"
    for name, longest in LENGTHS.items():
        if not 0 < len((provider.findtext(name) or "").strip()) <= longest:
            yield f"{name} is {provider.findtext(name)!r}, wanted 1 to {longest} characters"
    for name, kinds in KINDS.items():
        for server in provider.findall(name):
            yield from _choice(f"{name} type", server.get("type", ""), kinds)
            yield from _server(server)
    for page in provider.findall("documentation"):
        yield from _children(page, once=(), many=("descr",))
        if not WEB.match(page.get("url", "")):
            yield f"documentation at {page.get('url')!r}"
        if any(not re.fullmatch(r"[a-z]{2}", each.get("lang", "")) for each in page):
            yield "descr without a language"


def _server(server: Element) -> Iterator[str]:
    yield from _children(server, once=SERVER)
    told = {name: server.findtext(name) or "" for name in SERVER}
    if not HOST.match(told["hostname"]):
        yield f"hostname {told['hostname']!r}"
    yield from _port(told["port"])
    yield from _choice("socketType", told["socketType"], ("SSL", "STARTTLS"))
    usual = ENCRYPTED_AT.get(int(told["port"]) if told["port"].isdecimal() else 0)
    if usual and told["socketType"] != usual:
        yield f"socketType {told['socketType']!r} on port {told['port']}, wanted {usual}"
    unknown = [each for each in re.findall(r"%[^%]*%", told["username"]) if each not in PLACEHOLDERS]
    if unknown or not told["username"]:
        yield f"username {told['username']!r}"
    yield from _choice("authentication", told["authentication"], ("password-cleartext", "password-encrypted"))


# --- Microsoft's Autodiscover ---

OUTER = "{http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006}"
INNER = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
PROTOCOL = {
    "Type": ("POP3", "IMAP", "SMTP"),
    "DomainRequired": ("off",),
    "SPA": ("off",),
    "SSL": ("on",),
    "Encryption": ("SSL", "TLS"),
    "AuthRequired": ("on",),
}
OF_SENDING = {"UsePOPAuth": ("on",), "SMTPLast": ("off",)}
FREE = ("Server", "Port", "LoginName", "TTL")
ENCRYPTIONS = {"SSL": "SSL", "STARTTLS": "TLS"}


def outlook(content: bytes) -> list[str]:
    root = _parsed(content)
    return [root] if isinstance(root, str) else list(_autodiscover(root))


def _autodiscover(root: Element) -> Iterator[str]:
    account = root.find(f"{INNER}Response/{INNER}Account")
    if root.tag != f"{OUTER}Autodiscover" or account is None:
        yield "no Autodiscover/Response/Account in their namespaces"
        return
    for element in root.iter():
        element.tag = element.tag.removeprefix(INNER).removeprefix(OUTER)
    yield from _children(root[0], once=("Account",), many=("User",))
    yield from _children(account, once=("AccountType", "Action"), many=("Protocol",))
    yield from _choice("AccountType", account.findtext("AccountType", ""), ("email",))
    yield from _choice("Action", account.findtext("Action", ""), ("settings",))
    types = [each.findtext("Type") for each in account.findall("Protocol")]
    if "SMTP" not in types or not {"POP3", "IMAP"} & {*types}:
        yield f"only {types}, wanted a way to receive and a way to send"
    for protocol in account.findall("Protocol"):
        yield from _protocol(protocol)


def _protocol(protocol: Element) -> Iterator[str]:
    fixed = PROTOCOL | (OF_SENDING if protocol.findtext("Type") == "SMTP" else {})
    yield from _children(protocol, once=(*fixed, *FREE))
    told = {child.tag: child.text or "" for child in protocol}
    for name, among in fixed.items():
        yield from _choice(name, told.get(name, ""), among)
    if not HOST.match(told.get("Server", "")):
        yield f"Server {told.get('Server')!r}"
    yield from _port(told.get("Port", ""))
    usual = ENCRYPTED_AT.get(int(told["Port"]) if told.get("Port", "").isdecimal() else 0)
    if usual and told.get("Encryption") != ENCRYPTIONS[usual]:
        yield f"Encryption {told.get('Encryption')!r} on port {told['Port']}"
    if not told.get("LoginName") or "%" in told["LoginName"]:
        yield f"LoginName {told.get('LoginName')!r}: no placeholder is filled in"
    if not re.fullmatch(r"[1-9]\d{0,3}", told.get("TTL", "")):
        yield f"TTL {told.get('TTL')!r}"


# --- Apple's profile ---

PAYLOAD = {"PayloadType": str, "PayloadVersion": int, "PayloadIdentifier": str, "PayloadUUID": str}
REQUIRED = {
    "EmailAccountType": str,
    "IncomingMailServerAuthentication": str,
    "IncomingMailServerHostName": str,
    "OutgoingMailServerAuthentication": str,
    "OutgoingMailServerHostName": str,
}
OPTIONAL = {
    "PayloadDisplayName": str,
    "EmailAccountDescription": str,
    "EmailAccountName": str,
    "EmailAddress": str,
    "IncomingMailServerPortNumber": int,
    "IncomingMailServerUseSSL": bool,
    "IncomingMailServerUsername": str,
    "OutgoingMailServerPortNumber": int,
    "OutgoingMailServerUseSSL": bool,
    "OutgoingMailServerUsername": str,
    "OutgoingPasswordSameAsIncomingPassword": bool,
}
ENVELOPE = {"PayloadDisplayName": str, "PayloadOrganization": str, "PayloadRemovalDisallowed": bool}
ENVELOPE |= {"PayloadContent": list, "PayloadDescription": str, "ConsentText": dict}
WANTED = {
    "EmailAccountType": ("EmailTypeIMAP", "EmailTypePOP"),
    "IncomingMailServerAuthentication": ("EmailAuthPassword",),
    "OutgoingMailServerAuthentication": ("EmailAuthPassword",),
    "IncomingMailServerUseSSL": (True,),
    "OutgoingMailServerUseSSL": (True,),
}
UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\Z")


def apple(content: bytes) -> list[str]:
    try:
        whole = plistlib.loads(content)
    except (plistlib.InvalidFileException, ValueError, ExpatError) as error:
        return [f"no property list: {error}"]
    parts = whole.get("PayloadContent", [])
    found = [*_keys(whole, PAYLOAD, ENVELOPE, "Configuration")]
    if len(parts) != 1:
        found.append(f"{len(parts)} accounts")
    return found + [fault for part in parts for fault in _mail(part)]


def _mail(part: dict) -> Iterator[str]:
    yield from _keys(part, PAYLOAD | REQUIRED, OPTIONAL, "com.apple.mail.managed")
    for name, among in WANTED.items():
        if part.get(name) not in among:
            yield f"{name} {part.get(name)!r}, wanted one of {among}"
    for way in ("Incoming", "Outgoing"):
        yield from _port(part.get(f"{way}MailServerPortNumber", "left out"))
        if not HOST.match(part.get(f"{way}MailServerHostName", "")):
            yield f"{way}MailServerHostName {part.get(f'{way}MailServerHostName')!r}"


def _keys(part: dict, needed: dict[str, type], other: dict[str, type], kind: str) -> Iterator[str]:
    for name in needed.keys() - part.keys():
        yield f"{kind} lacks {name}"
    for name, value in part.items():
        if (wanted := (needed | other).get(name)) is None:
            yield f"{kind} has an unknown {name}"
        elif type(value) is not wanted:
            yield f"{name} is {value!r}, wanted {wanted.__name__}"
    if (part.get("PayloadType"), part.get("PayloadVersion")) != (kind, 1):
        yield f"{part.get('PayloadType')!r} in version {part.get('PayloadVersion')!r}, wanted {kind} in version 1"
    if not UUID.match(str(part.get("PayloadUUID", ""))):
        yield f"PayloadUUID {part.get('PayloadUUID')!r}"
