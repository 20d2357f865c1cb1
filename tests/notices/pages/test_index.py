import re
from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, noon
from django.db import OperationalError, connection
from django.test import Client

from campaign.brands import main_brand
from campaign.models import Campaign
from notices.guides import catalog
from notices.models import Notice
from notices.pages import genuine, limit
from notices.pages.index import End, ends
from notices.pages.which import DEVICES, choices


@pytest.fixture
def sent_out():
    return lambda: Notice.objects.update(state="accepted", claimed_at=noon(TODAY), accepted_at=noon(TODAY))


def test_every_program_is_on_the_first_page_and_on_that_of_a_device(client, db):
    first = client.get("/en/").content.decode()
    pages = "".join(client.get(f"/en/which/{device}/").content.decode() for device in DEVICES)
    for name in (each.name for each in catalog.clients()):
        assert f'href="/en/guide/{name}/"' in first
        assert f'href="/en/guide/{name}/"' in pages


def test_programs_that_have_ended_are_marked_in_words_and_come_last(client, db):
    text = client.get("/en/which/windows/").content.decode()
    item = next(each for each in re.findall(r"<li>.*?</li>", text, re.S) if "/guide/eudora/" in each)
    assert "Can no longer be used" in item
    states = [choice.state for choice in choices("en", main_brand(), device="windows")]
    assert states == sorted(states, key=("current", "retired", "dead").index)
    assert set(states) == {"current", "retired", "dead"}


@pytest.mark.parametrize(("start", "answers"), [("", 3), ("phone/", 2), ("computer/", 2)])
def test_each_answer_leads_on_until_a_device_is_found(client, db, start, answers):
    text = client.get(f"/ja/which/{start}").content.decode()
    found = re.findall(r'<li><a href="(/ja/which/[a-z]+/)">', text)
    assert len(found) == answers
    for path in found:
        assert client.get(path).status_code == 200


def test_a_question_that_nobody_asks_is_missing(client, db):
    assert client.get("/ja/which/fridge/").status_code == 404


@pytest.mark.parametrize("typed", ["482913057", "482-913-057", "４８２ー９１３ー０５７", " 482 913 057 "])
def test_a_number_leads_to_the_guide_of_its_mail(client, make_notice, sent_out, typed):
    make_notice(old="outlook")
    sent_out()
    response = client.post("/ja/number/", {"number": typed})
    assert response.status_code == 302
    assert response["Location"] == "/ja/guide/outlook/"


@pytest.mark.parametrize("out", [True, False])
def test_a_number_that_no_mail_of_ours_has_is_warned_of(client, make_notice, sent_out, out):
    make_notice(old="other")
    if out:
        sent_out()
    response = client.post("/en/number/", {"number": "111111111" if out else "482913057"})
    text = response.content.decode()
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    assert "We did not send a mail with this number." in text and ("111-111-111" if out else "482-913-057") in text
    assert "do not follow any link in it" in text and 'id="by-device"' in text


def test_numbers_are_tried_no_oftener_than_where_they_are_checked(client, make_notice, empty_redis, monkeypatch):
    monkeypatch.setattr(genuine, "RATE", limit.Rate("genuine", each=1, together=3))
    assert client.post("/en/number/", {"number": "111111111"}).status_code == 200
    assert client.post("/en/number/", {"number": "111111112"}).status_code == 429
    assert client.post("/en/notices/check/", {"number": "111111112"}).status_code == 429


@pytest.mark.parametrize("typed", ["", "12345", "48291305x", "<b>1</b>", "9" * 500])
def test_what_is_no_number_is_asked_for_again(client, db, typed):
    response = client.post("/en/number/", {"number": typed})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert "<b>1</b>" not in response.content.decode()


def test_a_number_keeps_the_large_letters(client, make_notice, sent_out):
    make_notice(old="outlook")
    sent_out()
    response = client.post("/ja/number/?size=large", {"number": "482913057"})
    assert response["Location"] == "/ja/guide/outlook/?size=large"


def test_a_number_is_taken_without_cookies_and_its_page_without_a_number_is_the_first(db, make_notice, sent_out):
    browser = Client(enforce_csrf_checks=True)
    make_notice(old="outlook")
    sent_out()
    response = browser.post("/ja/number/", {"number": "482913057"})
    assert response["Location"] == "/ja/guide/outlook/"
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert browser.get("/ja/number/")["Location"] == "/ja/"


def test_the_first_page_names_the_day_as_it_stands(client, db, today):
    assert "will soon no longer be able to send" in client.get("/en/").content.decode()
    campaign = make_campaign(cutoff_on=date(2027, 3, 31))
    text = client.get("/en/").content.decode()
    assert "From March 31, 2027 on, sending the old way is no longer possible." in text and "will soon" not in text
    Campaign.objects.update(cutoff_on=date(2027, 4, 30))
    assert "From April 30, 2027 on" in client.get("/en/").content.decode()
    assert str(campaign) not in client.get("/en/").content.decode()


def test_without_the_database_the_first_page_still_leads_to_the_guides(client, db):
    def gone(*_statement):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(gone):
        shown = client.get("/ja/")
    assert shown.status_code == 200
    assert 'href="/ja/guide/thunderbird/"' in shown.content.decode()


def test_two_old_ways_are_named_where_they_end_on_different_days(db):
    make_campaign(cutoff_on=date(2027, 3, 31))
    other = make_campaign(name="local_port25", cutoff_on=date(2027, 3, 31))
    to_come = {"today": TODAY}
    assert ends(**to_come) == [End(date(2027, 3, 31), over=False, way="")]
    Campaign.objects.filter(pk=other.pk).update(cutoff_on=TODAY)
    assert [(each.day, each.over) for each in ends(**to_come)] == [(TODAY, True), (date(2027, 3, 31), False)]
    assert all(each.way for each in ends(**to_come))
    Campaign.objects.filter(pk=other.pk).update(starts_on=TODAY + timedelta(days=1), cutoff_on=date(2027, 6, 30))
    assert ends(**to_come) == [End(date(2027, 3, 31), over=False, way="")]
