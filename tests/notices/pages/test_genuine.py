from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice
from django.test import Client, override_settings

from notices.pages import genuine, limit

PATH = "/en/notices/check/"
YES, NO = "Yes, we sent a mail with this number.", "We did not send a mail with this number."


@pytest.fixture(autouse=True)
def all_the_tries_of_a_test(monkeypatch):
    monkeypatch.setattr(genuine, "RATE", limit.Rate("tests of genuine", each=1000))


@pytest.fixture
def sent(db):
    campaign = make_campaign()
    holdout = make_holdout(campaign, make_customer("suzuki@isp.example", name="Suzuki", client_program="becky"))
    return make_notice(make_mailing(campaign), holdout, number="482913057")


@pytest.mark.parametrize("typed", ["482913057", "482-913-057", "４８２ー９１３ー０５７", " 482 913 057 "])
def test_a_number_of_ours_names_the_day_and_the_subject_of_its_mail(client, sent, typed):
    text = client.post(PATH, {"number": typed}).content.decode()
    assert YES in text and NO not in text
    assert (
        "482-913-057" in text
        and "Nov. 5, 2026" in text
        and "Mihon Net" in text
        and f"/en/notices/words/{sent.mailing_id}/" in text
    )
    assert "A number can be copied." in text


def test_nothing_of_the_customer_is_told(client, sent):
    text = client.post(PATH, {"number": sent.number}).content.decode()
    for secret in ("suzuki", "Suzuki", "becky", "holdout", "/p/"):
        assert secret not in text


@pytest.mark.parametrize("number", ["111111111", "000000000"])
def test_a_number_that_nobody_has_is_not_ours(client, sent, number):
    text = client.post(PATH, {"number": number}).content.decode()
    assert NO in text and YES not in text


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("waiting", NO),
        ("refused", NO),
        ("withdrawn", NO),
        ("claimed", YES),  # it may be in somebody's hands already
        ("unknown", YES),
        ("accepted", YES),
    ],
)
def test_only_what_went_out_is_genuine(client, sent, state, answer):
    times = {"accepted_at": noon(TODAY) if state == "accepted" else None, "claimed_at": noon(TODAY)}
    type(sent).objects.filter(pk=sent.pk).update(state=state, **times)
    assert answer in client.post(PATH, {"number": sent.number}).content.decode()


@pytest.mark.parametrize("typed", ["", "12345", "48291305x", "<b>1</b>", "9" * 500, "\0" * 9, "٤٨٢٩١٣٠٥٧x"])
def test_what_is_no_number_is_asked_for_again(client, db, typed):
    response = client.post(PATH, {"number": typed})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode() and "<b>1</b>" not in response.content.decode()


def test_it_works_without_cookies_and_nobody_keeps_the_answer(sent):
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(PATH, {"number": sent.number})
    assert response.status_code == 200 and YES in response.content.decode()
    assert response["Cache-Control"] == "no-store" and not response.cookies
    assert browser.get(PATH).status_code == 200


def test_who_tries_too_often_must_wait_and_so_must_all_together(client, sent, empty_redis, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))
    monkeypatch.setattr(genuine, "RATE", limit.Rate("genuine", each=2, together=3))

    def tries(host: int) -> list[int]:
        return [
            client.post(PATH, {"number": "111111111"}, REMOTE_ADDR=f"198.51.100.{host}").status_code for _ in range(3)
        ]

    assert tries(1) == [200, 200, 429]
    assert tries(2) == [200, 429, 429]
    assert client.get(PATH).status_code == 200  # looking at the form costs nothing
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY) + timedelta(minutes=1))
    assert tries(2)[0] == 200


def test_without_redis_the_answer_still_comes(client, sent):
    with override_settings(REDIS_URL="unix:///nowhere/redis.sock"):
        assert YES in client.post(PATH, {"number": sent.number}).content.decode()
