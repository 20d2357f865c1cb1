import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = """
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo
import numpy as np
from campaign import wsgi
from campaign.logs import journal
from campaign.logs.dialects import Reader
from campaign.submissions import original
from campaign.submissions.proof import Line, Said
from campaign.submissions.warm import PLAIN

def compiled():
    of_ours = {name: vars(module) for name, module in sys.modules.items() if name.startswith("campaign.")}
    found = {(name, key): each for name, keys in of_ours.items() for key, each in keys.items()}
    return {place: len(each.signatures) for place, each in found.items() if hasattr(each, "nopython_signatures")}

zone = ZoneInfo("Asia/Tokyo")
text = b"Nov 24 09:00:00 mx1 postfix/smtpd[1]: 4AAAAAAAAAz1: client=unknown[192.0.2.1]"
reader = Reader(zone=zone, local_domains=(), latest=2**62, written_on=date(2026, 11, 24), year=2026)
reader.events(block := np.frombuffer(bytearray(PLAIN.encode()), np.uint8), *reader.heads(block), 1)  # as of a file
used = compiled()
at = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
line = Line(Said.ACCEPTED, at, "mx1", "postfix/smtpd", "192.0.2.1", None, "4AAAAAAAAAz1", 1, "a", 1)
original._says(text, line, zone)
entry = np.frombuffer(bytearray(b'{"MESSAGE": "client=unknown[192.0.2.1]", "_HOSTNAME": "mx1"}\\n'), np.uint8)
reader = Reader(zone=zone, local_domains=(), latest=2**62, written_on=date(2026, 11, 24))
reader.events(block := journal.plain(entry), *reader.heads(block), 1)
more = [place for place, number in compiled().items() if number > max(1, used.get(place, 0))]
print(used["campaign.logs.lines", "_heads"], more)
"""


def told_by(script: str, data: Path) -> list[str]:
    given = {"cwd": ROOT, "env": {**os.environ, "DATA": str(data), "DEBUG": "1"}, "text": True}
    return subprocess.check_output([sys.executable, "-c", script], **given).splitlines()


def test_a_web_worker_has_loaded_all_pages_before_its_first_request(tmp_path):
    loaded = "import sys, campaign.wsgi; print('campaign.dashboard.proof' in sys.modules, 'duckdb' in sys.modules)"
    assert told_by(loaded, tmp_path) == ["True True"]


def test_an_evidence_page_and_a_journal_read_by_the_searches_that_files_are_read_by(tmp_path):
    """Of another type than a file's block, they would all be compiled once more."""
    assert told_by(READ, tmp_path) == ["1 []"]
