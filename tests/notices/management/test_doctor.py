import json
from ipaddress import ip_network

import pytest
from django.core.management import call_command
from django.utils import translation
from nameserver import Zone, serving
from relays import Relay, running

from notices import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings, empty_redis):
    """A provider where all is well, on loopback: a name server, a relay, Redis and a heart that beats."""
    zone = Zone()
    zone.add("isp.example", "TXT", "v=spf1 ip4:192.0.2.25 -all").add("isp.example", "MX", "10 mx.isp.example.")
    zone.add("mx.isp.example", "A", "192.0.2.1").add("_dmarc.isp.example", "TXT", "v=DMARC1; p=reject")
    zone.add("s1._domainkey.isp.example", "TXT", "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    zone.add("25.2.0.192.in-addr.arpa", "PTR", "relay.isp.example.").add("relay.isp.example", "A", "192.0.2.25")
    settings.DKIM_SELECTOR, settings.RELAY_ADDRESSES = "s1", (ip_network("192.0.2.25/32"),)
    tasks.beat_the_heart()
    with translation.override("en"), serving(zone), running(Relay(), settings) as relay:
        yield zone, relay


def doctor(zone: Zone, capsys, **options) -> tuple[int, str]:
    try:
        call_command("doctor", nameserver=zone.address, no_color=True, **options)
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_where_all_is_well_it_says_so(provider, capsys):
    zone, relay = provider
    status, said = doctor(zone, capsys)
    assert status == 0
    assert "problem" not in said
    for words in ("ok spf: 192.0.2.25 for isp.example: pass", "ok ptr: 192.0.2.25: relay.isp.example", "ok sender:"):
        assert words in said
    assert relay.letters == []


def test_it_speaks_english_whatever_the_language_of_the_shell(provider, capsys):
    zone, _relay = provider
    with translation.override("ja"):
        _status, said = doctor(zone, capsys)
    assert "ok spf: 192.0.2.25 for isp.example: pass" in said and said.isascii()


def test_a_problem_ends_with_status_1_and_says_what_to_do(provider, capsys):
    zone, _relay = provider
    zone.add("isp.example", "TXT", "v=spf1 -all")
    status, said = doctor(zone, capsys)
    assert status == 1
    assert "problem spf:" in said
    assert "    Add 192.0.2.25 to the SPF record of isp.example." in said


def test_programs_get_the_same_as_json(provider, capsys):
    zone, _relay = provider
    zone.broken.add("_dmarc.isp.example")
    status, said = doctor(zone, capsys, json=True)
    findings = {found["check"]: found for found in json.loads(said)["findings"]}
    assert status == 0
    assert set(findings) >= {
        "database",
        "migrations",
        "redis",
        "beat",
        "clock",
        "folder",
        "disk",
        "relay",
        "tls",
        "size",
    }
    assert (findings["spf"]["verdict"], findings["dmarc"]["verdict"]) == ("ok", "unchecked")
    assert findings["dmarc"]["advice"]
