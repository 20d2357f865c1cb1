import pytest
from django.test import override_settings

from campaign.brands import main_brand
from notices.pages.kept import Kept, Store

GUIDE = "/ja/guide/iphone/1/"


@pytest.fixture
def rendered(monkeypatch):
    """How often a page was made, not taken from what is kept."""
    from notices.pages import guide

    made = []
    real = guide.render

    def render(request, template, *args, **named):
        made.append(request.path)
        return real(request, template, *args, **named)

    monkeypatch.setattr(guide, "render", render)
    return made


def test_a_page_is_made_once_and_the_same_headers_come_from_memory(client, db, rendered):
    first, second = client.get(GUIDE), client.get(GUIDE)
    assert rendered == [GUIDE]
    assert first.content == second.content
    assert dict(first.headers) == dict(second.headers)
    assert "default-src" in second["Content-Security-Policy"]
    assert second["X-Content-Type-Options"] == "nosniff"


def test_who_has_the_page_already_gets_no_body(client, db):
    etag = client.get(GUIDE)["ETag"]
    again = client.get(GUIDE, headers={"if-none-match": etag})
    assert again.status_code == 304 and not again.content
    assert again["ETag"] == etag and again["Cache-Control"] == "public, max-age=300"
    assert client.get(GUIDE, headers={"if-none-match": '"another"'}).status_code == 200


def test_size_language_and_every_value_of_the_brand_make_another_page(client, db, rendered):
    pages = {client.get(GUIDE).content, client.get(f"{GUIDE}?size=large").content}
    pages.add(client.get(GUIDE.replace("ja", "en", 1)).content)
    with override_settings(SUPPORT_PHONE="0120-999-999"):
        pages.add(client.get(GUIDE).content)
    assert len(pages) == len(rendered) == 4


def test_what_else_stands_in_the_address_makes_none(client, db, rendered):
    assert client.get(f"{GUIDE}?utm=1").content == client.get(f"{GUIDE}?name=hanako").content
    assert rendered == [GUIDE]


@pytest.mark.parametrize("path", ["/ja/guide/iphone/99/", "/ja/guide/becky-of-old/", "/ja/p/unknown/", "/ja/find/"])
def test_what_is_missing_or_personal_is_never_kept(client, db, path):
    assert "ETag" not in client.get(path)


def test_a_page_with_a_session_of_somebody_is_the_same_page(client, db, django_user_model):
    everybodys = client.get(GUIDE)
    client.force_login(django_user_model.objects.create_user("suzuki"))
    own = client.get(GUIDE)
    assert own.content == everybodys.content and not own.cookies


def test_no_more_is_kept_than_there_is_room_for():
    store = Store(most_bytes=25)
    for path in ("/a/", "/b/", "/b/", "/c/"):
        store.put((path, False, main_brand()), Kept(b"0123456789", (), ""))
    assert [path for path, _large, _brand in store.pages] == ["/b/", "/c/"]
    assert store.size == 20
