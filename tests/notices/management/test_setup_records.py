import json

import pytest
import setup_formats
from brands import two_brands
from django.core.management import CommandError, call_command
from django.utils import translation
from fronted import fronted


def printed(capsys, **options) -> tuple[int, str]:
    with translation.override("en"):
        try:
            call_command("setup_records", no_color=True, **options)
        except SystemExit as end:
            return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_it_prints_the_lines_of_every_domain_of_every_brand(settings, tmp_path, capsys):
    settings.PUBLIC_URL = "https://guide.isp.example"
    two_brands(settings, tmp_path)
    status, lines = printed(capsys)
    assert status == 0
    assert "; isp.example: where mail programs find their servers" in lines
    for line in (
        "_submissions._tcp.isp.example. IN SRV 0 1 465 smtp.isp.example.",
        "_submission._tcp.aozora.example. IN SRV 10 1 587 smtp.aozora.example.",
        "_submissions._tcp.aozora.example. IN SRV 0 0 0 .",
        "autoconfig.isp.example. IN CNAME guide.isp.example.",
        "autodiscover.aozora.example. IN CNAME mail.aozora.example.",
    ):
        assert line in lines.splitlines()


def test_one_domain_alone_or_the_ones_there_are(settings, tmp_path, capsys):
    two_brands(settings, tmp_path)
    _status, lines = printed(capsys, domain="Aozora.example.")
    assert "aozora.example" in lines and "_tcp.isp.example" not in lines
    with pytest.raises(CommandError, match=r"--domain is 'x', wanted one of isp\.example, aozora\.example"):
        printed(capsys, domain="x")


@pytest.mark.parametrize(
    ("url", "line"), [("http://192.0.2.9:8000", "IN A 192.0.2.9"), ("http://[2001:db8::9]", "IN AAAA 2001:db8::9")]
)
def test_a_site_without_a_name_gets_address_records(settings, capsys, url, line):
    settings.PUBLIC_URL = url
    assert f"autoconfig.isp.example. {line}" in printed(capsys)[1].splitlines()


def test_the_check_says_what_is_well_and_what_is_not(tmp_path, monkeypatch, capsys):
    with fronted(tmp_path, monkeypatch) as here:
        status, said = printed(capsys, check=True, nameserver=here.zone.address)
        assert (status, said.count("ok ")) == (0, 3) and "problem" not in said
        here.zone.add("_imaps._tcp.isp.example", "SRV", "0 1 993 old.isp.example.")
        status, said = printed(capsys, check=True, nameserver=here.zone.address)
        assert status == 1
        assert "problem srv: isp.example: SRV records lead elsewhere than the settings say." in said
        assert "    _imaps._tcp.isp.example. IN SRV 0 1 993 imap.isp.example.\n" in said
        status, told = printed(capsys, check=True, json=True, nameserver=here.zone.address)
    verdicts = {found["check"]: found["verdict"] for found in json.loads(told)["findings"]}
    assert (status, verdicts) == (1, {"srv": "problem", "autoconfig": "ok", "autodiscover": "ok"})


def test_the_files_for_the_public_database_are_what_it_takes(settings, tmp_path, capsys):
    """Its checks: named .xml, no byte order mark, version 1.1, one way to log in for each server."""
    settings.PUBLIC_URL = "https://guide.isp.example"
    two_brands(settings, tmp_path)
    (tmp_path / "ispdb").mkdir()
    _status, said = printed(capsys, ispdb=tmp_path / "ispdb")
    assert f"{tmp_path}/ispdb/aozora.example.xml: aozora.example\n" in said
    files = sorted((tmp_path / "ispdb").iterdir())
    assert [file.name for file in files] == ["aozora.example.xml", "isp.example.xml"]
    for file in files:
        assert setup_formats.mozilla(file.read_bytes()) == []
    assert "<username>%EMAILLOCALPART%</username>" in files[0].read_text()


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    with pytest.raises(CommandError, match=r"isp\.example\.xml: No such file or directory"):
        printed(capsys, ispdb=tmp_path / "nowhere")
