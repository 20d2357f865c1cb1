"""More time: asked for on the page behind the link, within what the provider allows."""

from datetime import date, timedelta

import pytest
from builders import TODAY, make_user, noon
from django.test import Client

from campaign.models import Exemption, Holdout
from campaign.plan import extensions
from notices import links
from notices.pages import asking, limit

pytestmark = pytest.mark.usefixtures("today")
CUTOFF = date(2027, 3, 31)
LAST = "2027-04-29"


@pytest.fixture
def notice(make_notice):
    return make_notice(old="thunderbird")


@pytest.fixture
def path(notice, path_of):
    return f"{path_of(notice)}more-time/"


def text(client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_page_offers_few_days_and_says_what_it_means(client, path):
    found = text(client, path)
    for day in ("2027-04-06", "2027-04-13", "2027-04-20", "2027-04-27", LAST):
        assert f'value="{day}"' in found
    assert "Tuesday, April 6, 2027" in found
    assert "From March 10, 2027 on we do not remind you any more." in found
    assert "You can ask for more time only once." in found


def test_who_asks_gets_an_exemption_and_reads_it_on_the_page(notice, path, path_of):
    browser = Client(enforce_csrf_checks=True)  # browsers send "Origin: null" from here
    answer = browser.post(path, {"why": "device", "until": LAST})
    assert (answer.status_code, answer["Location"]) == (303, f"{path_of(notice)}#standing")
    made = Exemption.objects.get()
    assert (made.customer, made.asked_why, made.asked_at) == (notice.holdout.customer, "device", noon(TODAY))
    assert made.until == date(2027, 4, 29)
    page = text(browser, path_of(notice))
    assert "for you the old way works until April 29, 2027" in page
    assert "157 days left." in page and "From April 30, 2027 on, sending the old way is no longer possible." in page
    assert "Ask for more time" not in page
    assert "At present you cannot ask for more time on this page" in text(browser, path)


def test_who_has_more_time_reads_one_last_day_everywhere(client, notice, path, path_of, settings):
    client.post(path, {"why": "device", "until": "2027-04-13"})
    stop = links.stop_url(notice).removeprefix(settings.PUBLIC_URL).replace("/ja/", "/en/")
    own = "for you the old way works until April 13, 2027. Please write this day down."
    page = text(client, path_of(notice))
    assert f"From March 10, 2027 on we do not write any more: {own}" in page
    client.post(path_of(notice), {"act": "stop"})
    for place in (path_of(notice), stop):
        page = text(client, place)
        assert f"Nor do we write before the last day: {own}" in page, place
        assert "March 31, 2027" not in page and "Only when the last day is near" not in page, place
    settings.DELAYS_MOST = 2
    page = text(client, path)
    assert "From April 14, 2027 on, sending the old way is no longer possible." in page and "March 31" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Please choose until when"),
        ({"why": "help"}, "Please choose until when"),
        ({"why": "help", "until": "tomorrow"}, "Please choose until when"),
        ({"until": LAST}, "Please choose why"),
        ({"why": "<b>", "until": LAST}, "Please choose why"),
        ({"why": "help", "until": "2027-04-30"}, "one of the days that are offered"),
        ({"why": "help", "until": "2027-03-30"}, "one of the days that are offered"),
        ({"why": "help", "until": "9999-12-31"}, "one of the days that are offered"),
    ],
)
def test_what_was_not_offered_is_explained_and_changes_nothing(client, path, given, words):
    answer = client.post(path, given)
    assert answer.status_code == 422
    assert words in answer.content.decode() and 'role="alert"' in answer.content.decode()
    assert not Exemption.objects.exists()


def test_the_choice_stays_when_something_is_missing(client, path):
    found = client.post(path, {"why": "away"}).content.decode()
    assert 'value="away" required checked' in found


def test_once_it_is_in_force_the_steps_and_the_check_stay(client, notice, path, path_of):
    client.post(path, {"why": "help", "until": LAST})
    Exemption.objects.update(from_day=TODAY)
    Holdout.objects.update(standing="exempt", reason="")
    page = text(client, path_of(notice))
    assert "Your mail still goes the old way." in page and "See the steps for Thunderbird" in page
    assert "Check again" in page


def test_what_staff_have_ended_is_over(client, notice, path, path_of):
    client.post(path, {"why": "help", "until": LAST})
    user = make_user("suzuki")
    extensions.end(exemption_id=Exemption.objects.get().pk, user_id=user.pk, now=noon(TODAY), today=TODAY)
    page = text(client, path_of(notice))
    assert "127 days left." in page and "April 29" not in page
    assert client.post(path, {"why": "help", "until": LAST}).status_code == 422


@pytest.mark.parametrize("setting", ["DELAY_DAYS_MOST", "DELAYS_MOST"])
def test_a_provider_who_grants_no_delay_offers_none(client, notice, path, path_of, settings, setting):
    setattr(settings, setting, 0)
    assert "Ask for more time" not in text(client, path_of(notice))
    assert client.post(path, {"why": "help", "until": LAST}).status_code == 422


def test_after_the_cut_off_there_is_nothing_to_ask_for(client, campaign, notice, path, path_of):
    campaign.cutoff_on = TODAY
    campaign.save()
    assert "Ask for more time" not in text(client, path_of(notice))
    assert client.post(path, {"why": "help", "until": str(TODAY + timedelta(days=3))}).status_code == 422


def test_who_asks_too_often_waits(client, path, empty_redis, monkeypatch):
    monkeypatch.setattr(asking, "RATE", limit.Rate("asks", each=2))
    assert [client.post(path).status_code for _ in range(3)] == [422, 422, 429]
    assert client.get(path).status_code == 200
