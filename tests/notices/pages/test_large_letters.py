"""Who has chosen large letters keeps them on every page, without a cookie."""

import re
from urllib.parse import urlsplit

import desk
import pytest
from brands import two_brands
from builders import TODAY, noon
from django.utils import timezone

from notices import links

GUIDES = ("guide/iphone/", "guide/iphone/1/", "guide/outlook/switch/", "guide/eudora/", "guide/script/3/")
PUBLIC = ("", "find/", "which/", "which/windows/", "setup/", "notices/", "notices/2026/", "notices/check/", *GUIDES)
ADDRESS = re.compile(r'(?:href|action)="(/(?:ja|en)/[^"#]*)"')
LARGE = "?size=large"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: noon(TODAY))


def led_to(text: str, here: str) -> set[str]:
    """The pages that a page leads to, without itself in standard letters."""
    assert 'class="large"' in text
    assert here in ADDRESS.findall(text)  # the way back to them
    return {url for url in ADDRESS.findall(text) if not re.search(r"/brand/", url)} - {here}


def assert_all_large(client, path: str, *, method: str = "get", **data: str) -> None:
    answer = getattr(client, method)(path + LARGE, data) if data else getattr(client, method)(path + LARGE)
    assert {url for url in led_to(answer.content.decode(), path) if not url.endswith(LARGE)} == set(), path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_public_pages_lead_on_in_large_letters(client, campaign, language):
    notice = desk.make_notice(desk.make_mailing(campaign), number="482913057")
    words = f"notices/words/{notice.mailing_id}/"
    for place in (*PUBLIC, words):
        assert_all_large(client, f"/{language}/{place}")
    for typed in ("482913057", "111-111-111", "12"):
        assert_all_large(client, f"/{language}/notices/check/", method="post", number=typed)
    assert_all_large(client, f"/{language}/find/", method="post", words="0x800CCC79")


def test_pages_behind_a_link_and_where_they_lead(client, make_notice, path_of):
    notice = make_notice(reason="auth_failed")
    stop = urlsplit(links.stop_url(notice)).path
    for path in (*(path_of(notice) + page for page in ("", "more-time/", "call/")), stop, "/en/p/unknown/"):
        assert_all_large(client, path)
    assert client.post(path_of(notice) + LARGE)["Location"] == f"/en/guide/iphone/{LARGE}"
    assert client.post(stop + LARGE)["Location"] == stop + LARGE
    assert client.post(path_of(notice) + LARGE, {"act": "resume"})["Location"].startswith(path_of(notice) + LARGE)


def test_the_way_to_another_brands_site_keeps_them_too(client, make_notice, path_of, settings, tmp_path):
    two_brands(settings, tmp_path)
    answer = client.post(path_of(make_notice(login="taro@aozora.example")) + LARGE)
    assert answer["Location"] == f"https://mail.aozora.example/en/guide/iphone/{LARGE}"


def test_what_was_wrong_at_set_up_is_said_in_large_letters(client, db):
    answer = client.post(f"/ja/setup/file/{LARGE}", {"address": "nobody@elsewhere.example", "file": "apple"})
    assert answer.status_code == 400 and 'class="large"' in answer.content.decode()
