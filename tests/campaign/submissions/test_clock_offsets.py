"""A host whose clock is known to be wrong is set right where events become submissions."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from loglines import NOON, login, message

from campaign import env
from campaign.models import Coverage, DailyCount
from campaign.submissions import intake

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
HANAKO, HOME, FAR = "hanako@isp.example", "198.51.100.7", "friend@elsewhere.example"
MIDNIGHT = NOON.replace(hour=0) + timedelta(days=1)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


def classes(tmp_path, *texts: str) -> list[tuple]:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.log").write_text(text)
        intake.read([tmp_path / f"{number}.log"], now=NOW)
    intake.attribute(intake.stale_days(now=NOW), now=NOW)
    return list(DailyCount.objects.values_list("day", "submission_class"))


def ahead(minutes: float, sent: datetime) -> tuple[str, str]:
    """A login twenty seconds before the mail, by a clock so many minutes ahead."""
    stamped = sent + timedelta(minutes=minutes, seconds=-20)
    return login(HANAKO, HOME, stamped, host="pop1"), message(HOME, HANAKO, FAR, at=sent)


@pytest.mark.parametrize("offset", [4, -45])
@pytest.mark.parametrize("sent", [NOON, MIDNIGHT - timedelta(minutes=1), MIDNIGHT + timedelta(minutes=1)])
def test_a_wrong_clock_is_set_right_also_across_midnight(tmp_path, settings, offset, sent):
    settings.CLOCK_OFFSETS = {"pop1": -offset * 60}
    assert classes(tmp_path, *ahead(offset, sent)) == [(sent.date(), "pop_before_smtp")]


def test_without_the_setting_and_for_other_hosts_times_are_as_logged(tmp_path, settings):
    settings.CLOCK_OFFSETS = {"pop2": -240}
    assert classes(tmp_path, *ahead(4, NOON)) == [(DAY, "unexplained_relay")]


def test_a_mail_server_can_be_set_right_as_well(tmp_path, settings):
    settings.CLOCK_OFFSETS = {"mx1": 86_400 // 2}  # stamps of another time zone
    text = login(HANAKO, HOME, NOON) + message(HOME, HANAKO, FAR, at=NOON - timedelta(hours=12))
    assert classes(tmp_path, text) == [(DAY, "pop_before_smtp")]
    assert Coverage.objects.get(stream="mail").last_at == datetime(2026, 5, 4, 3, tzinfo=UTC)


def test_a_login_log_that_comes_late_opens_addresses_beyond_midnight(tmp_path):
    sent = MIDNIGHT + timedelta(minutes=5)
    assert classes(tmp_path, message(HOME, HANAKO, FAR, at=sent)) == [(sent.date(), "unexplained_relay")]
    (tmp_path / "late.log").write_text(login(HANAKO, HOME, MIDNIGHT - timedelta(minutes=5)))
    intake.read([tmp_path / "late.log"], now=NOW)
    intake.attribute(intake.stale_days(now=NOW), now=NOW)
    assert list(DailyCount.objects.values_list("submission_class", flat=True)) == ["pop_before_smtp"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", {}), ("pop1:-240", {"pop1": -240}), ("pop1:-240, pop-2.b:+30", {"pop1": -240, "pop-2.b": 30})],
)  # fmt: skip
def test_offsets_are_given_by_host_in_seconds(monkeypatch, text, wanted):
    monkeypatch.setenv("CLOCK_OFFSETS", text)
    assert env.seconds_by_host("CLOCK_OFFSETS") == wanted


@pytest.mark.parametrize("text", ["pop1", "pop1:", ":5", "pop1:4m", "pop'1:5", "pop1:99999"])
def test_what_is_no_offset_is_said_with_what_would_be_right(monkeypatch, text):
    monkeypatch.setenv("CLOCK_OFFSETS", text)
    with pytest.raises(ImproperlyConfigured, match="such as pop1:-240"):
        env.seconds_by_host("CLOCK_OFFSETS")
