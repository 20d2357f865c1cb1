import re
from datetime import timedelta

import pytest
from builders import TODAY, noon
from django.apps import apps
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.redaction import masked_address
from campaign.models import AttributedDay, Reason, Standing
from notices.models import Visit
from notices.pages import limit
from notices.pages.personal import Situation, situation

pytestmark = pytest.mark.usefixtures("today")
LATER = {"last_auth_on": TODAY - timedelta(days=1), "last_auth_at": noon(TODAY - timedelta(days=1))}
EARLIER = {"last_auth_on": TODAY - timedelta(days=5), "last_auth_at": noon(TODAY - timedelta(days=5))}


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in apps.get_models()}


@pytest.mark.parametrize(
    ("standing", "reason", "hours_of_auth", "expected"),
    [
        (Standing.HOLDOUT, "", None, Situation.OLD_WAY),
        (Standing.HOLDOUT, Reason.NEVER_TRIED, None, Situation.OLD_WAY),
        (Standing.HOLDOUT, Reason.AUTH_FAILED, None, Situation.PASSWORD),
        (Standing.HOLDOUT, Reason.FORWARDER, None, Situation.SERVER),
        (Standing.HOLDOUT, Reason.DEVICE_OR_PRINTER, None, Situation.DEVICE),
        (Standing.HOLDOUT, Reason.OLD_HOST_OR_PORT, -99, Situation.OLD_HOST),
        (Standing.HOLDOUT, Reason.OWN_NETWORK_ONLY, None, Situation.OLD_WAY),
        (Standing.MIXED, Reason.SECOND_DEVICE, -3, Situation.ONE_LEFT),
        (Standing.MIXED, Reason.AUTH_FAILED, -3, Situation.PASSWORD),
        (Standing.MIXED, Reason.SECOND_DEVICE, 1, Situation.NEW_WAY),  # the same day, an hour later
        (Standing.MOVING, Reason.AUTH_FAILED, 30, Situation.NEW_WAY),
        (Standing.MIGRATED, "", 30, Situation.DONE),
        (Standing.SILENT, "", None, Situation.SILENT),
        (Standing.EXEMPT, "", None, Situation.EXEMPT),
    ],
)
def test_the_first_sentence_follows_the_last_mail(standing, reason, hours_of_auth, expected):
    legacy = noon(TODAY)
    auth = None if hours_of_auth is None else legacy + timedelta(hours=hours_of_auth)
    assert situation(standing, reason, last_legacy_at=legacy, last_auth_at=auth) == expected


@pytest.mark.parametrize(
    ("holdout", "old", "new", "words"),
    [
        ({}, "outlook", "", ["Your mail still goes the old way.", "Outlook for Windows", "127 days left."]),
        (
            {"standing": "mixed"} | EARLIER,
            "iphone",
            "thunderbird",
            ["One device still", "this one, too: Mail on iPhone"],
        ),
        ({"standing": "moving"} | LATER, "iphone", "iphone", ["Your last mail went the new way.", "for 30 days"]),
        ({"reason": "auth_failed"}, "thunderbird", "", ["the password does not seem to be right"]),
        ({"reason": "forwarder"}, "", "", ["Your mail still goes the old way.", "to whoever looks after it"]),
        ({"reason": "device_or_printer"}, "printer", "", ["a printer, a scanner, another device or a script"]),
        ({"reason": "old_host_or_port"}, "outlook", "", ["the old server name or the old port"]),
        ({"standing": "migrated"} | LATER, "iphone", "iphone", ["All done.", "You do not need to do anything more."]),
        ({"standing": "silent"}, "becky", "", ["You have not sent any mail the old way lately.", "Becky!"]),
        ({"standing": "exempt"}, "script", "", ["you may go on sending the old way"]),
    ],
)
def test_the_page_says_how_things_stand(client, make_notice, path_of, holdout, old, new, words):
    text = client.get(path_of(make_notice(old=old, new=new, **holdout))).content.decode()
    for word in words:
        assert word in text


def test_a_wrong_password_is_said_in_japanese_too(client, make_notice, path_of):
    response = client.get(path_of(make_notice(reason="auth_failed"), "ja"))
    assert response.status_code == 200
    assert '<html lang="ja">' in response.content.decode()


def test_looking_changes_nothing(client, make_notice, path_of):
    path = path_of(make_notice())
    before = counted()
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert counted() == before


@pytest.mark.parametrize(("old", "guide"), [("iphone", "guide/iphone/"), ("foxmail", "guide/other/"), ("", "")])
def test_going_on_to_the_guide_is_what_counts_as_a_visit(make_notice, path_of, old, guide):
    notice = make_notice(old=old)
    response = Client(enforce_csrf_checks=True).post(path_of(notice))  # browsers send "Origin: null" from here
    assert response.status_code == 302
    assert response["Location"] == f"/en/{guide}"
    visit = Visit.objects.get()
    assert (visit.notice, visit.act, visit.at) == (notice, Visit.Act.GUIDE, noon(TODAY))
    assert visit.client_program == guide.removeprefix("guide/").rstrip("/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_keeps_indexes_or_passes_on_the_page(client, make_notice, path_of, method):
    response = getattr(client, method)(path_of(make_notice()))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"


def test_unknown_malformed_and_expired_links_get_the_same_answer(client, campaign, make_notice, path_of):
    expired = path_of(make_notice())
    campaign.cutoff_on = TODAY - timedelta(days=31)
    campaign.save()
    answers = set()
    for path in (expired, "/en/p/AAAAAAAAAAAAAAAAAAAAAA/", "/en/p/x/", "/en/p/" + "a" * 900 + "/", "/en/p/%00%FF/"):
        for method in (client.get, client.post):
            response = method(path)
            text = re.sub(r'href="/(?:ja|en)/p/[^"]*"', "", response.content.decode())  # to the other language
            headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
            headers["Content-Security-Policy"] = sorted(headers["Content-Security-Policy"].split("; "))
            answers.add((response.status_code, text, str(headers)))
    assert len(answers) == 1
    ((code, text, _headers),) = answers
    assert code == 404
    assert "You have done nothing wrong." in text
    assert not Visit.objects.exists()


def test_the_page_shows_no_address_no_log_line_and_no_whole_number(client, make_notice, path_of):
    text = client.get(path_of(make_notice(login="suzuki@isp.example"))).content.decode()
    assert "s***@isp.example" in text
    assert "482-***-057" in text
    for secret in ("suzuki", "198.51.100.7", "482913057", "482-913-057"):
        assert secret not in text


@given(local=st.text("abcxyz0189._+-", min_size=2, max_size=30), name=st.text("abcxyz", min_size=1, max_size=10))
def test_a_masked_address_shows_one_letter_and_the_domain(local, name):
    domain = f"{name}.example"
    assert masked_address(f"{local}@{domain}") == f"{local[0]}***@{domain}"


def test_a_login_without_domain_is_masked_as_well():
    assert masked_address("suzuki") == "s***"


def test_the_page_names_the_time_of_its_data(client, make_notice, path_of):
    path = path_of(make_notice())
    assert "No mail has been looked at yet." in client.get(path).content.decode()
    AttributedDay.objects.create(day=TODAY, attributed_at=noon(TODAY), stale=False)
    assert "As of: Nov. 24, 2026, 12:00" in client.get(path).content.decode()


def test_after_the_cut_off_the_page_says_that_the_old_way_is_closed(client, campaign, make_notice, path_of):
    path = path_of(make_notice())
    campaign.cutoff_on = TODAY - timedelta(days=1)
    campaign.save()
    assert "has no longer been possible since Nov. 23, 2026" in client.get(path).content.decode()


def test_the_other_language_is_the_same_page(client, make_notice, path_of):
    notice = make_notice()
    assert f'href="{path_of(notice, "ja")}"' in client.get(path_of(notice, "en")).content.decode()


def test_a_page_is_small_and_asks_the_database_little(client, make_notice, path_of, django_assert_max_num_queries):
    path = path_of(make_notice())
    with django_assert_max_num_queries(7):
        response = client.get(path)
    assert len(response.content) < 60_000


def test_who_tries_too_often_must_wait(client, make_notice, path_of, empty_redis, monkeypatch):
    monkeypatch.setattr(limit, "SECRETS", limit.Rate("pages", each=3))
    path = path_of(make_notice())
    answers = [client.get(path) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Cache-Control"] == "no-store"
    assert client.get(path, REMOTE_ADDR="198.51.100.9").status_code == 200


def test_without_redis_the_page_still_works(client, make_notice, path_of):
    with override_settings(REDIS_URL="unix:///nowhere/redis.sock"):
        assert client.get(path_of(make_notice())).status_code == 200
