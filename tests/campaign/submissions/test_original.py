"""The text of a line, wherever rotation has put its file; and never a line that is not the one meant."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from loglines import NOON, journal, login, message, minutes, parts, smtpd

from campaign.models import LogFile
from campaign.submissions import intake
from campaign.submissions.original import originals, shown
from campaign.submissions.proof import DayProof, Line, Said, prove

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
HANAKO, TARO, HOME, FAR = "hanako@isp.example", "taro@isp.example", "198.51.100.7", "friend@elsewhere.example"
ACCEPTED = f"May  4 12:05:00 mx1 postfix/smtpd[100]: 9F2B3C4D5E: client=unknown[{HOME}]"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


@pytest.fixture
def log(tmp_path) -> Path:
    """A mail log of three lines before the one that matters, read."""
    path = tmp_path / "logs" / "maillog"
    path.parent.mkdir()
    path.write_text(
        login(TARO, "192.0.2.5")
        + login(HANAKO, HOME)
        + smtpd(f"connect from unknown[{HOME}]", minutes(5))
        + message(HOME, HANAKO, FAR, at=minutes(5), qid="9F2B3C4D5E")
    )
    intake.read([path], now=NOW)
    return path


def proved(tmp_path, login_: str = HANAKO) -> DayProof:
    return prove(intake.segments(), intake.rules(), NOON.date(), login_, scratch=tmp_path / "scratch")


def found(tmp_path, **given) -> dict[Said, tuple[str, str]]:
    """By what they prove, file and text of the lines behind Hanako's message."""
    whose = proved(tmp_path)
    lines = [line for one in whose.proofs for line in one.lines]
    texts = originals(lines, zone=TOKYO, names=whose.names, **given)
    return {line.said: (one.file, one.text) for line, one in texts.items()}


def test_an_entry_of_the_journal_is_shown_as_the_line_that_syslog_would_have_written(tmp_path, log):
    log.write_text("".join(journal(**parts(line)) + "\n" for line in log.read_text().splitlines()))
    intake.read([log], now=NOW)
    texts = found(tmp_path)
    assert texts[Said.ACCEPTED] == ("maillog", ACCEPTED.replace("May  4 12:05:00", "2026-05-04T03:05:00.000000Z"))


def test_the_lines_are_shown_as_the_log_has_them(tmp_path, log):
    texts = found(tmp_path)
    assert texts[Said.ACCEPTED] == ("maillog", ACCEPTED)
    assert texts[Said.LOGIN] == ("maillog", login(HANAKO, HOME).rstrip("\n"))


def test_a_rotated_and_packed_file_is_found_again_by_what_it_holds(tmp_path, log):
    text = log.read_bytes()
    log.rename(log.with_name("maillog.1"))
    log.write_text(login(TARO, "192.0.2.77"))  # the next one under the old name
    assert found(tmp_path)[Said.ACCEPTED] == ("maillog.1", ACCEPTED)
    log.with_name("maillog.1").unlink()
    log.with_name("maillog-20260505.gz").write_bytes(gzip.compress(text))
    assert found(tmp_path)[Said.ACCEPTED] == ("maillog-20260505.gz", ACCEPTED)


def test_a_file_that_is_gone_or_not_for_us_to_read_leaves_what_was_kept(tmp_path, log):
    log.unlink()
    assert found(tmp_path) == {}
    log.mkdir()
    assert found(tmp_path) == {}
    LogFile.objects.update(name="-")
    assert found(tmp_path) == {}
    LogFile.objects.update(name=str(tmp_path / "nowhere" / "maillog"))
    assert found(tmp_path) == {}


def test_a_damaged_packed_file_gives_what_comes_before_the_damage(tmp_path, log):
    packed = gzip.compress(log.read_bytes())
    log.unlink()
    log.with_name("maillog.1.gz").write_bytes(packed[:-20])
    assert found(tmp_path) in ({}, {Said.LOGIN: ("maillog.1.gz", login(HANAKO, HOME).rstrip("\n"))})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HOME, "198.51.100.8"),
        ("9F2B3C4D5E: client", "9F2B3C4D5F: client"),
        ("12:05:00 mx1", "12:05:01 mx1"),
        ("mx1 postfix/smtpd", "mx9 postfix/smtpd"),
        ("client=", "reject="),
    ],
)
def test_a_line_that_says_something_else_by_now_is_not_shown(tmp_path, log, before, after):
    whose = proved(tmp_path)
    text = log.read_text().replace(ACCEPTED, ACCEPTED.replace(before, after))
    log.write_text(text)
    LogFile.objects.update(digest=digest(log), digest_length=log.stat().st_size)  # as if it began the same
    lines = whose.proofs[0].lines
    assert {line.said for line in originals(lines, zone=TOKYO, names=whose.names)} == {Said.LOGIN}


def digest(path: Path) -> str:
    from campaign.logs.files import LogFile as OpenLog

    with OpenLog(str(path)) as opened:
        return opened.fingerprint().digest


def test_another_file_under_the_same_name_is_not_taken_for_it(tmp_path, log):
    log.write_text(log.read_text().replace("192.0.2.5", "192.0.2.6"))
    assert found(tmp_path) == {}


def test_whoever_waits_for_a_page_does_not_wait_for_the_end_of_a_long_file(tmp_path, log):
    assert Said.ACCEPTED in found(tmp_path, bytes_at_most=0)  # one block is read in any case
    assert len(found(tmp_path, bytes_at_most=1 << 40)) == 2


def test_a_file_is_read_once_for_all_its_lines(tmp_path, log, django_assert_num_queries):
    whose = proved(tmp_path)
    with django_assert_num_queries(1):
        originals(whose.proofs[0].lines * 20, zone=TOKYO, names=whose.names)


def test_only_programs_that_name_no_recipient_there_have_their_acceptance_shown(tmp_path, log, monkeypatch):
    monkeypatch.setattr("campaign.submissions.original.SPARING", set())
    assert set(found(tmp_path)) == {Said.LOGIN}


def test_addresses_of_others_and_what_steers_a_terminal_are_taken_out():
    text = b"user=<hanako@isp.example>, x=<taro@isp.example> \x1b[31mred \xff \xe2\x80\xaebidi"
    assert shown(text, {HANAKO}) == "user=<hanako@isp.example>, x=<…@…> �[31mred � �bidi"


def test_a_line_whose_number_is_not_in_the_file_is_none(tmp_path, log):
    whose = proved(tmp_path)
    (line, *_) = whose.proofs[0].lines
    beyond = Line(**{**vars(line), "number": 10_000})
    assert originals([beyond], zone=TOKYO, names=whose.names) == {}
