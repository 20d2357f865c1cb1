import re

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from django.test import Client

from notices import links, mutes
from notices.models import Mailing, Mute, Notice
from notices.pages import limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_day_in_november")]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}  # the whole body, RFC 8058


@pytest.fixture
def a_day_in_november(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))


@pytest.fixture
def path_to_stop(settings):
    def path(notice, language="en"):
        return links.stop_url(notice).removeprefix(settings.PUBLIC_URL).replace("/ja/", f"/{language}/")

    return path


def strict() -> Client:
    """As the world outside posts: without cookie and form token."""
    return Client(enforce_csrf_checks=True)


def test_one_click_stops_reminders_without_cookie_or_form_token(make_notice, path_to_stop):
    notice = make_notice()
    response = strict().post(path_to_stop(notice), ONE_CLICK)
    assert response.status_code == 200  # who clicks for the customer follows no redirect
    assert "Set-Cookie" not in response.headers and not response.cookies
    mute = Mute.objects.get()
    assert (mute.holdout, mute.notice, mute.by, mute.at) == (notice.holdout, notice, "one_click", noon(TODAY))


def test_one_click_works_as_form_data_too(make_notice, path_to_stop):
    boundary = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    assert strict().post(path_to_stop(make_notice()), boundary, content_type=kind).status_code == 200
    assert Mute.objects.get().by == "one_click"


def test_clicking_twice_is_one_wish(make_notice, path_to_stop):
    path = path_to_stop(make_notice())
    assert [strict().post(path, ONE_CLICK).status_code for _ in range(2)] == [200, 200]
    assert Mute.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_stops_nothing(client, make_notice, path_to_stop, method):
    assert getattr(client, method)(path_to_stop(make_notice()) + "?List-Unsubscribe=One-Click").status_code == 200
    assert not Mute.objects.exists()


def test_a_person_confirms_on_the_page_and_can_take_it_back(make_notice, path_to_stop):
    client, path = strict(), path_to_stop(make_notice())
    assert "Stop the reminders?" in client.get(path).content.decode()
    response = client.post(path, {"act": "stop"}, follow=True)
    assert response.redirect_chain == [(path, 303)]
    assert "Reminders are stopped" in response.content.decode()
    assert Mute.objects.get().by == "page"
    response = client.post(path, {"act": "resume"}, follow=True)
    assert "Stop the reminders?" in response.content.decode()
    assert not Mute.objects.exists()


def test_the_personal_page_shows_it_and_takes_it_back(client, make_notice, path_of):
    notice = make_notice()
    mutes.mute(holdout_id=notice.holdout_id, by=Mute.By.ONE_CLICK, now=noon(TODAY))
    assert "Reminders are stopped" in client.get(path_of(notice)).content.decode()
    response = strict().post(path_of(notice), {"act": "resume"})
    assert (response.status_code, response["Location"]) == (303, f"{path_of(notice)}#reminders")
    assert "The monthly reminder" in client.get(path_of(notice)).content.decode()
    strict().post(path_of(notice), {"act": "stop"})
    assert Mute.objects.get().by == "page"


def test_who_has_nothing_left_to_do_is_not_asked_about_reminders(client, make_notice, path_of):
    notice = make_notice(standing="migrated", last_auth_on=TODAY, last_auth_at=noon(TODAY))
    assert "monthly reminder" not in client.get(path_of(notice)).content.decode()


def test_a_reminder_that_waits_does_not_go_out_but_final_notices_do(campaign, make_notice):
    notice = make_notice()
    final = Mailing.objects.create(
        campaign=campaign, kind="three_days", period="2027-03-31", planned_at=noon(TODAY), expires_on=TODAY, daily_cap=1
    )
    last = Notice.objects.create(
        mailing=final,
        holdout=notice.holdout,
        number="111111111",
        message_id="last@isp.example",
        token_digest="last",
        language="ja",
        send_after=noon(TODAY),
    )
    assert mutes.mute(holdout_id=notice.holdout_id, by=Mute.By.PAGE, now=noon(TODAY))
    notice.refresh_from_db()
    last.refresh_from_db()
    assert (notice.state, notice.reply) == ("withdrawn", "wants no more reminders")
    assert last.state == "waiting"


def test_it_is_one_campaign_that_one_has_enough_of(campaign, make_notice, path_to_stop):
    notice = make_notice()
    other = make_holdout(make_campaign(name="local_port25"), notice.holdout.customer)
    strict().post(path_to_stop(notice), ONE_CLICK)
    assert not mutes.is_muted(other.pk)


def test_made_up_links_stop_nothing_and_ask_the_database_nothing(make_notice, path_to_stop, django_assert_num_queries):
    path = path_to_stop(make_notice())
    end = path.rstrip("/")[-1]
    wrong = [
        path.replace("482913057", "482913058"),
        path.rstrip("/")[:-1] + ("b" if end == "a" else "a") + "/",
        "/en/mute/482913057/",
        "/en/mute/x/",
        "/en/mute/" + "a" * 900 + "/",
        "/en/mute/４８２９１３０５７-abcdefghijklmnopqrstuvwxyz/",
    ]
    with django_assert_num_queries(0):
        answers = [strict().post(each, ONE_CLICK).status_code for each in wrong]
    assert answers == [404] * len(wrong)
    assert not Mute.objects.exists()


def test_a_personal_link_is_no_link_to_stop_and_the_other_way_round(client, make_notice, path_of, path_to_stop):
    notice = make_notice()
    personal, stop = (path.rstrip("/").rpartition("/")[2] for path in (path_of(notice), path_to_stop(notice)))
    assert client.get(f"/en/mute/{personal}/").status_code == client.get(f"/en/p/{stop}/").status_code == 404


def test_the_link_ends_with_the_personal_one(client, campaign, make_notice, path_to_stop):
    path = path_to_stop(make_notice())
    campaign.cutoff_on = TODAY.replace(day=1, month=10)
    campaign.save()
    assert client.get(path).status_code == 404


def test_who_tries_too_often_must_wait_but_a_mail_service_need_not(
    client, make_notice, path_to_stop, empty_redis, monkeypatch
):
    monkeypatch.setattr(limit, "SECRETS", limit.Rate("pages", each=2))
    path = path_to_stop(make_notice())
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert client.post(path, {"act": "stop"}).status_code == 429
    assert client.post("/en/mute/x/", ONE_CLICK).status_code == 429
    assert client.post(path, ONE_CLICK).status_code == 200


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_keeps_its_secret_and_the_customers(client, make_notice, path_to_stop, language):
    response = client.get(path_to_stop(make_notice(), language))
    text = response.content.decode()
    assert f'<html lang="{language}">' in text
    assert "s***@isp.example" in text and "suzuki" not in text
    assert "482-***-057" in text and "482-913-057" not in text
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "noindex" in response["X-Robots-Tag"]


def test_the_page_has_one_heading_and_says_that_the_last_notices_come(client, make_notice, path_to_stop):
    text = client.get(path_to_stop(make_notice())).content.decode()
    assert len(re.findall("<h1", text)) == 1
    assert "The last notices still come, shortly before March 31, 2027" in text


def test_any_customer_may_have_more_than_one_campaign_and_one_mute_each(campaign):
    customer = make_customer()
    holdouts = [make_holdout(campaign, customer), make_holdout(make_campaign(name="local_port25"), customer)]
    made = [mutes.mute(holdout_id=each.pk, by=Mute.By.STAFF, now=noon(TODAY)) for each in holdouts * 2]
    assert made == [True, True, False, False]
    assert [mutes.unmute(holdout_id=holdouts[0].pk) for _ in range(2)] == [True, False]
