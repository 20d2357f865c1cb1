"""The pages of rounds that are too large to be counted while somebody waits."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, noon
from desk import make_mailing, make_notice

from campaign.dashboard.mailing import troubles
from notices import reports
from notices.models import Mailing, Notice, ReportCounts

pytestmark = pytest.mark.django_db


def large_round(monkeypatch) -> Mailing:
    """What is refused, what came back and what is unknown lie among each other, and among those of another round."""
    mailing = make_mailing(make_campaign(), expires_on=TODAY + timedelta(days=20))
    other = make_mailing(make_campaign(name="local_port25"))
    for _ in range(3):
        make_notice(other, state="refused")
        make_notice(mailing, fate="bounced")
        make_notice(mailing, state="refused", reply="550 5.1.1 no such user")
        make_notice(other, fate="expired")
        make_notice(mailing, fate="delivered")
        make_notice(mailing, fate="expired")
        make_notice(mailing, state="waiting")
        make_notice(mailing, state="unknown")
    monkeypatch.setattr(reports, "LARGE", 0)
    reports.count_due(now=noon(TODAY))
    return mailing


def plain(page: str) -> list[str]:
    """Without what is another each time."""
    return [line for line in page.splitlines() if not any(each in line for each in ("csrf", "nonce", "live-every"))]


def test_they_say_what_they_say_of_a_small_one(staff, monkeypatch):
    mailing = large_round(monkeypatch)
    pages = [f"/staff/mailings/{mailing.pk}/", f"/staff/mailings/{mailing.pk}/pulse/", "/staff/mailings/"]
    large = [staff.get(page).content.decode() for page in pages]
    monkeypatch.setattr(reports, "LARGE", 10_000)
    small = [staff.get(page).content.decode() for page in pages]
    assert list(map(plain, large)) == list(map(plain, small))
    assert "no such user" in large[0] and "no such user" in large[1]


def test_they_follow_the_ledger_and_not_the_job(staff, monkeypatch):
    mailing = large_round(monkeypatch)
    Notice.objects.for_mailing(mailing).filter(state="waiting").update(state="refused", reply="554 5.7.1 not today")
    page = staff.get(f"/staff/mailings/{mailing.pk}/pulse/").content.decode()
    assert "Refused: 6" in page and "Waiting: 0" in page and "554 5.7.1 not today" in page


def test_what_went_wrong_is_listed_page_by_page_and_each_once(monkeypatch):
    mailing = large_round(monkeypatch)
    wrong = mailing.notices.filter(state__in=("refused", "unknown")) | mailing.notices.filter(
        delivery__fate__in=("bounced", "expired")
    )
    logins = list(wrong.order_by("pk").values_list("holdout__customer__login", flat=True))
    assert len(logins) == 12
    looked_at = Mailing.objects.get(pk=mailing.pk)
    keys = list(mailing.notices.order_by("pk").values_list("pk", flat=True))
    assert reports.ends(looked_at) == (keys[0], keys[-1])
    ReportCounts.objects.all().delete()
    unknown = Mailing.objects.get(pk=mailing.pk)
    assert reports.ends(unknown) == (0, reports.HIGHEST)
    for shown in (looked_at, unknown):
        pages = [troubles(shown, slice(begin, begin + 5)) for begin in (0, 5, 10)]
        assert [each.login for page in pages for each in page] == logins
        assert [len(page) for page in pages] == [5, 5, 2]
