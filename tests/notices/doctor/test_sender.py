from ipaddress import ip_address

import pytest

from notices.doctor import sender
from notices.doctor.finding import Finding

RELAY = ip_address("192.0.2.25")
FROM = "mail-support@isp.example"


@pytest.fixture
def check(names, settings):
    """`check("spf")` are the findings of that check."""
    settings.DKIM_SELECTOR = "notice2026"

    def found(name: str, *, senders=(FROM,), addresses=(RELAY,)) -> list[Finding]:
        everything = sender.check(names, senders=list(senders), addresses=list(addresses))
        return [finding for finding in everything if finding.check == name]

    return found


def verdict(found: list[Finding]) -> str:
    (finding,) = found
    assert bool(finding.advice) is (finding.verdict != "ok")
    return finding.verdict


@pytest.mark.parametrize(
    ("record", "said"),
    [("v=spf1 ip4:192.0.2.25 -all", "ok"), ("v=spf1 -all", "problem"), ("v=spf1 ?all", "problem"), ("", "problem")],
)
def test_spf_must_pass(check, zone, record, said):
    zone.add("isp.example", "TXT", record)
    assert verdict(check("spf")) == said


def test_spf_says_which_address_is_missing_where(check, zone):
    zone.add("isp.example", "TXT", "v=spf1 ip4:203.0.113.1 ~all")
    assert check("spf")[0].advice == "Add 192.0.2.25 to the SPF record of isp.example."


def test_every_address_is_checked(check, zone):
    zone.add("isp.example", "TXT", "v=spf1 ip4:192.0.2.25 -all")
    found = check("spf", addresses=(RELAY, ip_address("192.0.2.26")))
    assert [finding.verdict for finding in found] == ["ok", "problem"]


def test_without_an_address_the_record_is_shown(check, zone):
    zone.add("isp.example", "TXT", "v=spf1 -all")
    (found,) = check("spf", addresses=())
    assert (found.verdict, "v=spf1 -all" in found.said, "RELAY_ADDRESSES" in found.advice) == ("unchecked", True, True)
    zone.add("isp.example", "TXT", "v=spf1 -all", "v=spf1 +all")
    assert "2 SPF records" in check("spf", addresses=())[0].said


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "ok"),
        ("v=DKIM1; t=y; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "warning"),
        ("v=DKIM1; p=", "problem"),
        ("v=DKIM1; p=nonsense", "problem"),
    ],
)
def test_the_key_of_the_selector(check, zone, record, said):
    zone.add("notice2026._domainkey.isp.example", "TXT", record)
    assert verdict(check("dkim")) == said


@pytest.mark.parametrize(("bits", "said"), [(2048, "ok"), (1024, "warning"), (768, "problem")])
def test_a_key_must_be_long_enough(bits, said):
    assert sender._of_key("name", sender.dkim.Key("rsa", bits, False, False)).verdict == said


def test_a_selector_that_is_not_there_or_not_set(check, settings):
    assert verdict(check("dkim")) == "problem"
    settings.DKIM_SELECTOR = ""
    assert verdict(check("dkim")) == "unchecked"


@pytest.mark.parametrize(
    ("where", "record", "said"),
    [
        ("_dmarc.isp.example", "v=DMARC1; p=reject", "ok"),
        ("_dmarc.isp.example", "v=DMARC1; p=none; rua=mailto:d@isp.example", "warning"),
        ("_dmarc.isp.example", "v=DMARC1; p=perhaps", "problem"),
        ("_dmarc.isp.example", "v=DMARC2; p=reject", "problem"),
        ("_dmarc.other.example", "v=DMARC1; p=reject", "problem"),
    ],
)
def test_dmarc_has_a_policy(check, zone, where, record, said):
    zone.add(where, "TXT", record)
    assert verdict(check("dmarc")) == said


@pytest.mark.parametrize(
    ("domain", "record", "said"),
    [
        ("mail.isp.example", "v=DMARC1; p=reject", "ok"),  # relaxed: both are isp.example's
        ("mail.isp.example", "v=DMARC1; p=reject; aspf=s", "warning"),
        ("other.example", "v=DMARC1; p=reject", "warning"),
        ("isp.example", "v=DMARC1; p=reject; aspf=s", "ok"),
    ],
)
def test_the_envelope_sender_is_aligned_with_from(check, zone, settings, domain, record, said):
    settings.NOTICE_DOMAIN = domain
    zone.add("_dmarc.isp.example", "TXT", record)
    assert verdict(check("dmarc")) == said


def test_the_policy_for_a_subdomain_is_its_own(check, zone):
    zone.add("_dmarc.isp.example", "TXT", "v=DMARC1; p=reject; sp=none")
    assert verdict(check("dmarc", senders=("x@mail.isp.example",))) == "warning"


def test_every_brand_s_domain_is_checked_once(check, zone):
    zone.add("_dmarc.isp.example", "TXT", "v=DMARC1; p=reject")
    found = check("dmarc", senders=(FROM, "other@isp.example", "x@aozora.example"))
    assert [finding.verdict for finding in found] == ["ok", "problem"]


@pytest.mark.parametrize(
    ("pointer", "forward", "said"),
    [
        ("relay.isp.example.", "192.0.2.25", "ok"),
        ("relay.isp.example.", "192.0.2.26", "problem"),
        ("relay.isp.example.", "", "problem"),
        ("", "", "problem"),
    ],
)
def test_the_relay_s_name_leads_back_to_it(check, zone, pointer, forward, said):
    if pointer:
        zone.add("25.2.0.192.in-addr.arpa", "PTR", pointer)
    if forward:
        zone.add("relay.isp.example", "A", forward)
    assert verdict(check("ptr")) == said


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({("isp.example", "MX"): ["10 mx.isp.example."], ("mx.isp.example", "A"): ["192.0.2.1"]}, "ok"),
        ({("isp.example", "MX"): ["10 mx.isp.example."], ("mx.isp.example", "AAAA"): ["2001:db8::1"]}, "ok"),
        ({("isp.example", "MX"): ["10 mx.isp.example."]}, "problem"),
        (
            {("isp.example", "MX"): ["10 mx.isp.example.", "20 b.isp.example."], ("b.isp.example", "A"): ["192.0.2.1"]},
            "warning",
        ),
        ({("isp.example", "MX"): ["0 ."]}, "problem"),  # RFC 7505: takes no mail
        ({("isp.example", "A"): ["192.0.2.1"]}, "warning"),
        ({}, "problem"),
    ],
)
def test_bounces_can_come_back(check, zone, records, said):
    for (name, kind), values in records.items():
        zone.add(name, kind, *values)
    assert verdict(check("bounces")) == said


def test_a_name_server_that_fails_makes_nothing_a_problem(check, zone):
    zone.broken |= {
        "isp.example",
        "notice2026._domainkey.isp.example",
        "_dmarc.isp.example",
        "25.2.0.192.in-addr.arpa",
    }
    assert {name: verdict(check(name)) for name in ("spf", "dkim", "dmarc", "ptr", "bounces")} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "ptr", "bounces"), "unchecked"
    )
