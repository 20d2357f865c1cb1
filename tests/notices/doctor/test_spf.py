from ipaddress import ip_address

import pytest

from notices.doctor.spf import Evaluation, Result

DOMAIN = "isp.example"
INSIDE, OUTSIDE, SIX = "192.0.2.25", "203.0.113.9", "2001:db8::25"


def result(names, address: str = INSIDE, domain: str = DOMAIN) -> Result:
    found, why = Evaluation(names, ip_address(address), f"notice@{DOMAIN}").result(domain)
    assert why
    return found


@pytest.mark.parametrize(
    ("record", "inside", "outside"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Result.PASS, Result.FAIL),
        ("v=spf1 ip4:192.0.2.25 ~all", Result.PASS, Result.SOFTFAIL),
        ("v=spf1 +ip4:192.0.2.25", Result.PASS, Result.NEUTRAL),
        ("v=spf1 -ip4:192.0.2.25 +all", Result.FAIL, Result.PASS),
        ("v=spf1 ?all", Result.NEUTRAL, Result.NEUTRAL),
        ("v=spf1", Result.NEUTRAL, Result.NEUTRAL),
        ("v=spf1 a -all", Result.PASS, Result.FAIL),
        ("v=spf1 a:relay.isp.example/28 -all", Result.PASS, Result.FAIL),
        ("v=spf1 mx -all", Result.PASS, Result.FAIL),
        ("v=spf1 include:_spf.isp.example -all", Result.PASS, Result.FAIL),
        ("v=spf1 redirect=_spf.isp.example", Result.PASS, Result.FAIL),
        ("v=spf1 exists:%{i}.allowed.isp.example -all", Result.PASS, Result.FAIL),
        ("v=spf1 exists:%{ir}.%{d2}.%{v}.isp.example -all", Result.PASS, Result.FAIL),
        ("v=spf1 ptr -all", Result.FAIL, Result.FAIL),
        ("V=SPF1 IP4:192.0.2.0/24 exp=why.isp.example -ALL", Result.PASS, Result.FAIL),
        ("v=spf1 ip4:192.0.2.0/33 -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 ip4:2001:db8::/32 -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 nonsense -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 include:nothing.isp.example -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 redirect=nothing.isp.example", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 include:isp.example -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 exists:%{c}.isp.example -all", Result.PERMERROR, Result.PERMERROR),
        ("v=spf1 a:one.example a:two.example a:three.example -all", Result.PERMERROR, Result.PERMERROR),
    ],
)
def test_the_record_decides(names, zone, record, inside, outside):
    zone.add(DOMAIN, "TXT", record).add(DOMAIN, "A", INSIDE).add(DOMAIN, "MX", "10 relay.isp.example.")
    zone.add("relay.isp.example", "A", "192.0.2.17", INSIDE)
    zone.add("_spf.isp.example", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
    zone.add("192.0.2.25.allowed.isp.example", "A", "127.0.0.2")
    zone.add("25.2.0.192.isp.example.in-addr.isp.example", "A", "127.0.0.2")
    assert (result(names), result(names, OUTSIDE)) == (inside, outside)


def test_a_record_for_ipv6(names, zone):
    zone.add(DOMAIN, "TXT", "v=spf1 ip6:2001:db8::/32 a:relay.isp.example/32//64 -all")
    zone.add("relay.isp.example", "AAAA", "2001:db8:1::1")
    assert result(names, SIX) is Result.PASS
    assert result(names, "2001:db9::1") is Result.FAIL


def test_an_included_failure_is_no_failure(names, zone):
    zone.add(DOMAIN, "TXT", "v=spf1 include:_spf.isp.example ip4:192.0.2.25 -all")
    zone.add("_spf.isp.example", "TXT", "v=spf1 -all")
    assert result(names) is Result.PASS


def test_a_long_record_in_several_strings_is_one(names, zone):
    zone.add(DOMAIN, "TXT", '"v=spf1 ip4:198.51.100.0/24 ip4:192.0." "2.0/24 -all"')
    assert result(names) is Result.PASS


def test_ten_look_ups_are_enough_and_eleven_too_many(names, zone):
    for number in range(12):
        zone.add(f"s{number}.example", "TXT", f"v=spf1 include:s{number + 1}.example -all")
    zone.add("s10.example", "TXT", "v=spf1 ip4:192.0.2.25 -all")
    assert result(names, domain="s0.example") is Result.PASS
    zone.add("s10.example", "TXT", "v=spf1 include:s11.example -all").add("s11.example", "TXT", "v=spf1 +all")
    assert result(names, domain="s0.example") is Result.PERMERROR


def test_other_texts_are_no_record_and_two_records_are_none(names, zone):
    assert result(names) is Result.NONE
    zone.add(DOMAIN, "TXT", "google-site-verification=x", "v=spf10 +all")
    assert result(names) is Result.NONE
    zone.add(DOMAIN, "TXT", "v=spf1 +all", "v=spf1 -all")
    assert result(names) is Result.PERMERROR


def test_a_name_server_that_fails_proves_nothing(names, zone):
    zone.broken.add(DOMAIN)
    assert result(names) is Result.TEMPERROR
