"""Nothing is counted twice and nothing is lost, however the files come."""

import gzip
import lzma
import os
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import zstandard
from builders import make_customer
from loglines import NOON, login, message, minutes, smtpd

from campaign.models import AttributedDay, Coverage, Customer, DailyCount, DailyUse, LogFile, ProgramLines
from campaign.submissions import intake, retention

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
HANAKO, TARO, HOME, FAR = "hanako@isp.example", "taro@isp.example", "198.51.100.7", "friend@elsewhere.example"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


@pytest.fixture
def lines() -> list[str]:
    found = [login(HANAKO, HOME), login(TARO, "198.51.100.8")]
    for number in range(1, 20):
        found.append(message(HOME, HANAKO, FAR, at=minutes(number), program="Mozilla Thunderbird"))
        found.append(message("198.51.100.8", TARO, FAR, at=minutes(number), sasl=TARO, tag="postfix/submission/smtpd"))
        found.append(message("203.0.113.4", "x@elsewhere.example", TARO, at=minutes(number)))
    return "".join(found).splitlines(keepends=True)


def take(*paths) -> intake.ReadReport:
    report = intake.read(paths, now=NOW)
    intake.attribute(report.days | intake.stale_days(now=NOW), now=NOW)
    return report


def outcome() -> tuple:
    use = DailyUse.objects.order_by("customer__login", "submission_class", "day").values_list(
        "customer__login", "submission_class", "day", "submissions", "confirmed", "auth_failed", "last_at", "addresses",
        "client_program",
    )  # fmt: skip
    counts = DailyCount.objects.order_by("day", "submission_class", "attribution")
    return list(use), list(counts.values_list("day", "submission_class", "attribution", "submissions"))


def test_daily_use_says_who_sent_what_way(tmp_path, lines):
    (tmp_path / "mail.log").write_text("".join(lines))
    take(tmp_path / "mail.log")
    use, counts = outcome()
    assert use == [
        (HANAKO, "pop_before_smtp", DAY, 19, 19, 0, datetime(2026, 5, 4, 3, 19, tzinfo=UTC), [HOME], "thunderbird"),
        (TARO, "smtp_auth", DAY, 19, 19, 0, datetime(2026, 5, 4, 3, 19, tzinfo=UTC), ["198.51.100.8"], ""),
    ]
    assert counts == [
        (DAY, "inbound", "none", 19),
        (DAY, "pop_before_smtp", "confirmed", 19),
        (DAY, "smtp_auth", "confirmed", 19),
    ]
    assert {(row.stream, row.events) for row in Coverage.objects.filter(day=DAY)} == {("logins", 2), ("mail", 57)}


def compressed(kind: str, data: bytes) -> bytes:
    return {
        "gz": gzip.compress,
        "xz": lzma.compress,
        "zst": zstandard.ZstdCompressor().compress,
    }[kind](data)


@pytest.mark.parametrize("kind", ["gz", "xz", "zst"])
def test_the_same_file_again_renamed_and_compressed_changes_nothing(tmp_path, lines, kind):
    data = "".join(lines).encode()
    (tmp_path / "mail.log").write_bytes(data)
    take(tmp_path / "mail.log")
    before = outcome()
    (tmp_path / "mail.log").rename(tmp_path / "mail.log.1")
    report = take(tmp_path / "mail.log.1")
    assert report.days == set() and report.problems == []
    (tmp_path / f"mail.log.2.{kind}").write_bytes(compressed(kind, data))
    take(tmp_path / f"mail.log.2.{kind}")
    assert outcome() == before
    assert LogFile.objects.count() == 1


def test_a_packed_file_is_not_unpacked_again_each_time_it_is_looked_at(tmp_path, lines, monkeypatch):
    packed = tmp_path / "mail.log.1.gz"
    packed.write_bytes(gzip.compress("".join(lines).encode()))
    take(packed)
    with monkeypatch.context() as patched:
        patched.setattr(intake, "read_file", lambda *_, **__: pytest.fail("was read again"))
        intake.read([packed], now=NOW)
    packed.write_bytes(gzip.compress("".join([*lines, login(HANAKO, HOME, minutes(70))]).encode()))
    take(packed)
    assert LogFile.objects.get().lines == len(lines) + 1


def test_a_growing_file_counts_each_line_once_and_its_cut_last_line_waits(tmp_path, lines):
    whole = tmp_path / "whole.log"
    whole.write_text("".join(lines))
    take(whole)
    wanted = outcome()
    for model in (DailyUse, DailyCount, LogFile, AttributedDay):
        model.objects.all().delete()
    for path in intake.segments().root.rglob("*.parquet"):
        path.unlink()
    text, rng, growing = "".join(lines), random.Random(7), tmp_path / "growing.log"
    place = 0
    while place < len(text):
        step = rng.randrange(1, 2500)
        with growing.open("a") as file:
            file.write(text[place : place + step])
        place += step
        take(growing)
    assert outcome() == wanted
    known = LogFile.objects.get()
    assert (known.lines, known.read_to) == (len(lines), len(text))
    assert sum(ProgramLines.objects.values_list("lines", flat=True)) == len(lines)


def test_only_the_days_of_new_lines_are_attributed_again(tmp_path):
    growing = tmp_path / "mail.log"
    growing.write_text(
        "".join(message(HOME, HANAKO, FAR, at=NOON - timedelta(days=back), sasl=HANAKO) for back in (9, 5, 0))
    )
    take(growing)
    with growing.open("a") as file:
        file.write(message(HOME, HANAKO, FAR, at=minutes(5), sasl=HANAKO))
    assert intake.read([growing], now=NOW).days == {DAY, DAY - timedelta(days=1)}
    assert intake.stale_days(now=NOW) == {DAY, DAY - timedelta(days=1)}


def test_a_last_line_without_its_end_is_not_read_before_it_is_whole(tmp_path):
    log = tmp_path / "mail.log"
    log.write_text(login(HANAKO, HOME) + login(TARO, HOME)[:-20])
    take(log)
    assert LogFile.objects.get().lines == 1
    with log.open("a") as file:
        file.write(login(TARO, HOME)[-20:])
    take(log)
    assert LogFile.objects.get().lines == 2


@pytest.mark.parametrize("seed", range(4))
def test_any_split_and_order_of_files_gives_the_same_daily_use(tmp_path, lines, seed):
    rng = random.Random(seed)
    (tmp_path / "whole.log").write_text("".join(lines))
    take(tmp_path / "whole.log")
    wanted = outcome()
    DailyUse.objects.all().delete()
    DailyCount.objects.all().delete()
    LogFile.objects.all().delete()
    for path in intake.segments().root.rglob("*.parquet"):
        path.unlink()
    cuts = sorted(rng.sample(range(1, len(lines)), 3))
    parts = [lines[start:end] for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    files = []
    for number, part in enumerate(parts):
        files.append(tmp_path / f"part{number}.log")
        files[-1].write_text("".join(part))
    rng.shuffle(files)
    for file in files:
        take(file)
    assert outcome() == wanted


def test_the_same_lines_in_two_different_files_are_the_same_submissions(tmp_path, lines):
    (tmp_path / "all.log").write_text("".join(lines))
    take(tmp_path / "all.log")
    before = outcome()
    (tmp_path / "half.log").write_text("".join(lines[len(lines) // 2 :]))
    take(tmp_path / "half.log")
    assert outcome() == before


def test_a_login_log_that_comes_late_explains_what_was_unexplained(tmp_path):
    (tmp_path / "mail.log").write_text(message(HOME, HANAKO, FAR, at=minutes(5)))
    take(tmp_path / "mail.log")
    assert outcome()[1] == [(DAY, "unexplained_relay", "none", 1)]
    (tmp_path / "dovecot.log").write_text(login(HANAKO, HOME))
    take(tmp_path / "dovecot.log")
    assert outcome()[1] == [(DAY, "pop_before_smtp", "confirmed", 1)]


def test_lines_after_midnight_are_added_to_the_message_of_the_day_before(tmp_path):
    evening = NOON.replace(hour=23, minute=59, second=59)
    first, *rest = message("203.0.113.4", HANAKO, FAR, at=evening, sasl=HANAKO).splitlines(keepends=True)
    (tmp_path / "maillog.1").write_text(first)
    take(tmp_path / "maillog.1")
    assert outcome() == ([], [])
    (tmp_path / "maillog").write_text("".join(rest).replace("May  4 23:59:59", "May  5 00:00:01"))
    take(tmp_path / "maillog")
    assert outcome()[1] == [(DAY, "smtp_auth", "confirmed", 1)]


def test_a_reader_that_dies_before_it_remembers_leaves_nothing_that_counts_twice(tmp_path, lines, monkeypatch):
    (tmp_path / "mail.log").write_text("".join(lines))
    with monkeypatch.context() as patched:
        patched.setattr(intake, "_remember", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            intake.read([tmp_path / "mail.log"], now=NOW)
    assert list(intake.segments().root.rglob("*.parquet"))
    take(tmp_path / "mail.log")
    assert outcome()[1][1] == (DAY, "pop_before_smtp", "confirmed", 19)


def test_events_that_come_while_a_day_is_attributed_leave_it_stale(tmp_path, lines, monkeypatch):
    (tmp_path / "mail.log").write_text("".join(lines[:30]))
    (tmp_path / "more.log").write_text("".join(lines[30:]))
    report = intake.read([tmp_path / "mail.log"], now=NOW)
    attribute_day = intake.attribute_day

    def meanwhile(*given):
        attribute_day(*given)
        monkeypatch.setattr(intake, "attribute_day", attribute_day)
        intake.read([tmp_path / "more.log"], now=NOW)

    monkeypatch.setattr(intake, "attribute_day", meanwhile)
    intake.attribute({DAY}, now=NOW)
    assert DAY in intake.stale_days(now=NOW)
    intake.attribute(report.days | intake.stale_days(now=NOW), now=NOW)
    assert intake.stale_days(now=NOW) == set()
    assert outcome()[1][1] == (DAY, "pop_before_smtp", "confirmed", 19)


def test_a_piece_that_is_replaced_while_it_is_read_is_read_as_it_was(tmp_path, lines):
    (tmp_path / "mail.log").write_text("".join(lines))
    take(tmp_path / "mail.log")
    (link,) = intake.segments().held("messages", [DAY], tmp_path / "held")
    before = Path(link).read_bytes()
    (original,) = intake.segments().files("messages", [DAY])
    replacement = Path(original).with_suffix(".new")
    replacement.write_bytes(b"another")
    replacement.replace(original)
    assert Path(link).read_bytes() == before


def test_with_an_imported_list_of_customers_its_addresses_decide(tmp_path):
    hanako = make_customer(HANAKO, addresses=(HANAKO, "h.sato@isp.example"))
    text = login(HANAKO, HOME) + login(TARO, HOME) + message(HOME, "h.sato@isp.example", FAR, at=minutes(1))
    (tmp_path / "mail.log").write_text(text)
    take(tmp_path / "mail.log")
    use = DailyUse.objects.get()
    assert (use.customer, use.submissions, use.confirmed) == (hanako, 1, 0)


def test_who_is_in_no_list_becomes_a_customer_by_having_sent(tmp_path):
    (tmp_path / "mail.log").write_text(login("Hanako", HOME) + message(HOME, HANAKO, FAR, at=minutes(1)))
    take(tmp_path / "mail.log")
    assert list(Customer.objects.values_list("login", flat=True)) == [HANAKO]


def test_no_recipient_is_kept_anywhere(tmp_path, lines):
    import pyarrow.parquet as pq

    (tmp_path / "mail.log").write_text("".join(lines) + smtpd(f"NOQUEUE: reject: RCPT from x[1.2.3.4]: <{FAR}>"))
    take(tmp_path / "mail.log")
    for path in intake.segments().root.rglob("*.parquet"):
        assert FAR not in str(pq.read_table(path).to_pylist())
    assert FAR not in str(list(ProgramLines.objects.values_list("example")))


def test_what_is_past_the_retention_is_dropped_and_its_counts_stay(tmp_path, lines):
    (tmp_path / "mail.log").write_text("".join(lines))
    take(tmp_path / "mail.log")
    retention.drop_before(date(2026, 5, 5))
    assert list(intake.segments().root.rglob("*.parquet")) == []
    assert {tuple(use.addresses) for use in DailyUse.objects.all()} == {()}
    assert sum(use.submissions for use in DailyUse.objects.all()) == 38
    assert not LogFile.objects.exists()


def test_events_past_the_retention_are_not_taken_and_do_not_erase_what_was_counted(tmp_path, lines):
    (tmp_path / "mail.log").write_text("".join(lines))
    take(tmp_path / "mail.log")
    before = outcome()[1]
    late = datetime(2027, 5, 4, tzinfo=UTC)
    os.utime(tmp_path / "mail.log", (late.timestamp(),) * 2)
    LogFile.objects.all().delete()
    report = intake.read([tmp_path / "mail.log"], now=late, year=2026)
    intake.attribute({DAY, *report.days}, now=late)
    assert outcome()[1] == before
    assert "past the retention" in report.files[0].notes[0]
    assert report.files[0].lines == len(lines)


def test_a_file_last_written_before_the_retention_is_not_read_anew_each_night(tmp_path, lines, settings):
    log, late = tmp_path / "mail.log", datetime(2026, 8, 4, tzinfo=UTC)
    log.write_text("".join(lines))

    def taken(days_ago: int) -> int:
        at = datetime.combine(intake.kept_from(late) - timedelta(days=days_ago), time(), UTC).timestamp()
        os.utime(log, (at, at))
        (report,) = intake.read([log], now=late, year=2026).files
        assert any("not read" in note for note in report.notes) == (not report.lines)
        LogFile.objects.all().delete()  # as the retention does
        return report.lines

    assert [taken(days) for days in (2, 3)] == [len(lines), 0]


@pytest.mark.parametrize("seed", range(4))
def test_queue_ids_that_come_again_are_told_apart_wherever_the_files_are_cut(tmp_path, seed):
    rng = random.Random(seed)
    at_home = [login(HANAKO, HOME, minutes(number)) for number in range(0, 60, 20)]
    sent = [
        message(
            HOME if number % 2 else "203.0.113.4",
            HANAKO if number % 2 else "x@elsewhere.example",
            FAR if number % 2 else HANAKO,
            at=minutes(number / 20),  # three seconds apart
            qid=f"9F2B3C{number % 3}",
            message_id=f"{number}@pc",
        )
        for number in range(120)
    ]
    lines = "".join([*at_home[:1], *sent]).splitlines(keepends=True)
    cuts = sorted(rng.sample(range(1, len(lines)), 12))
    parts = [lines[start:end] for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    files = [tmp_path / f"part{number}.log" for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        file.write_text("".join(part))
    rng.shuffle(files)
    take(*files)
    assert outcome()[1] == [(DAY, "inbound", "none", 60), (DAY, "pop_before_smtp", "confirmed", 60)]


def test_a_pattern_of_the_operators_own_opens_the_window_like_any_login(tmp_path, settings):
    settings.LOGIN_PATTERN, settings.LOGIN_PATTERN_TAGS = r"in (?P<user>\S+) (?P<ip>\S+)", ("mypopd",)
    text = smtpd(f"in {HANAKO} {HOME}", tag="mypopd") + message(HOME, HANAKO, FAR, at=minutes(1))
    (tmp_path / "mail.log").write_text(text)
    take(tmp_path / "mail.log")
    assert [(login, count) for login, _, _, count, *_ in outcome()[0]] == [(HANAKO, 1)]
