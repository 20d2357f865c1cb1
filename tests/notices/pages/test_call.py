"""Please call me: the number and the time, kept for this one call."""

import re
from datetime import timedelta

import pytest
from builders import TODAY
from django.test import Client

from campaign.models import CallBack
from notices.pages import asking, limit

pytestmark = pytest.mark.usefixtures("today")
FINE = {"phone": "090-1234-5678", "day": str(TODAY + timedelta(days=1)), "part": "morning"}


@pytest.fixture
def notice(make_notice):
    return make_notice(old="thunderbird")


@pytest.fixture
def path(notice, path_of):
    return f"{path_of(notice)}call/"


def text(client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_page_offers_the_next_open_days(client, path):
    found = text(client, path)
    for day in ("2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01"):
        assert f'value="{day}"' in found
    assert "Wednesday, November 25, 2026" in found
    assert "in any case after 30 days" in found and "Monday to Friday, 9:00 to 18:00" in found


def test_days_on_which_notices_go_out_but_nobody_calls_are_not_offered(client, path, settings):
    settings.NOTICE_WEEKDAYS = frozenset(range(7))
    settings.NOTICE_HOLIDAYS = (("2026-11-30", "2026-11-30"),)
    found = client.get(path).content.decode()
    days = re.findall(r'name="day" value="([0-9-]+)"', found)
    assert days == ["2026-11-25", "2026-11-26", "2026-11-27", "2026-12-01", "2026-12-02"]
    settings.DESK_WEEKDAYS = frozenset({5})
    assert 'value="2026-11-28"' in client.get(path).content.decode()


def test_who_asks_is_on_the_list_and_reads_when_the_call_comes(notice, path, path_of):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path, FINE)
    assert (answer.status_code, answer["Location"]) == (303, f"{path_of(notice)}#call")
    made = CallBack.objects.get()
    assert (made.customer, made.phone, made.part) == (notice.holdout.customer, "09012345678", "morning")
    for page in (text(browser, path_of(notice)), text(browser, path)):
        assert "at the number that ends in 5678" in page
        assert "1234" not in page.replace("03-1234-5678", "") and "09012345678" not in page


def test_it_can_be_changed_and_taken_back(client, path):
    client.post(path, FINE)
    client.post(path, FINE | {"part": "any"})
    assert CallBack.objects.get().part == "any"
    assert client.post(path, {"act": "forget"}).status_code == 303
    assert not CallBack.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"phone": "12"}, "with its area code"),
        ({"phone": "<script>"}, "with its area code"),
        ({"day": ""}, "Please choose when we may call"),
        ({"day": str(TODAY)}, "one of the days that are offered"),
        ({"part": "night"}, "Please choose when we may call"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, path, given, words):
    answer = client.post(path, FINE | given)
    found = answer.content.decode()
    assert answer.status_code == 422 and words in found and 'aria-describedby="phone-note wrong"' in found
    assert (FINE | given)["phone"].replace("<", "&lt;").replace(">", "&gt;") in found
    assert not CallBack.objects.exists()


def test_who_asks_too_often_waits(client, path, empty_redis, monkeypatch):
    monkeypatch.setattr(asking, "RATE", limit.Rate("asks", each=2))
    assert [client.post(path, FINE).status_code for _ in range(3)] == [303, 303, 429]
