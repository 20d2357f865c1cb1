from datetime import timedelta

import pytest
from rounds import plan

from notices import links
from notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return Notice.objects.get(mailing=plan())


def test_a_link_names_its_notice(notice, settings):
    settings.PUBLIC_URL = "https://move.isp.example"
    url = links.personal_url(notice)
    assert url.startswith("https://move.isp.example/ja/p/")
    token = url.removesuffix("/").rsplit("/", 1)[1]
    assert links.notice_of(token, today=notice.mailing.campaign.cutoff_on) == notice


def test_a_link_is_in_the_language_of_its_notice(notice):
    notice.language = "en"
    assert "/en/p/" in links.personal_url(notice)


def test_a_token_is_the_same_each_time_and_unlike_all_others(notice, settings):
    token = links.token_of(notice)
    assert token == links.token_of(notice)
    assert len(token) == 22
    assert token not in links.token_for(notice.message_id + "x")
    settings.SECRET_KEY = "another"
    assert links.token_of(notice) != token


def test_the_database_does_not_hold_the_token(notice):
    assert links.token_of(notice) not in repr(Notice.objects.values_list().get())


def test_a_link_works_until_thirty_days_after_the_cut_off(notice):
    token, cutoff = links.token_of(notice), notice.mailing.campaign.cutoff_on
    assert links.notice_of(token, today=cutoff + timedelta(days=30)) == notice
    assert links.notice_of(token, today=cutoff + timedelta(days=31)) is None


@pytest.mark.parametrize("token", ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "花子", "\udcff", "' OR 1=1"])
def test_an_unknown_token_names_nobody(notice, token):
    assert links.notice_of(token, today=notice.mailing.expires_on) is None
