"""A number that stands on several pages is the same on each of them, and says of which days it is."""

import re
from datetime import timedelta
from html import unescape

import pytest
from builders import TODAY, make_customer, noon
from desk import count_all, make_forecast, make_mailing, make_notice

from campaign.dashboard import board, digest
from campaign.dashboard.progress import progress
from campaign.models import Contact, DailyCount, OpenDoor, StandingCount
from notices import allowance
from notices.models import SendingDay

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
EARLIER = 28  # days ago, a working day: the round whose contacts were measured


def test_what_is_measured_after_the_day_began_is_measured_on_every_page(world, staff):
    allowance.of_day(TODAY)  # by beat, in the first minute
    assert "assumed: nothing has been measured yet" in _words(staff.get("/staff/").content.decode())
    _measure_a_round(world)
    for address in ("/staff/", "/staff/desk/", "/staff/benefit/"):
        shown = _words(staff.get(address).content.decode())
        assert "Assumed: " not in shown and "nothing has been measured yet" not in shown
    assert "Measured: " in _words(staff.get("/staff/desk/").content.decode())


@pytest.fixture
def pages(world, staff, settings):
    """By name, the words that each page, the board's paper and the weekly mail say of one world."""
    _measure_a_round(world)
    _leave_some_traces(world)
    make_forecast(world)
    count_all(world)
    waiting = make_mailing(world, period="2026-12", state="sending", started_at=NOW, planned_at=NOW)
    make_notice(waiting, state="waiting")
    addresses = {
        "first": "/staff/",
        "forecast": "/staff/forecast/",
        "benefit": "/staff/benefit/",
        "desk": "/staff/desk/",
        "mailing": f"/staff/mailings/{waiting.pk}/",
    }
    found = {name: _words(staff.get(address).content.decode()) for name, address in addresses.items()}
    sheet = board.board(world, now=NOW)
    found["paper"] = " ".join([*(" ".join(tile) for tile in sheet.tiles), *sheet.sentences, *_of_lines(sheet)])
    found["mail"] = " ".join(digest.text(digest.sheets_in("en", now=NOW)).split())
    return found


def _measure_a_round(world) -> None:
    """Not so many that the assumption is forgotten: what is measured on a later day differs from what it was then."""
    day = TODAY - timedelta(days=EARLIER)
    earlier = make_mailing(world, period="2026-10", state="finished", ended_at=noon(day))
    for _ in range(60):
        make_notice(earlier, accepted_at=noon(day), ended_at=noon(day))
    SendingDay.objects.create(day=day, taken=60)
    allowance.decide(day)  # when nothing was measured yet
    values = {"channel": "phone", "minutes": 7, "topic": "password", "outcome": "solved"}
    for ago in (EARLIER, EARLIER - 1, EARLIER - 1, EARLIER - 2, EARLIER - 2, EARLIER - 3):
        at = noon(TODAY - timedelta(days=ago))
        Contact.objects.create(customer=make_customer(), at=at, **values)


def _leave_some_traces(world) -> None:
    """Today, which is not over, and mail that no login explains: both would tell the pages apart."""
    none = {"attribution": "none"}
    DailyCount.objects.create(
        day=TODAY - timedelta(days=2), submission_class="unexplained_relay", submissions=9, **none
    )
    DailyCount.objects.filter(day=TODAY, submission_class="smtp_auth").update(submissions=40)
    StandingCount.objects.filter(day=TODAY, standing="holdout").update(holdouts=3)
    numbers = {"addresses": 1200, "minutes": 90_000, "used_addresses": 100, "used_minutes": 900}
    behind = {"shared_addresses": 40, "shared_minutes": 7000, "people_behind": 130, "most_behind": 17}
    for ago in range(1, 22):
        OpenDoor.objects.create(day=TODAY - timedelta(days=ago), **numbers, **behind)


def _words(page: str) -> str:
    """What somebody reads, without the tags between the words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def _of_lines(sheet: board.Board) -> list[str]:
    return [f"{line.title} {line.amount} {line.how}" for line in sheet.lines]


def said(pages: dict[str, str], pattern: str, names: str) -> dict[str, str]:
    """What the pattern finds on each of the pages, which all have to say it."""
    found = {name: re.findall(pattern, pages[name]) for name in names.split()}
    assert all(found.values()), {name: pages[name][:3000] for name, values in found.items() if not values}
    return {name: values[0] for name, values in found.items()}


def test_how_many_a_day_move_at_present_is_one_number_with_its_days(pages, world):
    pattern = r"at present [\d.]+ a day, the average of the last \d+ days"
    found = said(pages, pattern, "first forecast paper mail")
    pace = progress(campaign=world, today=TODAY, now=NOW).pace
    assert 0 < pace.a_day < 0.5  # which whole numbers would show as none
    assert set(found.values()) == {f"at present {pace.a_day} a day, the average of the last 14 days"}
    assert len(set(said(pages, r"(too slow|enough, if)", "first forecast paper mail").values())) == 1


def test_contacts_per_hundred_notices_are_those_of_the_days_row_on_every_page(pages):
    assert not SendingDay.objects.filter(day=TODAY).exists()  # to look decides nothing
    rate = f"{allowance.foresee(TODAY).contacts_per_hundred:.1f}"
    then = f"{SendingDay.objects.get(day=TODAY - timedelta(days=EARLIER)).contacts_per_hundred:.1f}"
    assert rate != then == "5.0"
    found = said(pages, r"Contacts per hundred notices ([\d.]+)", "first")
    found |= said(pages, r"([\d.]+) contacts × 7\.0 minutes", "benefit paper mail")
    found |= said(pages, r"([\d.]+) contacts per hundred notices", "desk mailing")
    assert set(found.values()) == {rate} == {f"{allowance.of_day(TODAY).contacts_per_hundred:.1f}"}


def test_the_share_with_a_password_is_of_one_week_and_of_the_same_mail(pages):
    week = r"in the 7 days up to (Nov\. 23, 2026)"
    first = said(pages, r"Customers' mail sent with SMTP-AUTH ([\d.]+%) " + week, "first paper")
    mail = said(pages, r"Customers' mail sent with SMTP-AUTH: ([\d.]+%) \(" + week, "mail")
    sentence = r"proves who sent ([\d.]+%) of our customers' mail " + week
    sentences = said(pages, sentence, "benefit paper mail")
    assert {*first.values(), *mail.values(), *sentences.values()} == {("73.1%", "Nov. 23, 2026")}
    assert "Nov. 23, 2026" in pages["benefit"] and "73.1%" in pages["benefit"].partition("week by week")[2]
