import pytest
from django.test import Client


@pytest.fixture
def ask(client, db):
    def of(words, language="en"):
        response = client.post(f"/{language}/find/", {"words": words})
        assert response.status_code == 200
        return response.content.decode()

    return of


def test_a_message_leads_to_what_it_means_and_to_the_guides_that_know_it(ask):
    text = ask("Unable to authenticate to outgoing server (SMTP) smtp.isp.example")
    card = next(each for each in text.split('<div class="card">') if "Unable to authenticate to Outgoing" in each)
    assert "The password or the user name is wrong." in card
    assert 'href="/en/guide/thunderbird/"' in card


def test_a_name_leads_to_the_guides_of_programs_called_so(ask):
    text = ask("サンダーバード", "ja")
    assert "/ja/guide/thunderbird/" in text
    assert 'id="nothing"' not in text


def test_what_is_not_known_leads_to_the_usual_causes_and_the_phone(ask):
    text = ask("zzzzzz qqqqqq")
    assert 'id="nothing"' in text and "We do not know this message" in text
    assert text.count("0120-000-000") >= 2


def test_what_was_typed_is_shown_again_and_harmless(ask):
    text = ask("</textarea><b>x</b>")
    assert "<b>x</b>" not in text
    assert "&lt;/textarea&gt;" in text


def test_what_was_typed_stands_in_no_address_and_no_shared_cache(client, db):
    response = Client(enforce_csrf_checks=True).post("/ja/find/", {"words": "hanako@isp.example 550"})
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]
    assert not response.cookies and "ETag" not in response
    assert client.get("/ja/find/?words=550").content == client.get("/ja/find/").content
