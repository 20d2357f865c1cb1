"""The rules of a personal link, on every page behind it: secret, hashed, ending, unseen by others, only to look at."""

import base64
import re
from datetime import timedelta

import pytest
from builders import TODAY, noon
from django.apps import apps
from django.test.utils import CaptureQueriesContext

from campaign.models import CallBack, Exemption
from notices import links
from notices.models import Mute, Notice
from notices.pages import limit

pytestmark = pytest.mark.usefixtures("today")
PAGES = ("", "more-time/", "call/")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|CREATE|ALTER|DROP)", re.IGNORECASE)


@pytest.fixture
def notice(make_notice) -> Notice:
    """A holdout with everything that there is to show."""
    made = make_notice(login="suzuki@isp.example", reason="auth_failed")
    customer = made.holdout.customer
    CallBack.objects.create(customer=customer, phone="09012345678", day=TODAY, part="any", asked_at=noon(TODAY))
    Exemption.objects.create(
        campaign=made.holdout.campaign,
        customer=customer,
        from_day=TODAY,
        until=TODAY + timedelta(days=200),
        asked_at=noon(TODAY),
        asked_why="help",
    )
    Mute.objects.create(holdout=made.holdout, by="page", at=noon(TODAY))
    return made


@pytest.fixture
def paths(notice, path_of):
    return [path_of(notice) + page for page in PAGES]


def stop_path(notice: Notice) -> str:
    return "/en/mute/" + links.stop_url(notice).rstrip("/").rpartition("/")[2] + "/"


def test_the_secrets_have_128_bits_of_a_keyed_hash(notice, settings):
    token = links.token_of(notice)
    assert len(base64.urlsafe_b64decode(token + "==")) == 16
    key = links.stop_url(notice).rstrip("/").rpartition("-")[2]
    assert len(base64.b32decode(key.upper() + "======")) == 16
    settings.SECRET_KEY = "another"
    assert links.token_of(notice) != token and key not in links.stop_url(notice)


def test_each_notice_has_a_secret_of_its_own(make_notice, notice):
    other = make_notice(number="482913058", login="tanaka@isp.example")
    assert links.token_of(other) != links.token_of(notice)
    assert links.token_for(notice.message_id + "x")[:8] != links.token_of(notice)[:8]


def test_the_database_holds_the_digest_alone(notice):
    assert notice.token_digest == links.digest(links.token_of(notice)) and len(notice.token_digest) == 64
    everything = [str(list(model.objects.values_list())) for model in apps.get_models()]
    assert not [rows for rows in everything if links.token_of(notice) in rows]


def test_no_page_behind_a_link_is_kept_indexed_or_passed_on(client, notice, paths):
    for path in (*paths, stop_path(notice), "/en/p/unknown/", "/en/p/unknown/more-time/", "/en/p/unknown/call/"):
        for ask in (client.get, client.head, client.post):
            answer = ask(path)
            assert answer["Cache-Control"] == "no-store", path
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert answer["Referrer-Policy"] == "no-referrer"
        if path in paths:
            assert '<meta name="robots" content="noindex, nofollow">' in client.get(path).content.decode()


def test_looking_writes_nothing_at_all(client, notice, paths):
    from django.db import connection

    for path in (
        *paths,
        stop_path(notice),
        *(f"{path}?act=stop&why=help&until=2027-04-20&act=forget" for path in paths),
    ):
        for ask in (client.get, client.head):
            with CaptureQueriesContext(connection) as queries:
                assert ask(path).status_code == 200
            assert not [each["sql"] for each in queries if WRITES.match(each["sql"])]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_nothing_else_can_be_done(client, paths, method):
    assert {getattr(client, method)(path).status_code for path in paths} == {405}


def test_no_cookie_is_set_or_needed(client, paths):
    for path in paths:
        client.get(path)
        client.post(path)
    assert not client.cookies


def test_an_address_is_masked_and_no_number_or_line_is_shown(client, paths):
    for path in paths:
        text = client.get(path).content.decode()
        for secret in ("suzuki", "198.51.100.7", "482913057", "482-913-057", "09012345678", "090-1234-5678"):
            assert secret not in text, path
    assert "s***@isp.example" in client.get(paths[0]).content.decode()


def test_all_end_thirty_days_after_the_cut_off(client, campaign, paths):
    campaign.cutoff_on = TODAY - timedelta(days=30)
    campaign.save()
    assert {client.get(path).status_code for path in paths} == {200}
    campaign.cutoff_on = TODAY - timedelta(days=31)
    campaign.save()
    assert {ask(path).status_code for path in paths for ask in (client.get, client.post)} == {404}


def test_all_share_one_limit(client, paths, empty_redis, monkeypatch):
    monkeypatch.setattr(limit, "SECRETS", limit.Rate("pages", each=3))
    assert [client.get(path).status_code for path in (*paths, *paths)] == [200] * 3 + [429] * 3


def test_the_security_policy_lets_forms_go_to_the_brands_own_site_alone(client, paths, settings):
    for path in paths:
        policy = dict(part.split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split("; "))
        assert policy["form-action"] == f"'self' {settings.PUBLIC_URL}"
        assert policy["script-src"] == "'self'"
