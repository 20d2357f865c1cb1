"""Microsoft's Autodiscover: the answer to its XML question ("POX"), and the pointer that its JSON form wants.

Source: [MS-OXDSCLI] and Microsoft's description of the 2006a response schema. Questions come with different
namespaces, so elements are known by their local names.
"""

import json
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from campaign.brands import Brand
from notices.guides.setup.servers import Server, incoming, outgoing, user_name

REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
ANSWER = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
SETTINGS = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
LARGEST = 8192  # bytes of a question
INVALID_REQUEST, NO_PROVIDER = "600", "500"
SAYS = {INVALID_REQUEST: "Invalid Request", NO_PROVIDER: "The domain is not served here"}
TYPES = {"pop": "POP3", "imap": "IMAP", "smtp": "SMTP"}
HOURS_GOOD = "24"


class Unreadable(ValueError):
    """No question of Autodiscover; the text says why."""


@dataclass(frozen=True)
class Question:
    """The address to be set up, and the form in which the answer is wanted."""

    address: str
    schema: str


def asked(body: bytes) -> Question:
    """What a program asks. No document type is taken, and with it no entity. Raises `Unreadable`."""
    if len(body) > LARGEST:
        raise Unreadable(f"the question has {len(body)} bytes, wanted at most {LARGEST}")
    texts: dict[str, str] = {}
    inside: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable("the question has a document type, wanted none")

    def data(text: str) -> None:
        if inside:
            texts[inside[-1]] = texts.get(inside[-1], "") + text

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: inside.append(name.rpartition(" ")[2])
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = data
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Unreadable(f"the question is no XML: {error}") from error
    return Question(texts.get("EMailAddress", "").strip(), texts.get("AcceptableResponseSchema", "").strip())


def question(address: str) -> bytes:
    """As Outlook asks for the settings of an address."""
    root = Element("Autodiscover", xmlns=REQUEST)
    request = SubElement(root, "Request")
    SubElement(request, "EMailAddress").text = address
    SubElement(request, "AcceptableResponseSchema").text = SETTINGS
    return _written(root)


def answer(brand: Brand, address: str) -> bytes:
    """The settings for one address of the brand, whether there is such a mailbox or not."""
    root, response = _begin(SETTINGS)
    SubElement(SubElement(response, "User"), "DisplayName").text = address
    account = SubElement(response, "Account")
    SubElement(account, "AccountType").text = "email"
    SubElement(account, "Action").text = "settings"
    for server in (*incoming(brand), *outgoing(brand)):
        _add(account, server, login=user_name(brand, address))
    return _written(root)


def refusal(code: str, *, at: str) -> bytes:
    """An error as the protocol has it; `at` is the time of day as 10:15:00.0000000."""
    root, response = _begin("")
    error = SubElement(response, "Error", Time=at, Id="1")
    SubElement(error, "ErrorCode").text = code
    SubElement(error, "Message").text = SAYS[code]
    SubElement(error, "DebugData")
    return _written(root)


def pointer(protocol: str, *, url: str) -> tuple[int, bytes]:
    """Status and body for the JSON form: it only says where the XML form is."""
    if protocol.lower() != "autodiscoverv1":
        told = {"ErrorCode": "InvalidProtocol", "ErrorMessage": "Supported values are 'AutodiscoverV1'."}
        return 400, json.dumps(told).encode()
    return 200, json.dumps({"Protocol": "AutodiscoverV1", "Url": url}).encode()


def _begin(namespace: str) -> tuple[Element, Element]:
    root = Element("Autodiscover", xmlns=ANSWER)
    return root, SubElement(root, "Response", {"xmlns": namespace} if namespace else {})


def _add(account: Element, server: Server, *, login: str) -> None:
    protocol = SubElement(account, "Protocol")
    values = {
        "Type": TYPES[server.service],
        "TTL": HOURS_GOOD,
        "Server": server.host,
        "Port": str(server.port),
        "LoginName": login,
        "DomainRequired": "off",
        "SPA": "off",  # on, it is NTLM: a password window without end
        "SSL": "on",
        "Encryption": "SSL" if server.tls_at_once else "TLS",
        "AuthRequired": "on",
    }
    if server.service == "smtp":
        values |= {"UsePOPAuth": "on", "SMTPLast": "off"}  # the last is POP before SMTP
    for name, value in values.items():
        SubElement(protocol, name).text = value


def _written(root: Element) -> bytes:
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
