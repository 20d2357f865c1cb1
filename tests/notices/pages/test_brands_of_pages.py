"""Pages behind a link bear the customer's brand on any host; public ones that of their host."""

import pytest
from brands import two_brands
from builders import TODAY, noon

from notices import links
from notices.models import Notice

HOSTS = ("mail.aozora.example", "guide.isp.example")


@pytest.fixture(autouse=True)
def aozora(settings, tmp_path, today):
    two_brands(settings, tmp_path)


@pytest.fixture
def notice(make_notice) -> Notice:
    made = make_notice(login="taro@aozora.example", old="thunderbird")
    made.mailing.started_at = noon(TODAY)
    made.mailing.save()
    Notice.objects.filter(pk=made.pk).update(state="accepted", accepted_at=noon(TODAY))
    return made


def text(client, path: str, host: str, **posted: str) -> str:
    answer = client.post(path, posted, headers={"host": host}) if posted else client.get(path, headers={"host": host})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("host", HOSTS)
def test_the_personal_page_and_the_one_that_stops_reminders_are_the_customers(client, notice, path_of, host):
    stop = links.stop_url(notice).partition(".example")[2] or links.stop_url(notice)
    stop = stop[stop.index("/ja/") :].replace("/ja/", "/en/")
    for path in (path_of(notice), stop):
        found = text(client, path, host)
        assert "Aozora Net" in found and "0120-111-111" in found and "Daily, 10:00 to 20:00" in found
        assert "Mihon Net" not in found and "0120-000-000" not in found
        assert "/en/brand/aozora.css" in found


def test_from_another_host_the_guide_is_looked_up_at_the_brands_own_site(client, notice, path_of):
    path = path_of(notice)
    for host, site in zip(HOSTS, ("", "https://mail.aozora.example"), strict=True):
        assert f'href="{site}/en/">' in text(client, path, host)
        answer = client.post(path, headers={"host": host})
        assert answer["Location"] == f"{site}/en/guide/thunderbird/"
        assert "form-action 'self' https://mail.aozora.example" in answer["Content-Security-Policy"]


def test_published_notices_are_in_the_words_of_the_hosts_brand(client, notice):
    for host, own, other in zip(HOSTS, ("Aozora Net", "Mihon Net"), ("Mihon Net", "Aozora Net"), strict=True):
        for path in ("/en/notices/", f"/en/notices/words/{notice.mailing_id}/"):
            found = text(client, path, host)
            assert own in found and other not in found
    words = text(client, f"/en/notices/words/{notice.mailing_id}/", HOSTS[0])
    assert "mail-support@aozora.example" in words and "0120-111-111" in words and "smtp.isp.example" not in words


def test_the_check_of_a_number_tells_nothing_of_the_customers_brand(client, notice):
    for host, own, other in zip(
        HOSTS, ("あおぞらネット", "みほんネット"), ("みほんネット", "あおぞらネット"), strict=True
    ):
        found = text(client, "/en/notices/check/", host, number=notice.number)
        assert own in found and other not in found


def test_a_link_that_opens_nothing_shows_the_hosts_brand(client, db):
    answer = client.get("/en/p/AAAAAAAAAAAAAAAAAAAAAA/", headers={"host": HOSTS[0]})
    assert answer.status_code == 404 and "Aozora Net" in answer.content.decode()
