"""The picture of a tab: browsers ask for /favicon.ico whatever a page says, and keep it."""

import io

import pytest
from PIL import Image


def test_the_icon_is_answered_kept_and_has_the_usual_sizes(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200 and response["Content-Type"] == "image/x-icon"
    assert "max-age=604800" in response["Cache-Control"] and "public" in response["Cache-Control"]
    assert not response.cookies
    assert Image.open(io.BytesIO(response.content)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    again = client.get("/favicon.ico", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304 and not again.content


def test_nothing_is_sent_to_it(client):
    assert client.post("/favicon.ico").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/ja/", "/en/", "/staff/login/", "/staff/nowhere/", "/nowhere"])
def test_both_frames_link_it(client, address):
    text = client.get(address).content.decode()
    assert 'rel="icon" href="/favicon.ico"' in text and 'type="image/svg+xml"' in text
