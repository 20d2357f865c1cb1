"""A text or a mailing as a real holdout would get it, and who may look."""

import re

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice

from campaign.dashboard import letter
from notices import links
from notices.models import Notice, TextVersion

PREVIEW = "notices.preview_mail"
TEXT = "/staff/texts/pop_before_smtp/reminder/ja/0/preview/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def looker(client):
    client.force_login(make_user("sato", "campaign.view_customer", PREVIEW))
    client.cookies["django_language"] = "en"
    return client


def holdout(campaign, login="hanako@isp.example", **given):
    return make_holdout(campaign, make_customer(login, **{"name": "佐藤 花子", "language": "ja"} | given))


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def notice_to(made, **given) -> Notice:
    mailing = make_mailing(made.campaign, state="planned")
    return make_notice(mailing, made, language="ja", state="waiting", **given)


def test_a_preview_needs_its_own_permission(client, campaign):
    notice = notice_to(holdout(campaign))
    client.force_login(make_user("tanaka", "notices.write_text", "notices.approve_text", "notices.run_mailing"))
    mailing = f"/staff/mailings/{notice.mailing_id}/preview/"
    for path in (TEXT, f"{TEXT}html/", mailing, f"{mailing}html/"):
        assert client.get(path).status_code == 403


def test_a_text_is_shown_as_a_real_holdout_would_get_it(looker, campaign):
    made = holdout(campaign, client_program="thunderbird")
    text = page(looker, TEXT)
    assert "佐藤 花子 様" in text and "hanako@isp.example" in text and "Thunderbird" in text
    assert not Notice.objects.exists()
    assert f'href="/staff/customers/{made.customer_id}/"' in text


def test_the_way_back_leads_over_the_texts_or_over_the_mailing(looker, campaign):
    notice = notice_to(holdout(campaign))
    texts, crumb = page(looker, TEXT), '<a href="/staff/texts/?campaign=pop_before_smtp">Texts</a> ›'
    assert crumb in texts and crumb not in page(looker, f"/staff/mailings/{notice.mailing_id}/preview/")


def test_a_version_is_previewed_before_it_is_approved(looker, campaign):
    holdout(campaign)
    values = {"kind": "reminder", "language": "ja", "number": 1, "subject": "ためし", "body": "本文です\n"}
    TextVersion.objects.create(campaign=campaign, written_at=noon(TODAY), **values)
    assert "本文です" in page(looker, TEXT.replace("/0/", "/1/"))
    assert looker.get(TEXT.replace("/0/", "/2/")).status_code == 404


def test_only_those_to_whom_it_would_go_are_walked_through(looker, campaign):
    first, second = holdout(campaign, "a@isp.example"), holdout(campaign, "b@isp.example")
    make_holdout(campaign, make_customer("english@isp.example", language="en"))
    make_holdout(campaign, make_customer("moved@isp.example", language="ja"), standing="migrated")
    text = page(looker, TEXT)
    assert "a@isp.example" in text and f"person={second.pk}" in text
    text = page(looker, f"{TEXT}?person={second.pk}")
    assert "b@isp.example" in text and f"person={first.pk}" in text and "The next one" not in text
    thanks = TEXT.replace("reminder", "thanks")
    assert "moved@isp.example" in page(looker, thanks)


@pytest.mark.parametrize("who", ["hanako", "佐藤", "482-913-057"])
def test_a_person_is_found_by_login_name_or_announcement_number(looker, campaign, who):
    holdout(campaign, "other@isp.example", name="別の人")
    notice_to(holdout(campaign), number="482913057")
    assert "hanako@isp.example" in page(looker, f"{TEXT}?who={who}")


def test_several_found_are_to_choose_from_and_nobody_is_said(looker, campaign):
    holdout(campaign, "taro1@isp.example")
    holdout(campaign, "taro2@isp.example")
    text = page(looker, f"{TEXT}?who=taro")
    assert "Several have this" in text and "佐藤 花子 (taro1@isp.example)" in text and "taro2@isp.example" in text
    assert "Nobody found" in page(looker, f"{TEXT}?who=nobody")
    assert "nobody to whom this would go" in page(
        looker, TEXT.replace("pop_before_smtp/reminder", "pop_before_smtp/thanks")
    )


def test_those_with_nothing_to_put_in_are_counted_and_walked_through(looker, campaign):
    holdout(campaign)
    holdout(campaign, "nameless1@isp.example", name="")
    nameless = holdout(campaign, "nameless2@isp.example", name="")
    text = page(looker, TEXT)
    assert "2 people without: the customer&#39;s name" in text and "0 people without" not in text
    text = page(looker, f"{TEXT}?without=name")
    assert "nameless1@isp.example" in text and f"person={nameless.pk}" in text and "お客さまへ" in text
    assert "without=name" in text


def test_a_mailing_is_shown_with_each_ones_own_number_but_not_the_key_to_their_page(looker, campaign):
    notice = notice_to(holdout(campaign), number="482913057")
    text = page(looker, f"/staff/mailings/{notice.mailing_id}/preview/")
    assert "482-913-057" in text and letter.HIDDEN in text and links.token_of(notice) not in text
    headers = page(looker, f"/staff/mailings/{notice.mailing_id}/preview/?view=headers")
    assert f"Message-ID:\n &lt;{notice.message_id}" in headers or f"Message-ID: &lt;{notice.message_id}" in headers


def test_no_view_shows_a_key(looker, campaign, settings):
    settings.PUBLIC_URL, settings.NOTICE_HTML = "https://mail.isp.example", True
    notice = notice_to(holdout(campaign))
    keys = [url.rstrip("/").rpartition("/")[2] for url in (links.personal_url(notice), links.stop_url(notice))]
    path = f"/staff/mailings/{notice.mailing_id}/preview/"
    shown = [page(looker, f"{path}?view={view}") for view in ("text", "html", "old", "phone", "headers")]
    shown.append(page(looker, f"{path}html/?person={notice.holdout_id}"))
    assert "List-Unsubscribe" in shown[4]
    assert not [key for key in keys for text in shown if key in text]


def test_html_is_shown_in_a_frame_that_can_do_nothing(looker, campaign, settings):
    settings.NOTICE_HTML = True
    made = holdout(campaign, name="<script>alert(1)</script>")
    text = page(looker, f"{TEXT}?view=html")
    frame = re.search(r'<iframe class="mail" sandbox title="[^"]+" src="([^"]+)">', text)[1]
    outer = looker.get(f"{TEXT}?view=html")["Content-Security-Policy"]
    assert "frame-src 'self'" in outer and "frame-ancestors 'none'" in outer
    response = looker.get(frame)
    policy = {part.split()[0]: part.split()[1:] for part in response["Content-Security-Policy"].split("; ")}
    assert policy == {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [],
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"] and "<script>" not in response.content.decode()
    assert f"person={made.pk}" in frame and looker.get(f"{TEXT}html/?person=999999").status_code == 404


@pytest.mark.parametrize(("on", "program"), [(False, "thunderbird"), (True, "becky")])
def test_where_the_mail_is_text_alone_its_html_is_shown_as_what_it_would_be(looker, campaign, settings, on, program):
    settings.NOTICE_HTML = on
    made = holdout(campaign, client_program=program)
    shown = page(looker, f"{TEXT}?view=html")
    assert "With HTML it would look like this:" in shown and f"html/?person={made.pk}" in shown
    framed = page(looker, f"{TEXT}html/?person={made.pk}")
    assert "佐藤 花子" in framed and letter.HIDDEN in framed
    assert "<iframe" not in page(looker, f"{TEXT}?view=phone")
    assert looker.get(f"{TEXT}html/").status_code == 404


def test_where_html_goes_out_nothing_says_that_it_only_would(looker, campaign, settings):
    settings.NOTICE_HTML = True
    holdout(campaign)
    assert "it would look" not in page(looker, f"{TEXT}?view=html")


def test_the_form_for_old_programs_is_read_back_from_its_bytes(looker, campaign):
    holdout(campaign, client_program="becky")
    text = page(looker, f"{TEXT}?view=old")
    assert "This customer has an old program" in text and "佐藤 花子 様" in text
    assert "(iso-2022-jp)" in text


def test_a_character_that_the_old_charset_lacks_is_named(looker, campaign):
    holdout(campaign, name="髙﨑 花子")
    text = page(looker, f"{TEXT}?view=old")
    assert "so UTF-8 is sent" in text and "At fault:" in text
    assert "<code>髙</code>" in text and "<code>﨑</code>" in text and "<code>花</code>" not in text


def test_english_mail_has_no_form_for_old_programs(looker, campaign):
    make_holdout(campaign, make_customer("english@isp.example", language="en"))
    assert "Only Japanese mail" in page(looker, f"{TEXT.replace('/ja/', '/en/')}?view=old")


def test_on_a_phone_the_lines_are_those_of_the_mail(looker, campaign):
    holdout(campaign)
    assert '<div class="phone">' in page(looker, f"{TEXT}?view=phone")


def test_what_cannot_be_sent_says_so(looker, campaign):
    holdout(campaign, "no address", addresses=())
    assert "This notice cannot be sent" in page(looker, TEXT)


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        ("abcdef", 4, "abcd\nef"),
        ("あいう", 4, "あい\nう"),
        ("aあb", 2, "a\nあ\nb"),
        ("a\n\nb", 9, "a\n\nb"),
        ("", 9, ""),
    ],
)
def test_a_narrow_window_breaks_lines_at_its_edge(text, columns, wanted):
    assert letter.broken(text, columns=columns) == wanted


@pytest.mark.parametrize(
    "query", ["?person=x", "?person=9999999999999999999999", "?view=nothing&without=nothing", "?who=%00"]
)
def test_a_strange_address_is_answered_with_a_page(looker, campaign, query):
    holdout(campaign)
    page(looker, TEXT + query)
