"""Mozilla's autoconfig, `config-v1.1.xml`: read by Thunderbird and others, and by Microsoft's cloud.

Source: draft-ietf-mailmaint-autoconfig, and the reader in Thunderbird's source. The reader for Android
takes the file only if there is IMAP, and refuses it whole for any value that it does not know.
"""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings

from campaign.brands import Brand
from notices.guides.setup.servers import Server, incoming, outgoing

TYPES = {"pop": "pop3", "imap": "imap", "smtp": "smtp"}
USER = {"address": "%EMAILADDRESS%", "local_part": "%EMAILLOCALPART%"}
LONGEST_NAME, LONGEST_SHORT_NAME = 60, 20


def config(brand: Brand) -> bytes:
    """The file for all domains of a brand; the program fills in the address itself."""
    root = Element("clientConfig", version="1.1")
    provider = SubElement(root, "emailProvider", id=brand.domains[0])
    for domain in brand.domains:
        SubElement(provider, "domain").text = domain
    name = brand.name[settings.LANGUAGE_CODE]
    SubElement(provider, "displayName").text = name[:LONGEST_NAME]
    SubElement(provider, "displayShortName").text = name[:LONGEST_SHORT_NAME]
    for server in incoming(brand):
        _add(provider, "incomingServer", server, brand)
    for server in outgoing(brand):
        _add(provider, "outgoingServer", server, brand)
    documentation = SubElement(provider, "documentation", url=f"{brand.site}/{settings.LANGUAGE_CODE}/")
    for language, words in (("ja", "メールの設定"), ("en", "How to set up mail")):
        SubElement(documentation, "descr", lang=language).text = words
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(provider: Element, kind: str, server: Server, brand: Brand) -> None:
    found = SubElement(provider, kind, type=TYPES[server.service])
    SubElement(found, "hostname").text = server.host
    SubElement(found, "port").text = str(server.port)
    SubElement(found, "socketType").text = "SSL" if server.tls_at_once else "STARTTLS"
    SubElement(found, "username").text = USER[brand.login]
    SubElement(found, "authentication").text = "password-cleartext"  # within TLS: SASL PLAIN or LOGIN
