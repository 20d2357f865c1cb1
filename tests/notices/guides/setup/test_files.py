"""What the set-up files tell programs, whatever the provider's servers are: never a way without a password."""

import plistlib
import re
import subprocess
from xml.etree import ElementTree

import dns.rdatatype
import dns.zone
import pytest
from authority import Authority
from hypothesis import given
from setup_brands import ADDRESS, some_brands

from campaign import brands
from notices.guides.setup import apple, mozilla, outlook, records, snippets


def parsed(content: bytes) -> ElementTree.Element:
    """With all namespaces taken off."""
    root = ElementTree.fromstring(content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def texts(element: ElementTree.Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


@given(brand=some_brands)
def test_every_way_out_wants_a_password_over_tls_and_none_is_port_25(brand):
    for server in parsed(mozilla.config(brand)).iter("outgoingServer"):
        told = texts(server)
        assert told["hostname"] == brand.smtp_host and told["port"] != "25"
        assert told["socketType"] == ("SSL" if told["port"] == "465" else "STARTTLS")
        assert told["authentication"] == "password-cleartext" and told["username"].startswith("%EMAIL")
    protocols = [texts(each) for each in parsed(outlook.answer(brand, ADDRESS)).iter("Protocol")]
    for told in protocols:
        assert (told["SSL"], told["SPA"], told["AuthRequired"]) == ("on", "off", "on") and told["Port"] != "25"
        assert (
            told["Encryption"] == ("SSL" if told["Port"] in ("465", "993", "995") else "TLS") or told["Type"] == "SMTP"
        )
    assert {told["SMTPLast"] for told in protocols if told["Type"] == "SMTP"} == {"off"}
    mail = plistlib.loads(apple.profile(brand, ADDRESS, language="ja"))["PayloadContent"][0]
    assert mail["OutgoingMailServerAuthentication"] == mail["IncomingMailServerAuthentication"] == "EmailAuthPassword"
    assert mail["OutgoingMailServerPortNumber"] != 25 and mail["OutgoingMailServerUseSSL"] is True
    assert not any("Password" in key and "Same" not in key for key in mail)
    assert not any(
        re.search(r"\._smtp\.|^_smtp\.| 25 ", line) for line in records.zone(brand, "isp.example", site_host="g")
    )
    assert "auth on" in snippets.msmtprc(brand, ADDRESS) and "smtp_sasl_auth_enable = yes" in snippets.postfix(
        brand, ADDRESS
    )


@given(brand=some_brands)
def test_mozillas_file_names_all_domains_and_the_best_way_first(brand):
    provider = parsed(mozilla.config(brand)).find("emailProvider")
    assert [each.text for each in provider.findall("domain")] == list(brand.domains)
    incoming = [each.get("type") for each in provider.findall("incomingServer")]
    assert incoming == (["pop3", "imap"] if brand.imap_host else ["pop3"])
    outgoing = [int(texts(each)["port"]) for each in provider.findall("outgoingServer")]
    assert outgoing == sorted({*outgoing}, key=lambda port: (port != 465, outgoing.index(port)))


QUESTION = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
<Request><EMailAddress>hanako@isp.example</EMailAddress>
<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
</Request></Autodiscover>"""


def test_autodiscovers_question_is_understood_in_any_namespace():
    for text in (
        QUESTION,
        QUESTION.replace("outlook/requestschema", "mobilesync/requestschema"),
        QUESTION.split("?>", 1)[1],
    ):
        found = outlook.asked(text.encode())
        assert (found.address, found.schema) == ("hanako@isp.example", outlook.SETTINGS)
    assert outlook.asked(b"<a/>") == outlook.Question("", "")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "is no XML"),
        (b"<Autodiscover><Request>", "is no XML"),
        (b"\xff\xfe<\x00", "is no XML"),
        (b"<a>" + b"x" * outlook.LARGEST + b"</a>", "has 8199 bytes, wanted at most 8192"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "has a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16"), "has a document type"),
    ],
)
def test_what_is_no_question_is_refused(body, complaint):
    with pytest.raises(outlook.Unreadable, match=complaint):
        outlook.asked(body)


def test_outlook_gets_the_login_in_the_providers_form_and_the_best_way_first(settings):
    settings.LOGIN_FORM = "local_part"
    protocols = [texts(each) for each in parsed(outlook.answer(brands.main_brand(), ADDRESS)).iter("Protocol")]
    assert [(told["Type"], told["Port"]) for told in protocols] == [
        ("POP3", "995"),
        ("IMAP", "993"),
        ("SMTP", "465"),
        ("SMTP", "587"),
    ]
    assert {told["LoginName"] for told in protocols} == {"hanako"}


def test_a_second_profile_for_the_same_account_replaces_the_first_and_another_account_has_its_own():
    brand = brands.main_brand()
    first, again, other = (
        plistlib.loads(apple.profile(brand, address, language="en"))
        for address in (ADDRESS, ADDRESS, "taro@isp.example")
    )
    assert first == again
    names = ("PayloadIdentifier", "PayloadUUID")
    assert all(first[name] != other[name] for name in names)
    assert all(first["PayloadContent"][0][name] != other["PayloadContent"][0][name] for name in names)
    assert first["PayloadContent"][0]["EmailAccountType"] == "EmailTypeIMAP"


@pytest.fixture
def chain(tmp_path):
    """What profiles are signed with, and the file of the authority that it leads to."""
    authority = Authority(tmp_path)
    file = authority.issue("guide.isp.example")
    return apple.signer(certificate=file, key=file), authority.certificate


def test_openssl_finds_the_signature_good_and_the_profile_within_unchanged(chain, tmp_path):
    signer, authority = chain
    content = apple.profile(brands.main_brand(), ADDRESS, language="ja")
    (tmp_path / "signed").write_bytes(apple.signed(content, signer))
    verify = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "signed"), "-binary"]
    found = subprocess.run([*verify, "-CAfile", str(authority), "-purpose", "any"], capture_output=True, check=True)
    assert found.stdout == content


def test_a_certificate_and_a_key_that_do_not_fit_say_which_files(tmp_path):
    authority = Authority(tmp_path)
    mine, other = authority.issue("guide.isp.example"), authority.issue("other.isp.example")
    (tmp_path / "text").write_text("no key")
    for certificate, key, complaint in (
        (mine, tmp_path / "text", rf"{mine.name} with .*text"),
        (tmp_path / "text", mine, r"text with "),
        (mine, other, rf"{other.name} is not the key of .*{mine.name}"),
        (mine, None, "one of certificate and key is missing"),
        (None, mine, "one of certificate and key is missing"),
    ):
        with pytest.raises(apple.NotSignable, match=complaint):
            apple.signer(certificate=certificate, key=key)


def test_the_records_are_a_zone_that_names_each_service_or_says_that_there_is_none(settings):
    settings.IMAP_HOST = ""
    lines = records.zone(brands.main_brand(), "isp.example", site_host="guide.isp.example")
    head = ["$TTL 3600", "@ IN SOA ns.isp.example. root.isp.example. 1 1 1 1 1", "@ IN NS ns.isp.example."]
    zone = dns.zone.from_text("\n".join([*head, *lines]) + "\n", origin="isp.example.", relativize=False)
    found = {
        str(name).split(".")[0]: (record.priority, record.port, str(record.target))
        for name, _, record in zone.iterate_rdatas(dns.rdatatype.SRV)
    }
    assert found == {
        "_submissions": (0, 465, "smtp.isp.example."),
        "_submission": (10, 587, "smtp.isp.example."),
        "_imaps": (0, 0, "."),
        "_imap": (0, 0, "."),
        "_pop3s": (10, 995, "pop.isp.example."),
        "_pop3": (0, 0, "."),
        "_autodiscover": (0, 443, "autodiscover.isp.example."),
    }


def test_the_snippets_name_server_port_and_login_and_no_password():
    brand = brands.main_brand()
    assert "host smtp.isp.example\nport 465\nfrom hanako@isp.example\nuser hanako@isp.example\n" in snippets.msmtprc(
        brand, ADDRESS
    )
    assert "tls_starttls off" in snippets.msmtprc(brand, ADDRESS)
    told = snippets.postfix(brand, ADDRESS)
    assert "relayhost = [smtp.isp.example]:465\n" in told and "smtp_tls_wrappermode = yes" in told
    assert "[smtp.isp.example]:465 hanako@isp.example:PASSWORD" in told
