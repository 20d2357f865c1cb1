from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice

from campaign.models import CutoffChange
from notices.models import Mailing, TextVersion

NAMES = ("佐藤 花子", "suzuki@isp.example")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))


@pytest.fixture
def campaign(db):
    return make_campaign()


def make_sent(campaign, *, period="2026-11", notice=True, **given) -> Mailing:
    mailing = make_mailing(campaign, period=period, **given)
    if notice:
        make_notice(mailing, make_holdout(campaign, make_customer(f"{period}@isp.example", name=NAMES[0])))
    return mailing


def html(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def make_version(campaign, language="en", **given) -> TextVersion:
    values = {"kind": "reminder", "number": 1, "subject": "{{ provider }}: a <b>word</b>", "body": "Dear {{ name }},\n"}
    return TextVersion.objects.create(campaign=campaign, language=language, written_at=noon(TODAY), **values | given)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_notice_is_there_word_for_word_in_both_languages(client, campaign, language):
    mailing = make_sent(campaign)
    listed = html(client, f"/{language}/notices/")
    assert f"/{language}/notices/words/{mailing.pk}/" in listed
    text = html(client, f"/{language}/notices/words/{mailing.pk}/")
    assert "今の方法では、メールを送れなくなります。" in text and "2027年3月31日（水）から" in text
    assert "Wednesday, March 31, 2027" in text and "mail-support@isp.example" in text
    assert text.index('lang="ja"><b>') < text.index('lang="en"><b>') or language == "en"


def test_what_is_a_customers_own_is_marked_and_never_shown(client, campaign):
    mailing = make_sent(campaign)
    text = html(client, "/en/notices/") + html(client, f"/en/notices/words/{mailing.pk}/")
    assert "〔your name〕" in text and "〔your announcement number〕" in text and "〔either:〕" in text
    for secret in (*NAMES, "/p/", mailing.notices.get().number, "000-000-000"):
        assert secret not in text


def test_the_words_are_those_of_the_version_that_the_mailing_has(client, campaign):
    mailing = make_sent(campaign, text_en=make_version(campaign))
    make_version(campaign, number=2, subject="a later subject", approved_at=noon(TODAY))
    text = html(client, f"/en/notices/words/{mailing.pk}/")
    assert "Mihon Net: a &lt;b&gt;word&lt;/b&gt;" in text and "Dear <span" in text and "a later subject" not in text


def test_the_title_names_the_provider_once(client, campaign):
    head = html(client, f"/en/notices/words/{make_sent(campaign).pk}/").partition("</title>")[0]
    assert head.partition("<title>")[2].count("Mihon Net") == 1
    assert "<title>What we have sent - Mihon Net</title>" in html(client, "/en/notices/")


def test_the_cut_off_date_is_the_one_that_stood_in_the_mail(client, campaign):
    mailing = make_sent(campaign)
    CutoffChange.objects.create(
        campaign=campaign, changed_at=noon(TODAY), old=campaign.cutoff_on, new="2027-06-30", reason="more time"
    )
    campaign.cutoff_on = "2027-06-30"
    campaign.save()
    assert "March 31, 2027" in html(client, f"/en/notices/words/{mailing.pk}/")


@pytest.mark.parametrize(
    "given",
    [
        {"state": "planned", "started_at": None, "notice": False},
        {"state": "approved", "started_at": None, "notice": False},
        {"state": "sending", "hold_until": noon(TODAY) + timedelta(minutes=1)},
        {"state": "cancelled", "notice": False},
    ],
)
def test_what_has_not_gone_out_is_not_there(client, campaign, given):
    mailing = make_sent(campaign, **given)
    assert "We have not sent any notice yet." in html(client, "/en/notices/")
    assert client.get(f"/en/notices/words/{mailing.pk}/").status_code == 404


def test_mailings_of_a_month_that_say_the_same_are_one_entry(client, campaign):
    for day in (1, 2, 3):
        began = noon(TODAY.replace(day=day))
        period = f"2026-11-0{day}"
        newest = make_sent(campaign, period=period, kind="first", started_at=began, ended_at=began, state="finished")
    text = html(client, "/en/notices/")
    assert text.count("/notices/words/") == 1 and f"/notices/words/{newest.pk}/" in text
    assert "from Nov. 1, 2026 to Nov. 3, 2026, to customers who send mail the old way" in text


def test_guides_that_single_customers_asked_for_are_one_entry_and_cost_no_more_the_more_there_are(
    client, campaign, django_assert_max_num_queries
):
    for day in range(1, 21):
        began = noon(TODAY.replace(day=day))
        holdout = make_holdout(campaign, make_customer(f"guide{day}@isp.example"))
        given = {"kind": "guide", "only_for": holdout, "state": "finished", "started_at": began, "ended_at": began}
        make_notice(make_mailing(campaign, period=f"2026-11-{day:02}-090000-000000", **given), holdout)
    with django_assert_max_num_queries(6):
        text = html(client, "/en/notices/")
    assert text.count("<h3>Mihon Net: the steps you asked for</h3>") == 1 and "guide1@" not in text
    assert "from Nov. 1, 2026 to Nov. 20, 2026, to customers who asked for it" in text


def test_each_year_has_its_page(client, campaign):
    old = noon(TODAY.replace(year=2025))
    former = make_sent(campaign, period="2025-11", started_at=old, ended_at=old, state="finished")
    mailing = make_sent(campaign)
    newest, earlier = html(client, "/en/notices/"), html(client, "/en/notices/2025/")
    assert f"/words/{mailing.pk}/" in newest and f"/words/{former.pk}/" not in newest
    assert f"/words/{former.pk}/" in earlier and f"/words/{mailing.pk}/" not in earlier
    assert '<a href="/en/notices/2025/" aria-current="page">' in earlier
    assert client.get("/en/notices/2024/").status_code == 404


@pytest.mark.parametrize("path", ["/en/notices/", "/en/notices/words/{}/"])
def test_the_pages_may_be_kept_and_set_no_cookie(client, campaign, path):
    response = client.get(path.format(make_sent(campaign).pk))
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies and "Cookie" not in response.get("Vary", "")


def test_the_list_costs_as_many_queries_for_a_month_of_days_as_for_one(client, campaign, django_assert_max_num_queries):
    for day in range(1, 21):
        began = noon(TODAY.replace(day=day))
        make_sent(campaign, period=f"2026-11-{day:02}", kind="first", started_at=began, ended_at=began)
    with django_assert_max_num_queries(3):
        html(client, "/en/notices/")


def test_what_a_number_tells_costs_two_queries(client, campaign, django_assert_max_num_queries):
    notice = make_sent(campaign).notices.get()
    with django_assert_max_num_queries(2):
        assert "Yes, we sent" in client.post("/en/notices/check/", {"number": notice.number}).content.decode()
