"""What programs and people get of set-up, by host and address."""

import json
import plistlib
import re
import subprocess

import pytest
import setup_formats
from authority import Authority

from notices.pages import limit

MOZILLA = "/mail/config-v1.1.xml"
POX = "/autodiscover/autodiscover.xml"
SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
PAGE, FILE = "/en/setup/", "/en/setup/file/"


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["*"]


def question(address: str, schema: str = SCHEMA) -> str:
    return (
        f"<Autodiscover><Request><EMailAddress>{address}</EMailAddress>"
        f"<AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request></Autodiscover>"
    )


def asked(client, body: str, path: str = POX) -> str:
    response = client.post(path, body, content_type="text/xml")
    assert response.status_code == 200 and response["Content-Type"].startswith("application/xml")
    return response.content.decode()


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("autoconfig.isp.example", MOZILLA),
        ("isp.example", "/.well-known/autoconfig/mail/config-v1.1.xml"),
        ("127.0.0.1:8000", f"{MOZILLA}?emailaddress=hanako%40isp.example"),
    ],
)
def test_thunderbird_finds_the_file_by_the_domain(client, host, path):
    response = client.get(path, headers={"host": host})
    assert response.status_code == 200 and response["Content-Type"].startswith("application/xml")
    assert "<hostname>smtp.isp.example</hostname>" in response.content.decode()
    assert "public" in response["Cache-Control"] and not response.cookies


def test_a_domain_that_is_not_ours_is_not_found(client):
    assert client.get(MOZILLA, headers={"host": "autoconfig.elsewhere.example"}).status_code == 404
    other = f"{MOZILLA}?emailaddress=x%40elsewhere.example"
    assert client.get(other, headers={"host": "autoconfig.isp.example"}).status_code == 404


def test_the_answer_is_the_same_for_every_address_and_without_one(client):
    """No database is at hand in this test: whether there is such a mailbox is not looked up."""
    told = {
        client.get(f"{MOZILLA}{query}", headers={"host": "autoconfig.isp.example"}).content
        for query in ("", "?emailaddress=hanako%40isp.example", "?emailaddress=nobody-at-all%40isp.example")
    }
    of_outlook = {asked(client, question(f"{name}@isp.example")).replace(name, "NAME") for name in ("hanako", "nobody")}
    assert len(told) == len(of_outlook) == 1


@pytest.mark.parametrize(
    "path", [POX, "/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml", "/AUTODISCOVER/AUTODISCOVER.XML"]
)
def test_outlook_gets_its_settings_however_it_spells_the_path(client, path):
    told = asked(client, question("hanako@isp.example"), path)
    assert "<LoginName>hanako@isp.example</LoginName>" in told and "<SMTPLast>off</SMTPLast>" in told


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (question("hanako@isp.example", SCHEMA.replace("outlook", "mobilesync")), 600),  # we are no Exchange
        (question("hanako@elsewhere.example"), 500),
        (question("<x/>"), 600),
        (question(""), 600),
        ("no xml", 600),
        (question("a" * 9000 + "@isp.example"), 600),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + question("&b;@isp.example"), 600),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_the_protocol(client, body, code):
    told = asked(client, body)
    assert f"<ErrorCode>{code}</ErrorCode>" in told and "Protocol" not in told


def test_a_plain_look_at_outlooks_address_is_an_error_and_no_crash(client):
    assert "<ErrorCode>600</ErrorCode>" in client.get(POX).content.decode()


@pytest.mark.parametrize(
    "path", ["?Email=x%40isp.example&Protocol=AutodiscoverV1", "/v1.0/x%40isp.example?Protocol=autodiscoverv1"]
)
def test_the_json_form_points_to_the_other(client, path):
    response = client.get(f"/autodiscover/autodiscover.json{path}", headers={"host": "autodiscover.isp.example"})
    told = json.loads(response.content)
    assert told["Url"].endswith("://autodiscover.isp.example/autodiscover/autodiscover.xml")
    wrong = client.get("/autodiscover/autodiscover.json?Protocol=ActiveSync")
    assert wrong.status_code == 400 and json.loads(wrong.content)["ErrorCode"] == "InvalidProtocol"


def test_too_many_questions_of_one_address_wait(client, monkeypatch):
    monkeypatch.setattr(limit, "allowed", lambda request, **_: False)
    assert client.post(POX, question("hanako@isp.example"), content_type="text/xml").status_code == 429
    assert client.post(FILE, {"address": "hanako@isp.example", "file": "apple"}).status_code == 429


def test_a_profile_is_made_for_the_typed_address_and_stays_out_of_caches(client):
    response = client.post(FILE, {"address": " Hanako@ISP.example ", "file": "apple"})
    assert response["Content-Type"] == "application/x-apple-aspen-config"
    assert response["Content-Disposition"] == 'attachment; filename="main.mobileconfig"'
    assert response["Cache-Control"] == "no-store"
    assert plistlib.loads(response.content)["PayloadContent"][0]["EmailAddress"] == "hanako@isp.example"


def test_an_address_is_taken_as_input_methods_write_it(client):
    response = client.post(FILE, {"address": "ｈａｎａｋｏ＠ＩＳＰ．example", "file": "apple"})
    assert plistlib.loads(response.content)["PayloadContent"][0]["EmailAddress"] == "hanako@isp.example"
    field = re.search(r'<input id="address"[^>]*>', client.get("/ja/setup/").content.decode())[0]
    assert 'type="email"' not in field and 'inputmode="email"' in field


def test_a_profile_is_signed_where_a_certificate_is_set(client, settings, tmp_path):
    settings.PROFILE_CERTIFICATE = settings.PROFILE_KEY = Authority(tmp_path).issue("guide.isp.example")
    response = client.post(FILE, {"address": "hanako@isp.example", "file": "apple"})
    assert response["Content-Type"] == "application/x-apple-aspen-config"
    with pytest.raises(plistlib.InvalidFileException):
        plistlib.loads(response.content)  # it is within the signature now
    (tmp_path / "signed").write_bytes(response.content)
    verify = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "signed"), "-binary"]
    verify += ["-CAfile", str(tmp_path / "authority.pem"), "-purpose", "any"]
    within = subprocess.run(verify, capture_output=True, check=True).stdout
    assert plistlib.loads(within)["PayloadContent"][0]["EmailAddress"] == "hanako@isp.example"


@pytest.mark.parametrize("file", ["apple", "msmtp", "postfix"])
def test_a_file_tells_nothing_of_whether_there_is_such_a_mailbox(client, file):
    """No database is at hand: nothing can be looked up, so no address takes longer than another, either."""
    answers = set()
    for name in ("hanako", "nobody"):
        response = client.post(FILE, {"address": f"{name}@isp.example", "file": file})
        same = re.sub(rb"[0-9A-F-]{36}", b"UUID", response.content.replace(name.encode(), b"NAME"))
        answers.add((response.status_code, str(sorted(response.headers.items())), same, len(response.content)))
    assert len(answers) == 1 and answers.pop()[0] == 200


@pytest.mark.parametrize(
    ("file", "holds"), [("msmtp", "host smtp.isp.example"), ("postfix", "relayhost = [smtp.isp.example]")]
)
def test_scripts_and_servers_get_their_settings(client, file, holds):
    response = client.post(FILE, {"address": "hanako@isp.example", "file": file})
    assert holds in response.content.decode() and response["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "typed",
    ["hanako", "x@elsewhere.example", "", "a b@isp.example", "x\npassword y@isp.example", "x" * 300 + "@isp.example"],
)
def test_what_is_no_address_of_ours_is_asked_for_again(client, typed):
    response = client.post(FILE, {"address": typed, "file": "msmtp"})
    assert response.status_code == 400 and "This is not a mail address of ours." in response.content.decode()


def test_an_unknown_file_is_asked_for_again_and_a_link_gets_none(client):
    assert client.post(FILE, {"address": "hanako@isp.example", "file": "../x"}).status_code == 400
    assert client.get(f"{FILE}?address=hanako@isp.example&file=apple").status_code == 405


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_warns_of_a_second_account_and_says_when_profiles_are_not_signed(client, settings, tmp_path, language):
    told = client.get(f"/{language}/setup/").content.decode()
    unsigned = {"en": "the profile is not signed", "ja": "署名がない"}[language]
    assert unsigned in told
    settings.PROFILE_CERTIFICATE = tmp_path / "cert.pem"
    assert unsigned not in client.get(f"/{language}/setup/").content.decode()


def test_what_is_served_keeps_to_the_tables_of_its_readers(client):
    config = client.get(MOZILLA, headers={"host": "autoconfig.isp.example"}).content
    assert setup_formats.mozilla(config) == setup_formats.android(config) == []
    assert setup_formats.outlook(asked(client, question("hanako@isp.example")).encode()) == []
    assert setup_formats.apple(client.post(FILE, {"address": "hanako@isp.example", "file": "apple"}).content) == []
