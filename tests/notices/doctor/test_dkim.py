import subprocess
from base64 import b64encode

import pytest

from notices.doctor.dkim import BadKey, Key, key


@pytest.fixture(scope="module")
def public(needed, tmp_path_factory):
    """`public("rsa", 2048)` is a key as its record has it."""
    openssl = needed("openssl", package="openssl")

    def make(kind: str, bits: int = 0, *, bare: bool = False) -> str:
        path = tmp_path_factory.mktemp("keys") / "key.pem"
        more = {"rsa": f"rsa_keygen_bits:{bits}", "EC": "ec_paramgen_curve:P-256"}.get(kind)
        options = ["-algorithm", kind, *(["-pkeyopt", more] if more else [])]
        subprocess.run([openssl, "genpkey", *options, "-out", path], check=True, capture_output=True)
        command = ["rsa", "-RSAPublicKey_out"] if bare else ["pkey", "-pubout"]
        told = subprocess.run([openssl, *command, "-in", path, "-outform", "DER"], check=True, capture_output=True)
        return b64encode(told.stdout[12:] if kind == "ed25519" else told.stdout).decode()

    return make


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_an_rsa_key_tells_its_length(public, bits):
    assert key(f"v=DKIM1; k=rsa; p={public('rsa', bits)}") == Key("rsa", bits, False, False)


def test_a_bare_rsa_key_with_blanks_in_it_is_read_too(public):
    text = public("rsa", 2048, bare=True)
    assert key(f"p={text[:60]} {text[60:]};t=y:s").bits == 2048
    assert key(f"p={text};t=y:s").testing


def test_an_ed25519_key_is_known(public):
    assert key(f"v=DKIM1; k=ed25519; p={public('ed25519')}").bits == 256


def test_an_empty_key_is_revoked():
    assert key("v=DKIM1; p=").revoked


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=DKIM2; p=AAAA", "version"),
        ("v=DKIM1; k=rsa", "no p="),
        ("k=rsa; p=!!!", "no base64"),
        ("k=rsa; p=AAAA", "no RSA key"),
        ("k=rsa; p=MIIB", "cut off"),
        ("k=dsa; p=AAAA", "kind of key"),
        ("k=ed25519; p=AAAA", "32 bytes"),
        ("s=tlsrpt; p=AAAA", "not for mail"),
        ("", "no p="),
    ],
)
def test_a_record_that_cannot_be_used_says_why(record, words):
    with pytest.raises(BadKey, match=words):
        key(record)


def test_a_key_of_another_kind_under_the_name_of_rsa_is_refused(public):
    with pytest.raises(BadKey, match="another kind"):
        key(f"k=rsa; p={public('EC')}")
    with pytest.raises(BadKey, match="cut off"):
        key(f"k=rsa; p={public('rsa', 2048)[:40]}")
