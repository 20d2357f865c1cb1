"""The same lines in every form that a machine may keep them in give the same submissions."""

import gzip
from zoneinfo import ZoneInfo

import pytest
from loglines import NOON, in_utc, journal, login, message, minutes, parts

from campaign.logs.files import LogFile
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

TOKYO = ZoneInfo("Asia/Tokyo")
HOME, HANAKO, FAR = "198.51.100.7", "hanako@isp.example", "friend@elsewhere.example"
SPOKEN = login(HANAKO, HOME) + "".join(
    message(HOME, HANAKO, FAR, at=minutes(number), qid=f"4AAAAAAAA{number}z1") for number in (1, 2, 40)
)


def rewritten(form) -> str:
    return "".join(form(**parts(line)) + "\n" for line in SPOKEN.splitlines())


FORMS = {
    "priority": lambda stamp, host, tag, pid, text: f"<22>{stamp} {host} {tag}{f'[{pid}]' if pid else ''}: {text}",
    "verbose": lambda stamp, host, tag, pid, text: (
        f"{stamp} <mail.info> {host} {tag}{f'[{pid}]' if pid else ''}: {text}"
    ),
    "solaris": lambda stamp, host, tag, pid, text: (
        f"{stamp} {host} {tag}{f'[{pid}]' if pid else ''}: [ID 197553 mail.info] {text}"
    ),
    "rfc5424": lambda stamp, host, tag, pid, text: (
        f'<22>1 {in_utc(stamp):%Y-%m-%dT%H:%M:%SZ} {host} {tag} {pid or "-"} - [x y="\\"]: ["] {text}'
    ),
    "journal": journal,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_the_log_changes_no_submission(classify, form):
    found = classify(rewritten(FORMS[form]))
    assert [(one["class"], one["user"]) for one in found] == [
        ("pop_before_smtp", HANAKO), ("pop_before_smtp", HANAKO), ("unexplained_relay", None),
    ]  # fmt: skip
    assert found == classify(SPOKEN)


def read(path):
    reading = Reading(zone=TOKYO, local_domains={"isp.example"}, latest=2**62, today=NOON.date())
    with LogFile(str(path)) as log:
        segments = Segments(path.parent / "segments", TOKYO)
        return read_file(log, reading, segments, place=Place(), last_line_too=False)


def test_an_export_of_the_journal_is_counted_by_its_own_bytes_and_lines(tmp_path):
    text = rewritten(journal)
    (tmp_path / "journal.json").write_text(text + '{"half an entry')
    (tmp_path / "journal.json.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("journal.json", "journal.json.gz"):
        report = read(tmp_path / name)
        assert (report.read_to, report.lines) == (len(text.encode()), text.count("\n"))


def test_a_damaged_entry_is_counted_and_shown(tmp_path):
    (tmp_path / "journal.json").write_text(rewritten(journal) + '{"MESSAGE": null}\n')
    report = read(tmp_path / "journal.json")
    told = "1 of 1 lines of (no time stamp) not understood, the first in line 17: '{\"…\": null}'"
    assert [line for line in report.lines_for_people() if line.endswith(told)]
