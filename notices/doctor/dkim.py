"""A DKIM key as its record has it (RFC 6376, 3.6.1; RFC 8463 for Ed25519): rules on text and bytes."""

import binascii
from base64 import b64decode
from dataclasses import dataclass

RSA = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
INTEGER, BIT_STRING, OID, SEQUENCE = 0x02, 0x03, 0x06, 0x30


class BadKey(ValueError):
    """The record cannot be used; the text says why."""


@dataclass(frozen=True)
class Key:
    """What a record in the DNS says of a public key."""

    kind: str
    bits: int
    revoked: bool
    testing: bool


def tags(record: str) -> dict[str, str]:
    """`v=DKIM1; k=rsa; p=...` by name, blanks within values left out; DMARC is written the same way."""
    pairs = (part.partition("=") for part in record.split(";") if part.strip())
    return {name.strip().lower(): "".join(value.split()) for name, _equals, value in pairs}


def key(record: str) -> Key:
    """Raises `BadKey`."""
    found = tags(record)
    if found.get("v", "DKIM1") != "DKIM1":
        raise BadKey(f"its version is {found['v']!r} and not DKIM1")
    if "p" not in found:
        raise BadKey("it has no p=, the key itself")
    services = found.get("s", "*").split(":")
    if not {"*", "email"} & set(services):
        raise BadKey(f"it is for {found['s']!r} and not for mail")
    kind, testing = found.get("k", "rsa"), "y" in found.get("t", "").split(":")
    if not found["p"]:
        return Key(kind, 0, True, testing)
    try:
        raw = b64decode(found["p"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("p= is no base64") from error
    if kind == "ed25519":
        if len(raw) != 32:
            raise BadKey(f"an Ed25519 key has 32 bytes, and this one {len(raw)}")
        return Key(kind, 256, False, testing)
    if kind != "rsa":
        raise BadKey(f"k={kind} is a kind of key that receivers do not know")
    return Key(kind, _modulus_bits(raw), False, testing)


def _modulus_bits(raw: bytes) -> int:
    """Of SubjectPublicKeyInfo, or of the bare RSAPublicKey that some records have."""
    try:
        inside = _take(raw, SEQUENCE)[0]
        if inside[:1] == bytes([SEQUENCE]):
            algorithm, rest = _take(inside, SEQUENCE)
            if _take(algorithm, OID)[0] != RSA:
                raise BadKey("it says rsa, and holds a key of another kind")
            inside = _take(_take(rest, BIT_STRING)[0][1:], SEQUENCE)[0]
        return int.from_bytes(_take(inside, INTEGER)[0], "big").bit_length()
    except IndexError as error:
        raise BadKey("p= is cut off, or no RSA key") from error


def _take(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the DER element at the beginning, and what is behind it."""
    if data[0] != tag:
        raise BadKey("p= is no RSA key")
    length, begin = data[1], 2
    if length & 0x80:
        begin = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:begin], "big")
    if len(data) < begin + length:
        raise IndexError(length)
    return data[begin : begin + length], data[begin + length :]
