"""Measures the public guide pages behind the product's own web server, beside nginx serving the same bytes.

    .venv/bin/python bench/guides.py [--seconds 5] [--runs 3]

Starts the web server as `make run` does, asks every page of every guide once (made) and again (kept), writes what
came to a folder, and lets wrk ask both servers for all of them in turn. Debian packages: wrk, nginx-light.
Exit status 1 when a target is missed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
WANTED = 1_000  # requests a second
SLOWEST_MEDIAN = 30  # ms, of a page that is made and of one that is kept
CONNECTIONS = 32
LAST = 7  # turn: each of the workers has made each page by then
NGINX = """
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type "text/html; charset=utf-8"; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/pages; index index.html; }}
}}
"""
IN_TURN = """
local paths, number = {{ {paths} }}, 0
local headers = {{ {headers} }}
request = function() number = number % #paths + 1; return wrk.format("GET", paths[number], headers) end
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw: requests a second, and the time of an answer in ms at the median and for 99 of 100."""

    rate: float
    median: float
    slow: float


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=5, help="of each load")
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        folder = Path(own)
        prepare(folder)
        with product(folder) as ours:
            made, kept, largest = answered(ours, folder)
            with peer(folder) as theirs:
                loads = measured(ours, theirs, folder, seconds=given.seconds, runs=given.runs)
    return told(made, kept, largest, loads)


def prepare(folder: Path) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ |= {"DATA": str(folder), "DJANGO_SETTINGS_MODULE": "campaign.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def needed(program: str, package: str) -> str:
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        raise SystemExit(f"{program} is not installed (Debian: {package})")
    return found


@contextmanager
def product(folder: Path) -> Iterator[int]:
    """The port of the web server, once it answers."""
    from campaign.sample import machine
    from campaign.sample.processes import Family
    from campaign.sample.relay import free_port

    here = machine.place(folder, free_port())
    output: list[str] = []
    family = Family(machine.environment(here, os.environ), output.append)
    try:
        family.start("web", *machine.web(here))
        family.wait(lambda: answers(here.port))
        yield here.port
    finally:
        family.end()
        machine.leave(here)


@contextmanager
def peer(folder: Path) -> Iterator[int]:
    from campaign.sample.relay import free_port

    port, configuration = free_port(), folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    for each in (folder, *(folder / "pages").rglob("*")):  # its workers have no rights of their own
        each.chmod(0o755)
    server = subprocess.Popen([needed("nginx", "nginx-light"), "-c", configuration])
    try:
        while not answers(port):
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def answers(port: int) -> bool:
    with suppress(OSError):
        return bool(asked(port, "/ja/"))
    return False


def paths() -> list[str]:
    """Every page of every guide, the first page and those that tell a device, in both languages."""
    from campaign.brands import main_brand
    from notices.guides import catalog
    from notices.guides.telling import told
    from notices.pages import which
    from notices.pages.guide import address, aside, way

    found = ["/ja/", "/ja/which/", *(f"/ja/which/{device}/" for device in which.DEVICES)]
    for client in catalog.clients():
        guide = told(client.name, "ja", main_brand())
        found += [address(guide, place) for place in (*way(guide), *aside(guide), "all")]
    return found + [path.replace("/ja/", "/en/", 1) for path in found]


def asked(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path}: answered {response.status}")
    return body


def answered(port: int, folder: Path) -> tuple[list[float], list[float], int]:
    """Milliseconds of each page's first answer and of later ones, and the bytes of the largest page."""
    first, later, largest = [], [], 0
    for turn in range(LAST + 1):
        for path in paths():
            began = time.perf_counter()
            body = asked(port, path)
            taken = (time.perf_counter() - began) * 1000
            if turn in (0, LAST):
                (later if turn else first).append(taken)
            largest = max(largest, len(body))
            place = folder / "pages" / path.strip("/") / "index.html"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
    return first, later, largest


def measured(ours: int, theirs: int, folder: Path, *, seconds: int, runs: int) -> dict[str, list[Load]]:
    """The servers take turns, so that noise meets both."""
    loads: dict[str, list[Load]] = {}
    for _turn in range(runs):
        for name, port in (("product", ours), ("nginx", theirs)):
            for way, headers in (("kept open", ""), ("one request a connection", '["Connection"] = "close"')):
                loads.setdefault(f"{name}, {way}", []).append(load(port, folder, headers, seconds))
    return loads


def load(port: int, folder: Path, headers: str, seconds: int) -> Load:
    script = folder / "in_turn.lua"
    script.write_text(IN_TURN.format(paths=", ".join(f'"{path}"' for path in paths()), headers=headers))
    command = [needed("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script]
    text = subprocess.run([*command, f"http://127.0.0.1:{port}"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(text)
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), _ms(text, "50%"), _ms(text, "99%"))


def _ms(text: str, share: str) -> float:
    number, unit = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def told(made: list[float], kept: list[float], largest: int, loads: dict[str, list[Load]]) -> int:
    print(f"{len(made)} pages, the largest {largest:,} bytes")
    print(f"{'first answer':40}{median(made):10.1f} ms at the median")
    print(f"{'later answers':40}{median(kept):10.1f} ms at the median")
    print(f"\n{'':40}{'requests/s':>12}{'median ms':>12}{'99% ms':>12}")
    middle = {name: sorted(runs, key=lambda each: each.rate)[len(runs) // 2] for name, runs in loads.items()}
    for name, each in middle.items():
        print(f"{name:40}{each.rate:12,.0f}{each.median:12.1f}{each.slow:12.1f}")
    for way in ("kept open", "one request a connection"):
        ratio = middle[f"nginx, {way}"].rate / middle[f"product, {way}"].rate
        print(f"nginx serves {ratio:.1f} times as many requests a second ({way})")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, wrk on the same ones")
    ours = [each for name, each in middle.items() if name.startswith("product")]
    fine = median(made) < SLOWEST_MEDIAN and all(each.rate >= WANTED for each in ours) and largest < 60_000
    print("targets met" if fine else "missed a target")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
