"""However the same lines come, the same daily use and the same listing come of them, byte for byte."""

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import tempfile
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from loglines import message, minutes
from small_days import FOREIGN, PEOPLE, days

from campaign.logs import files
from campaign.models import AttributedDay, Customer, DailyCount, DailyUse, LogFile, UnknownProgram
from campaign.submissions import intake, reading

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
WRITTEN_AT = NOW.timestamp()  # the year of stamps without one is that of the file
PACK = {
    "": lambda data: data,
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
}
EXAMPLES = int(os.environ.get("EXAMPLES", "4"))  # seconds each; more of them in a search for rare cases
some = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # a simpler case of a failure would take minutes to find
)


@contextmanager
def in_blocks(size: int):
    """Blocks of some hundred bytes have their borders inside messages and sessions."""
    head = min(size // 2, files.HEAD)
    with pytest.MonkeyPatch.context() as patched:
        for module, name, value in (
            (files, "BLOCK", size), (reading, "SEALED", size), (files, "HEAD", head), (intake, "HEAD", head),
        ):  # fmt: skip
            patched.setattr(module, name, value)
        yield


@contextmanager
def nothing_known(settings):
    """A folder for logs, and an installation that has read none yet."""
    for model in (DailyUse, DailyCount, UnknownProgram, LogFile, AttributedDay, Customer):
        model.objects.all().delete()
    with tempfile.TemporaryDirectory() as folder:
        settings.DATA, settings.SEGMENTS = Path(folder) / "data", Path(folder) / "segments"
        logs = Path(folder) / "logs"
        logs.mkdir()
        yield logs


def written(path: Path, text: str, kind: str = "") -> Path:
    path = path.with_name(f"{path.name}.{kind}") if kind else path
    path.write_bytes(PACK[kind](text.encode()))
    os.utime(path, (WRITTEN_AT, WRITTEN_AT))
    return path


def take(*paths: Path) -> None:
    report = intake.read(paths, now=NOW)
    assert report.problems == []
    intake.attribute(report.days | intake.stale_days(now=NOW), now=NOW)


def daily_use() -> bytes:
    """All that the database has of these days, with logins for numbers."""
    names = [field.attname for field in DailyUse._meta.local_concrete_fields if field.attname != "customer_id"]
    use = DailyUse.objects.order_by("customer__login", "submission_class", "day")
    rows = [
        list(use.values_list("customer__login", *names)),
        list(DailyCount.objects.order_by("day", "submission_class", "attribution").values_list()),
        list(UnknownProgram.objects.order_by("day", "value").values_list()),
    ]  # fmt: skip
    return json.dumps(rows, default=str, indent=1).encode()


def listing(*paths: Path) -> bytes:
    """What `classify` writes."""
    names, out = [str(path) for path in paths], io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(out)) as text:
        given = {"login_log": names, "smtp_log": names, "local_domain": ["isp.example"], "year": 2026}
        call_command("classify", **given)
        text.flush()
        return out.getvalue()


@pytest.fixture
def whole(settings):
    """What comes of these lines in one file."""
    settings.LOCAL_DOMAINS = ("isp.example",)

    def found(lines: list[str]) -> tuple[bytes, bytes]:
        with nothing_known(settings) as logs:
            log = written(logs / "whole.log", "".join(lines))
            take(log)
            return daily_use(), listing(log)

    return found


@st.composite
def pieces(draw, lines: list[str]) -> list[list[str]]:
    """The lines as files: cut like a rotated log, or one program's lines in each file; some of them twice."""
    if draw(st.booleans()):
        lines = [line for line in lines if " dovecot: " in line], [line for line in lines if " dovecot: " not in line]
    else:
        lines = [lines]
    found = []
    for part in lines:
        cuts = sorted(draw(st.sets(st.integers(0, len(part)), max_size=4)))
        cut = [part[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(part)], strict=True)]
        found += cut
        if draw(st.booleans()):  # a copy whose end overlaps the next file
            found.append(part[: draw(st.integers(0, len(part)))])
    return [part for part in found if part]


@some
@given(st.data(), days())
def test_split_order_repetition_name_and_compression_make_no_difference(settings, whole, data, lines):
    wanted = whole(lines)
    with nothing_known(settings) as logs:
        parts = data.draw(pieces(lines))
        packed = [data.draw(st.sampled_from(sorted(PACK))) for _ in parts]
        found = [written(logs / f"mail.log.{number}", "".join(part), kind)
                 for number, (part, kind) in enumerate(zip(parts, packed, strict=True))]  # fmt: skip
        found = data.draw(st.permutations(found))
        assert listing(*found) == wanted[1]
        for batch in (found[::2], found[1::2]):
            take(*batch)
        renamed = [Path(shutil.copy2(path, logs / f"again-{path.name}")) for path in found]
        take(*data.draw(st.permutations(renamed)))
        assert daily_use() == wanted[0]


@some
@given(st.data(), days())
def test_growth_by_any_steps_makes_no_difference(settings, whole, data, lines):
    wanted, text = whole(lines), "".join(lines)
    with in_blocks(data.draw(st.sampled_from([600, 1500, files.BLOCK]))), nothing_known(settings) as logs:
        steps = sorted(data.draw(st.sets(st.integers(1, len(text)), max_size=3)))
        for step in [*steps, len(text)]:
            take(written(logs / "mail.log", text[:step]))
        assert daily_use() == wanted[0]


@some
@given(days(), st.integers(500, 1500), st.sampled_from(sorted(PACK)))
def test_borders_of_blocks_inside_messages_and_sessions_make_no_difference(settings, whole, lines, size, kind):
    wanted = whole(lines)
    with in_blocks(size), nothing_known(settings) as logs:
        log = written(logs / "mail.log", "".join(lines), kind)
        assert listing(log) == wanted[1]
        take(log)
        assert daily_use() == wanted[0]


def test_a_copy_of_what_a_file_once_was_takes_nothing_from_it(settings, whole):
    lines = [message("198.51.100.7", FOREIGN, FOREIGN, at=minutes(number), sasl=PEOPLE[0]) for number in range(2)]
    wanted = whole(lines)
    with nothing_known(settings) as logs:
        take(written(logs / "mail.log", lines[0]))
        take(written(logs / "mail.log", "".join(lines)))
        take(written(logs / "mail.log.saved", lines[0]))
        take(written(logs / "mail.log", "".join(lines)))
        assert daily_use() == wanted[0]
