"""Apple's configuration profile, `.mobileconfig`, for a new account on an iPhone, an iPad or a Mac.

Source: Apple's device-management schema, payload `com.apple.mail.managed`. The identifiers are made from brand
and address, so that a second download replaces the first profile instead of adding an account.
"""

import plistlib
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509 import Certificate, load_pem_x509_certificates

from campaign.brands import Brand
from notices.guides.setup.servers import incoming, outgoing, user_name

TYPES = {"pop": "EmailTypePOP", "imap": "EmailTypeIMAP"}
PASSWORD = "EmailAuthPassword"


class NotSignable(Exception):
    """Certificate and key cannot sign; the text says what is wrong with them."""


def profile(brand: Brand, address: str, *, language: str) -> bytes:
    """An unsigned profile for one account, by IMAP where it is offered: a new device shall not take mail away.

    No password is in it; the device asks for one, and uses it for receiving and sending.
    """
    receive = incoming(brand)[-1]
    send = outgoing(brand)[0]
    name = brand.name[language]
    identifier = ".".join(reversed(brand.domains[0].split("."))) + f".mail.{_uuid(brand, address, 'account')}"
    mail = {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{identifier}.account",
        "PayloadUUID": _uuid(brand, address, "account"),
        "PayloadDisplayName": name,
        "EmailAccountType": TYPES[receive.service],
        "EmailAccountDescription": name,
        "EmailAddress": address,
        "IncomingMailServerAuthentication": PASSWORD,
        "IncomingMailServerHostName": receive.host,
        "IncomingMailServerPortNumber": receive.port,
        "IncomingMailServerUseSSL": True,
        "IncomingMailServerUsername": user_name(brand, address),
        "OutgoingMailServerAuthentication": PASSWORD,
        "OutgoingMailServerHostName": send.host,
        "OutgoingMailServerPortNumber": send.port,  # left out, port 25 would be tried first
        "OutgoingMailServerUseSSL": True,
        "OutgoingMailServerUsername": user_name(brand, address),
        "OutgoingPasswordSameAsIncomingPassword": True,
    }
    return plistlib.dumps({
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": _uuid(brand, address, "profile"),
        "PayloadDisplayName": f"{name} ({address})",
        "PayloadOrganization": name,
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [mail],
    })  # fmt: skip


def _uuid(brand: Brand, address: str, what: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{what}.{brand.slug}.{address.lower()}")).upper()


@dataclass(frozen=True)
class Signer:
    """What profiles are signed with: the certificate, those that lead from it to one that devices know, and its key."""

    own: Certificate
    chain: tuple[Certificate, ...]
    key: RSAPrivateKey | EllipticCurvePrivateKey


def signer(*, certificate: Path | None, key: Path | None) -> Signer:
    """`certificate` is a PEM file with the chain, its own first. Raises `NotSignable`."""
    if certificate is None or key is None:
        raise NotSignable("one of certificate and key is missing")
    try:
        own, *chain = load_pem_x509_certificates(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise NotSignable(f"{certificate} with {key}: {error}") from error
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise NotSignable(f"{key} is neither an RSA nor an elliptic-curve key")
    if private.public_key() != own.public_key():
        raise NotSignable(f"{key} is not the key of {certificate}")
    return Signer(own, tuple(chain), private)


def signed(content: bytes, by: Signer) -> bytes:
    """The profile within its signature (CMS, DER)."""
    builder = PKCS7SignatureBuilder().set_data(content).add_signer(by.own, by.key, hashes.SHA256())
    for each in by.chain:
        builder = builder.add_certificate(each)
    return builder.sign(Encoding.DER, [PKCS7Options.Binary])
