"""Every set-up file keeps to its readers' tables, whatever the provider's servers are; and the tables find mistakes."""

import pytest
import setup_formats
from hypothesis import given
from setup_brands import ADDRESS, some_brands

from campaign import brands
from notices.guides.setup import apple, mozilla, outlook


@given(brand=some_brands)
def test_no_table_has_anything_against_our_files(brand):
    config = mozilla.config(brand)
    assert setup_formats.mozilla(config) == []
    assert setup_formats.android(config) == ([] if brand.imap_host else ["no IMAP, so the whole file is refused"])
    assert setup_formats.outlook(outlook.answer(brand, ADDRESS)) == []
    assert setup_formats.apple(apple.profile(brand, ADDRESS, language="ja")) == []


def spoilt(content: bytes, old: str, new: str) -> bytes:
    assert content.count(old.encode()) >= 1, f"{old} is not in the file"
    return content.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<?xml", "\ufeff<?xml", "a byte order mark"),
        ("</clientConfig>", "", "no XML"),
        ("みほん", "\x00", "no XML"),
        ('"1.1"', '"2.0"', "version '2.0'"),
        ('id="isp.example"', 'name="isp.example"', "id '' is no host name"),
        ("<domain>isp.example</domain>", "", "no domain"),
        ("<domain>isp.example<", "<domain>.isp<", "domain '.isp' is no host name"),
        ("<displayName>", "<displayName>" + "x" * 60, "wanted 1 to 60"),
        ("displayShortName>", "shortName>", "no XML"),
        ('type="pop3"', 'type="pop"', "incomingServer type 'pop'"),
        ('type="smtp"', 'type="SMTP"', "outgoingServer type 'SMTP'"),
        ("<hostname>pop.isp.example</hostname>", "<hostName>pop.isp.example</hostName>", "unknown hostName"),
        ("<hostname>smtp", "<hostname>https://smtp", "hostname 'https://smtp"),
        ("<port>465<", "<port>99999<", "port '99999'"),
        ("<port>465<", "<port>smtps<", "port 'smtps'"),
        ("<port>465<", "<port>25<", "port 25 is the old way"),
        ("<socketType>SSL<", "<socketType>TLS<", "socketType 'TLS'"),
        ("<socketType>STARTTLS<", "<socketType>plain<", "socketType 'plain'"),
        ("<socketType>STARTTLS<", "<socketType>SSL<", "on port 587, wanted STARTTLS"),
        ("%EMAILADDRESS%", "%EMAIL%", "username '%EMAIL%'"),
        ("%EMAILADDRESS%", "", "username ''"),
        ("password-cleartext", "smtp-after-pop", "authentication 'smtp-after-pop'"),
        ("password-cleartext", "none", "authentication 'none'"),
        ("password-cleartext", "client-IP-address", "authentication 'client-IP-address'"),
        ('lang="ja"', "", "descr without a language"),
        ('url="http', 'url="ftp', "documentation at 'ftp"),
    ],
)
def test_the_table_of_mozillas_file_finds(old, new, fault):
    content = mozilla.config(brands.main_brand())
    assert fault in "\n".join(setup_formats.mozilla(spoilt(content, old, new)))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("responseschema/2006a", "responseschema/2007", "in their namespaces"),
        ("responseschema/2006", "responseschema/2007", "in their namespaces"),
        (">email<", ">exchange<", "AccountType 'exchange'"),
        (">settings<", ">redirectUrl<", "Action 'redirectUrl'"),
        ("<Type>POP3<", "<Type>POP<", "Type 'POP'"),
        ("<Port>465<", "<Port>0<", "port '0'"),
        ("<Port>465<", "<Port>25<", "port 25"),
        ("<SSL>on<", "<SSL>off<", "SSL 'off'"),
        ("<Encryption>TLS<", "<Encryption>None<", "Encryption 'None'"),
        ("<Encryption>TLS<", "<Encryption>SSL<", "Encryption 'SSL' on port 587"),
        ("<SPA>off<", "<SPA>on<", "SPA 'on'"),
        ("<AuthRequired>on<", "<AuthRequired>off<", "AuthRequired 'off'"),
        ("<SMTPLast>off<", "<SMTPLast>on<", "SMTPLast 'on'"),
        ("<SMTPLast>off</SMTPLast>", "", "Protocol has 0 SMTPLast"),
        ("<LoginName>hanako@isp.example<", "<LoginName>%EMAILADDRESS%<", "no placeholder is filled in"),
        ("<TTL>24<", "<TTL>soon<", "TTL 'soon'"),
        ("<Server>pop", "<Host>x</Host><Server>pop", "unknown Host"),
    ],
)
def test_the_table_of_autodiscover_finds(old, new, fault):
    content = outlook.answer(brands.main_brand(), ADDRESS)
    assert fault in "\n".join(setup_formats.outlook(spoilt(content, old, new)))


def test_the_table_of_autodiscover_wants_a_way_to_send():
    parts = outlook.answer(brands.main_brand(), ADDRESS).decode().split("<Protocol>")
    without = "<Protocol>".join(part for part in parts if "<Type>SMTP<" not in part)
    (fault,) = setup_formats.outlook((without + "</Account></Response></Autodiscover>").encode())
    assert fault == "only ['POP3', 'IMAP'], wanted a way to receive and a way to send"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<plist", "<list", "no property list"),
        (">com.apple.mail.managed<", ">com.apple.mail<", "wanted com.apple.mail.managed"),
        ("<key>PayloadIdentifier</key>", "<key>PayloadId</key>", "unknown PayloadId"),
        ("<key>EmailAccountType</key>", "<key>EmailType</key>", "lacks EmailAccountType"),
        (">EmailTypeIMAP<", ">IMAP<", "EmailAccountType 'IMAP'"),
        (">EmailAuthPassword<", ">EmailAuthNone<", "MailServerAuthentication 'EmailAuthNone'"),
        ("<integer>465<", "<integer>25<", "port 25"),
        ("<integer>465</integer>", "<string>465</string>", "PortNumber is '465', wanted int"),
        ("<key>OutgoingMailServerPortNumber</key>\n\t\t\t<integer>465</integer>", "", "port 'left out'"),
        ("<true/>", "<false/>", "UseSSL False"),
        (">smtp.isp.example<", ">smtp<", "OutgoingMailServerHostName 'smtp'"),
        ("<key>EmailAddress</key>", "<key>OutgoingPassword</key>", "unknown OutgoingPassword"),
    ],
)
def test_the_table_of_apples_profile_finds(old, new, fault):
    content = apple.profile(brands.main_brand(), ADDRESS, language="ja")
    assert fault in "\n".join(setup_formats.apple(spoilt(content, old, new)))
