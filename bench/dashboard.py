"""Measures the pages with 100,000 holdouts and a year of daily use on SQLite, beside a plain scan of the same rows.

    .venv/bin/python bench/dashboard.py [--data DIRECTORY] [--requests 60]

Fills a database of its own (some minutes, 4 GB; reused on the same day where --data names a
directory), starts the web server as `make run` does, and asks it over HTTP with a
session that is logged in. Exit status 1 when a target is missed.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
SMALL = 1_000  # customers, to try the bench itself
TARGETS = {"dashboard": 150, "search": 100}  # ms at the median, by the first word of a row
Rows = dict[str, list[float]]  # milliseconds by row


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="where the database is kept")
    options.add_argument("--requests", type=int, default=60, help="of each page")
    options.add_argument("--repeat", type=int, default=3, help="of what takes seconds")
    options.add_argument("--small", action="store_true", help="a small provider, to try the bench")
    given = options.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        data = (given.data or Path(own)).resolve()
        data.mkdir(parents=True, exist_ok=True)
        prepare(data, small=given.small)
        pages, work = served(data, requests=given.requests)
        shown = [
            (*line_of(name, pages[name]), f"{median(work[name]):,.1f}", verdict(name, pages[name])) for name in pages
        ]
        table("Pages over HTTP", ("median ms", "95% ms", "CPU ms", ""), shown)
        in_process(repeat=given.repeat)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return int(any(verdict(name, times).startswith("missed") for name, times in pages.items()))


def prepare(data: Path, *, small: bool) -> None:
    """Django for this data, and the database with its year up to today."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"DATA": str(data), "DJANGO_SETTINGS_MODULE": "campaign.settings"}
    import django

    django.setup()
    import provider
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from campaign.customers import rollup
    from campaign.sample import staff

    today, mark = timezone.localdate(), data / "filled-on"
    if not mark.exists() or mark.read_text() != f"{today} {small}":
        for left in data.glob("campaign.sqlite3*"):
            left.unlink()
        began = time.perf_counter()
        call_command("migrate", verbosity=0)
        connection.close()
        if small:
            provider.CUSTOMERS, provider.HOLDOUTS = SMALL * 3 // 2, SMALL
        provider.fill(Path(settings.DATABASES["default"]["NAME"]), today=today)
        staff.hire()
        rollup.bring_up_to_date(days=[today], today=today)
        mark.write_text(f"{today} {small}")
        print(f"filled in {time.perf_counter() - began:.0f} s")
    call_command("migrate", verbosity=0)
    sizes(Path(settings.DATABASES["default"]["NAME"]))


def sizes(file: Path) -> None:
    from campaign.models import Customer, DailyUse, Holdout
    from notices.models import Notice

    models = {"customers": Customer, "holdouts": Holdout, "rows of daily use": DailyUse, "notices": Notice}
    counted = ", ".join(f"{model.objects.count():,} {name}" for name, model in models.items())
    print(f"{counted}; {file.stat().st_size / 1e9:.1f} GB", flush=True)


def served(data: Path, *, requests: int) -> tuple[Rows, Rows]:
    """Time of each request and the server's work for it. The pages take turns, so that noise meets all alike."""
    from campaign.sample import machine
    from campaign.sample.processes import Family
    from campaign.sample.relay import free_port

    cookie, here = session(), machine.place(data, free_port())
    output: list[str] = []
    family = Family(machine.environment(here, os.environ), output.append)
    try:
        family.start("redis", *machine.redis(here))
        family.start("web", *machine.web(here))
        family.wait(lambda: answers(here.port))
        pages = addresses(random.Random(11))
        times: Rows = {name: [] for name in pages}
        work: Rows = {name: [] for name in pages}
        for turn in range(requests + 4):
            for name, address in pages.items():
                before = server_work()
                taken = ask(here.port, address(), cookie)
                if turn >= 4:  # both workers have started and seen each page
                    times[name].append(taken)
                    work[name].append(server_work() - before)
    finally:
        family.end()
        machine.leave(here)
    return times, work


def session() -> str:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username="support"))
    return client.cookies["sessionid"].OutputString().partition(";")[0]


def answers(port: int) -> bool:
    try:
        ask(port, "/staff/login/", "")
    except OSError:
        return False
    return True


def ask(port: int, address: str, cookie: str) -> float:
    """A request on a connection of its own; milliseconds until the last byte is here."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "en"})
    response = connection.getresponse()
    response.read()
    connection.close()
    taken = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise SystemExit(f"{address}: answered {response.status}")
    return taken


def server_work() -> float:
    """Milliseconds of processor time that our gunicorn has used; it does not depend on what else runs here."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    masters = {pid for pid, parent in parents.items() if parent == os.getpid()}
    total = 0
    for pid, parent in parents.items():
        if parent in masters:  # a worker
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(OSError):
                    total += int(task.read_text().split()[0])
    return total / 1e6


def addresses(rng: random.Random) -> dict[str, Callable[[], str]]:
    """What is asked, by the name of the row; where a customer is needed, another one each time."""
    from django.urls import reverse

    from notices import links
    from notices.models import Mailing, Notice

    mailing = Mailing.objects.order_by("-pk").values_list("pk", flat=True)[1]
    notices = list(Notice.objects.filter(mailing=mailing).order_by("pk")[:5000])
    listed, someone = reverse("customers"), customers(rng)
    filters = {
        "list: all": "",
        "list: page 150": "?page=150",
        "list: still the old way": "?standing=left",
        "list: silent": "?standing=silent",
        "list: program": "?program=becky",
        "list: reason": "?reason=auth_failed",
        "list: three filters, page 5": "?standing=left&program=outlook&reason=never_tried&page=5",
        "list: filters that find few": "?standing=mixed&program=android&reason=auth_failed",
    }
    return (
        {"dashboard": lambda: reverse("progress")}
        | {name: lambda query=query: listed + query for name, query in filters.items()}
        | searches(rng)
        | {
            "customer": lambda: reverse("customer", kwargs={"pk": someone()}),
            "mailings": lambda: reverse("mailings"),
            "mailing": lambda: reverse("mailing", kwargs={"pk": mailing}),
            "personal page": lambda: f"/ja/p/{links.token_of(rng.choice(notices))}/",
            "guide": lambda: "/ja/guide/thunderbird/",
        }
    )


def customers(rng: random.Random) -> Callable[[], int]:
    from campaign.models import Holdout

    number = Holdout.objects.count()
    return lambda: rng.randrange(1, number + 1)


def searches(rng: random.Random) -> dict[str, Callable[[], str]]:
    from urllib.parse import urlencode

    import provider
    from django.urls import reverse

    from notices.models import Notice

    someone, last = customers(rng), Notice.objects.order_by("-pk").values_list("pk", flat=True)[0]
    words = {
        "search: login": lambda: provider.login_of(someone()).partition("@")[0],
        "search: address": lambda: provider.second_address_of(someone() // 3 * 3 + 1),
        "search: name": lambda: provider.name_of(someone()),
        "search: family name": lambda: provider.name_of(someone()).split()[0],
        "search: contract": lambda: provider.contract_of(someone()),
        "search: announcement number": lambda: Notice.objects.get(pk=rng.randrange(1, last + 1)).number,
        "search: one letter": lambda: rng.choice("abhkmst"),
        "search: nobody": lambda: f"nobody{rng.random()}",
    }
    return {
        name: lambda word=word: f"{reverse('customers')}?{urlencode({'q': word()})}" for name, word in words.items()
    }


def in_process(*, repeat: int) -> None:
    """The product's functions and the peer's in turn; then the roll-up of a day."""
    import provider
    import scan
    from django.test import RequestFactory
    from django.utils import timezone

    from campaign.customers import rollup
    from campaign.dashboard import customers as listing
    from campaign.dashboard.progress import progress
    from campaign.models import Campaign

    today, campaign, times = timezone.localdate(), Campaign.objects.get(), {}
    someone = customers(random.Random(5))
    for _turn in range(repeat):
        kept = timed(times, "headline, kept", lambda: progress(campaign=campaign, today=today, now=timezone.now()))
        scanned = timed(times, "headline, scan", lambda: scan.headline(campaign, today=today))
        told = {"identified": kept.now.identified, "moved": kept.now.moved, "left": kept.now.left}
        if not told.items() <= scanned.items():
            raise SystemExit(f"the dashboard says {told}, the scan says {scanned}")
        filters = listing.filters_in(RequestFactory().get("/", {"q": provider.login_of(someone())}).GET, campaign)
        timed(times, "search, index", lambda filters=filters: searched(campaign, filters, today))
        timed(times, "search, LIKE", lambda filters=filters: list(scan.found(filters.q)[:50]))
        timed(times, "roll-up of a day", lambda: rollup.bring_up_to_date(days=[today], today=today))
    table("In one process", ("median ms",), [(name, f"{median(taken):,.1f}") for name, taken in times.items()])
    for peer, own in (("headline, scan", "headline, kept"), ("search, LIKE", "search, index")):
        print(f"{peer} takes {median(times[peer]) / median(times[own]):,.0f} times as long as {own}")


def searched(campaign, filters, today) -> list:
    from campaign.dashboard import customers as listing

    found = listing.find(campaign, filters, today=today)
    return listing.rows(campaign, filters, found, slice(0, 50), today=today)


def timed(times: Rows, name: str, call: Callable[[], object]) -> object:
    began = time.perf_counter()
    answer = call()
    times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    return answer


def line_of(name: str, times: list[float]) -> tuple[str, str, str]:
    return name, f"{median(times):,.1f}", f"{quantiles(times, n=20, method='inclusive')[-1]:,.1f}"


def verdict(name: str, times: list[float]) -> str:
    target = TARGETS.get(name.partition(":")[0])
    if target is None:
        return ""
    return f"under {target}" if median(times) < target else f"missed {target}"


def table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    print(f"\n{title:34}" + "".join(f"{column:>12}" for column in columns))
    for name, *cells in rows:
        print(f"{name:34}" + "".join(f"{cell:>12}" for cell in cells))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
