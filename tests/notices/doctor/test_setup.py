"""Whether programs find the settings: asked of a real name server and a real web server on loopback."""

from datetime import UTC, datetime

import pytest
from fronted import HOSTS, fronted
from web_front import Reply

from campaign import brands
from notices.doctor import setup
from notices.doctor.names import Names

AUTOCONFIG, AUTODISCOVER = HOSTS
FILE, QUESTION = "/mail/config-v1.1.xml", "/autodiscover/autodiscover.xml"


@pytest.fixture
def here(tmp_path, monkeypatch):
    with fronted(tmp_path, monkeypatch) as here:
        yield here


def check(here) -> dict:
    found = list(setup.check(Names(here.zone.address), brands.main_brand(), "isp.example", now=datetime.now(UTC)))
    assert [each.check for each in found] == ["srv", "autoconfig", "autodiscover"]
    assert all(bool(each.advice) is (each.verdict != "ok") for each in found)
    return {each.check: each for each in found}


def test_where_all_is_published_and_answers_all_is_well(here):
    found = check(here)
    assert {each.verdict for each in found.values()} == {"ok"}
    assert "autoconfig.isp.example answers with our settings; its certificate is good until" in found["autoconfig"].said
    assert here.front.asked == [
        f"GET https://{AUTOCONFIG}{FILE}?emailaddress=setup-check%40isp.example",
        f"POST https://{AUTODISCOVER}{QUESTION}",
    ]


def test_missing_records_are_named_as_lines_to_publish(here):
    del here.zone.records["_submissions._tcp.isp.example", "SRV"]
    found = check(here)["srv"]
    assert found.verdict == "warning"
    assert found.advice == "Publish:\n    _submissions._tcp.isp.example. IN SRV 0 1 465 smtp.isp.example."


@pytest.mark.parametrize(
    "values", [["0 1 465 old.isp.example."], ["0 1 25 smtp.isp.example."], ["0 1 465 smtp.isp.example.", "5 1 25 x.y."]]
)
def test_records_that_lead_elsewhere_are_a_problem(here, values):
    here.zone.add("_submissions._tcp.isp.example", "SRV", *values)
    found = check(here)["srv"]
    assert found.verdict == "problem" and "_submissions._tcp.isp.example. IN SRV 0 1 465 smtp" in found.advice


def test_a_service_that_is_not_offered_must_not_be_published(here):
    here.zone.add("_pop3._tcp.isp.example", "SRV", "10 1 110 pop.isp.example.")
    found = check(here)["srv"]
    assert found.verdict == "problem" and found.advice.endswith("_pop3._tcp.isp.example. IN SRV 0 0 0 .")


def test_a_silent_name_server_proves_nothing(here):
    here.zone.broken |= {"_imap._tcp.isp.example", AUTOCONFIG}
    found = check(here)
    assert [found[name].verdict for name in ("srv", "autoconfig", "autodiscover")] == ["unchecked", "unchecked", "ok"]


def test_a_host_without_address_gets_its_line(here, settings):
    settings.PUBLIC_URL = "https://guide.isp.example"
    del here.zone.records[AUTOCONFIG, "A"]
    found = check(here)["autoconfig"]
    assert found.verdict == "problem"
    assert found.advice == "Publish: autoconfig.isp.example. IN CNAME guide.isp.example."


def test_where_nobody_listens_it_says_so(here, monkeypatch):
    monkeypatch.setattr(setup, "HTTPS_PORT", 1)
    found = check(here)["autodiscover"]
    assert found.verdict == "problem" and "autodiscover.isp.example does not answer:" in found.said


def test_the_next_address_is_tried_where_one_is_dead(here):
    here.zone.add(AUTOCONFIG, "A", "127.0.0.2", "127.0.0.1")
    assert check(here)["autoconfig"].verdict == "ok"


@pytest.mark.parametrize(("hosts", "words"), [((AUTOCONFIG,), "Hostname mismatch"), (("www.isp.example",), "mismatch")])
def test_a_certificate_for_another_host_is_a_problem(tmp_path, monkeypatch, hosts, words):
    with fronted(tmp_path, monkeypatch, hosts=hosts) as here:
        found = check(here)
    assert found["autoconfig"].verdict == ("ok" if AUTOCONFIG in hosts else "problem")
    assert found["autodiscover"].verdict == "problem" and words in found["autodiscover"].said
    assert "Give the web server a certificate for autodiscover.isp.example" in found["autodiscover"].advice


def test_a_certificate_that_nobody_trusts_is_a_problem(here, monkeypatch, tmp_path):
    (tmp_path / "none.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    assert check(here)["autoconfig"].verdict == "problem"


@pytest.mark.parametrize(("days", "verdict"), [(-1, "problem"), (10, "warning"), (30, "ok")])
def test_the_end_of_a_certificate_is_seen_in_time(tmp_path, monkeypatch, days, verdict):
    with fronted(tmp_path, monkeypatch, days=days) as here:
        assert {each.verdict for each in check(here).values() if each.check != "srv"} == {verdict}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(404, "text/html"), "autoconfig.isp.example answers 404 for /mail/config-v1.1.xml."),
        (Reply(200, "text/plain", b"<clientConfig/>"), "says that /mail/config-v1.1.xml is text/plain"),
        (Reply(200, "text/xml", b"<clientConfig/>"), "with other settings than ours"),
    ],
)
def test_what_programs_cannot_use_is_a_problem(here, reply, words):
    here.front.instead[FILE] = reply
    found = check(here)["autoconfig"]
    assert found.verdict == "problem" and words in found.said
    assert "pass /mail/config-v1.1.xml of autoconfig.isp.example on to us" in found.advice


def test_another_ones_autodiscover_is_a_problem(here):
    here.front.instead[QUESTION] = Reply(200, "text/xml", b"<Autodiscover/>")
    assert "with other settings than ours" in check(here)["autodiscover"].said
