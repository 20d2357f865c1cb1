"""What a mailing says is in sight before somebody approves it, and what the checks say has its effect."""

from datetime import date

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice

from campaign.dashboard.acts import texts_key
from campaign.models import CutoffChange
from notices import links, mailings, planning, texts
from notices.models import Mailing, TextVersion

APPROVE, PREVIEW = "notices.approve_mailing", "notices.preview_mail"
GOOD = texts.ours("reminder", "en").body

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


def make_version(campaign, **given) -> TextVersion:
    values = {"kind": "reminder", "language": "en", "number": 1, "subject": "{{ provider }}: news", "body": GOOD}
    values |= {"written_at": noon(TODAY), "approved_at": noon(TODAY)}
    return TextVersion.objects.create(campaign=campaign, **values | given)


def page(client, mailing: Mailing) -> str:
    return client.get(f"/staff/mailings/{mailing.pk}/").content.decode()


def approve(client, mailing: Mailing, **given) -> str:
    shown = {"texts": texts_key(mailing)}
    response = client.post(f"/staff/mailings/{mailing.pk}/approve/", shown | given, follow=True)
    mailing.refresh_from_db()
    return response.content.decode()


def test_a_mailing_takes_the_approved_texts_when_it_is_planned_and_keeps_them(campaign, as_user):
    make_holdout(campaign, make_customer("a@isp.example", language="en"))
    first = make_version(campaign)
    make_version(campaign, number=2, approved_at=None)
    mailing = planning.plan_reminder(campaign_id=campaign.pk, today=TODAY, now=noon(TODAY))
    assert (mailing.text_en, mailing.text_ja) == (first, None)
    client, _user = as_user(APPROVE)
    assert "is approved since" not in page(client, mailing)
    TextVersion.objects.filter(number=2).update(approved_at=noon(TODAY))
    text = page(client, mailing)
    assert "version 2 is approved since" in text and "compare/?old=1&amp;new=2" in text
    mailing.refresh_from_db()
    assert mailing.text_en == first


def test_before_its_approval_every_word_and_the_audience_are_in_sight(campaign, as_user):
    mailing = make_mailing(campaign, state="planned", audience={"reasons": ["auth_failed", "unknown"], "waves": [1, 2]})
    make_notice(mailing, language="ja", state="waiting")
    make_notice(mailing, language="ja", state="waiting")
    client, _user = as_user(APPROVE)
    text = page(client, mailing)
    assert "今の方法では、メールを送れなくなります。" in text and "{{ cutoff }}" in text and "<details open>" in text
    assert "Japanese: 2" in text and "tries SMTP-AUTH, fails" in text and "not known" in text and "1, 2" in text


def test_a_mailing_to_everybody_says_so(campaign, as_user):
    client, _user = as_user(APPROVE)
    assert "nobody left out" in page(client, make_mailing(campaign, state="planned"))


def test_an_error_in_a_text_stands_in_the_way_of_an_approval(campaign, as_user):
    mailing = make_mailing(campaign, state="planned", text_en=make_version(campaign, body="{{ provider }}\n"))
    client, user = as_user(APPROVE)
    text = page(client, mailing)
    assert "It cannot be approved: its texts have errors." in text and "/approve/" not in text
    assert "The texts of this mailing are not right" in approve(client, mailing, warnings="read")
    assert mailing.state == "planned"
    with pytest.raises(mailings.NotAllowed, match="number"):
        mailings.approve(mailing_id=mailing.pk, user_id=user.pk, now=noon(TODAY))


def test_a_cut_off_date_that_moved_since_is_an_error(campaign, as_user):
    dated = make_version(campaign, body=GOOD + "From March 31, 2027 on.\n")
    mailing = make_mailing(campaign, state="planned", text_en=dated)
    CutoffChange.objects.create(
        campaign=campaign, changed_at=noon(TODAY), old=date(2027, 3, 31), new=date(2027, 6, 30), reason="more time"
    )
    campaign.cutoff_on = date(2027, 6, 30)
    campaign.save()
    client, _user = as_user(APPROVE)
    approve(client, mailing, warnings="read")
    assert mailing.state == "planned"


def test_a_warning_has_to_be_read_and_ticked(campaign, as_user):
    warned = make_version(campaign, body=GOOD + "{{ program }}\n")  # empty for some
    mailing = make_mailing(campaign, state="planned", text_en=warned)
    client, _user = as_user(APPROVE)
    assert 'name="warnings"' in page(client, mailing)
    assert "please read that first" in approve(client, mailing)
    assert mailing.state == "planned"
    approve(client, mailing, warnings="read")
    assert mailing.state == "approved"


def test_without_the_permission_nobody_sees_a_customers_mail(campaign, as_user):
    mailing = make_mailing(campaign, state="planned")
    notice = make_notice(mailing, make_holdout(campaign, make_customer("a@isp.example", name="Hanako Sato")))
    client, _user = as_user()
    text = page(client, mailing)
    assert "Hanako Sato" not in text and f"/staff/mailings/{mailing.pk}/preview/" not in text
    client.force_login(make_user("sato", "campaign.view_customer", PREVIEW))
    text = page(client, mailing)
    assert links.token_of(notice) not in text  # the key to the customer's own page
    assert "Hanako Sato" in text and f"/staff/mailings/{mailing.pk}/preview/" in text
