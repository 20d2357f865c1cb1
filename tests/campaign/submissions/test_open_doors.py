"""For how long addresses are open to anybody behind them, from the logins of a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from loglines import NOON, login, message, minutes

from campaign.models import OpenDoor
from campaign.submissions import intake

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
HANAKO, TARO, FAR = "hanako@isp.example", "taro@isp.example", "friend@elsewhere.example"
HOME, CAFE = "198.51.100.7", "203.0.113.9"
MIDNIGHT = NOON.replace(hour=0)


@pytest.fixture
def opened(settings, tmp_path):
    """Reads and attributes lines; returns the rows by day."""
    settings.DATA, settings.SEGMENTS, settings.OWN_NETWORKS = tmp_path / "data", tmp_path / "segments", ()

    def read(*lines: str) -> dict[date, OpenDoor]:
        (tmp_path / "mail.log").write_text("".join(lines))
        report = intake.read([tmp_path / "mail.log"], now=NOW)
        intake.attribute(report.days, now=NOW)
        return {row.day: row for row in OpenDoor.objects.all()}

    return read


def test_a_login_opens_its_address_for_the_window(opened):
    row = opened(login(HANAKO, HOME))[DAY]
    assert (row.addresses, row.minutes, row.used_addresses, row.shared_addresses) == (1, 30, 0, 0)


def test_logins_within_the_window_lengthen_it_and_are_not_added_up(opened):
    row = opened(*(login(HANAKO, HOME, at=minutes(at)) for at in (0, 10, 20, 100)))[DAY]
    assert (row.addresses, row.minutes) == (1, 50 + 30)


def test_an_address_that_several_share_is_open_to_all_of_them_and_names_are_one_however_spelled(opened):
    row = opened(
        login(HANAKO, CAFE),
        login("HANAKO", CAFE, at=minutes(60)),
        login("taro%isp.example", CAFE, at=minutes(10)),
        login(TARO, HOME, at=minutes(10)),
    )[DAY]
    assert (row.addresses, row.shared_addresses, row.people_behind, row.most_behind) == (2, 1, 2, 2)
    assert (row.minutes, row.shared_minutes) == (40 + 30 + 30, 70)


def test_used_is_where_mail_was_sent_the_old_way_and_not_where_smtp_auth_was_used(opened):
    row = opened(
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(5)),
        login(TARO, CAFE),
        message(CAFE, TARO, FAR, at=minutes(5), sasl=TARO),
    )[DAY]
    assert (row.addresses, row.minutes, row.used_addresses, row.used_minutes) == (2, 60, 1, 30)


def test_a_window_that_reaches_over_midnight_counts_on_both_days(opened):
    found = opened(login(HANAKO, HOME, at=MIDNIGHT - timedelta(minutes=10)), login(TARO, CAFE))
    assert found[DAY - timedelta(days=1)].minutes == 10
    assert (found[DAY].addresses, found[DAY].minutes) == (2, 20 + 30)


def test_a_day_attributed_again_replaces_its_row_and_a_day_without_logins_is_zero(opened):
    assert opened(message(HOME, HANAKO, FAR))[DAY].minutes == 0
    assert opened(message(HOME, HANAKO, FAR), login(HANAKO, HOME))[DAY].minutes == 30
