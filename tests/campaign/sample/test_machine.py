import socket
from pathlib import Path

import pytest

from campaign import brands
from campaign.sample import machine


def test_two_runs_in_one_folder_are_refused(tmp_path):
    first = machine.place(tmp_path, 1024 + 40000)
    with pytest.raises(machine.NotPossible, match="another run is at work"):
        machine.place(tmp_path, 1024 + 40001)
    machine.leave(first)
    machine.leave(machine.place(tmp_path, 1024 + 40000))


def test_a_port_in_use_is_said_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(machine.NotPossible, match="is in use: take another one"):
            machine.place(tmp_path, taken.getsockname()[1])


def test_the_relay_keeps_its_port(tmp_path):
    first = machine.place(tmp_path, 41026)
    machine.leave(first)
    again = machine.place(tmp_path, 41026)
    machine.leave(again)
    assert first.relay_port == again.relay_port


def test_a_long_path_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    here = machine.place(deep, 41027)
    assert len(str(here.redis_socket)) <= machine.LONGEST_SOCKET
    assert machine.environment(here, {})["REDIS_URL"] == f"unix://{here.redis_socket}"
    machine.leave(here)
    assert not here.redis_socket.parent.exists()


def test_blanks_in_the_path_are_refused():
    with pytest.raises(machine.NotPossible, match="without blanks and commas"):
        machine.place(Path("/tmp/my data"), 41028)


@pytest.mark.parametrize(
    ("inherited", "site"),
    [({}, "http://localhost:41029"), ({"PUBLIC_URL": "https://demo.example"}, "https://demo.example")],
)
def test_the_sample_has_a_second_brand_under_the_machines_other_name(tmp_path, settings, inherited, site):
    here = machine.place(tmp_path, 41029)
    found = machine.environment(here, inherited)
    machine.leave(here)
    settings.BRANDS_FILE, settings.LOCAL_DOMAINS = found["BRANDS_FILE"], tuple(found["LOCAL_DOMAINS"].split())
    assert [brand.domains for brand in brands.brands()] == [("isp.example",), ("minato.example",)]
    second = brands.of_login("taro@minato.example")
    assert (second.site, second.notice_from) == (site, "mail-support@minato.example")
    assert brands.main_brand().site == settings.PUBLIC_URL
    if not inherited:
        assert brands.of_host("localhost:41029") == second and brands.of_host("127.0.0.1:41029") == brands.main_brand()


def test_a_run_knows_whether_an_earlier_one_made_the_history(tmp_path):
    first = machine.place(tmp_path, 1024 + 40000)
    assert not first.again
    first.ready.touch()
    machine.leave(first)
    second = machine.place(tmp_path, 1024 + 40000)
    assert second.again and not second.ready.exists()
    machine.leave(second)
