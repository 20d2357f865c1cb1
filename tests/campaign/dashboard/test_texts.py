"""The pages of texts: the list, a version and its way to approval, writing, comparing."""

import re
from dataclasses import replace
from datetime import date

import pytest
from builders import make_campaign, make_user

from campaign.dashboard import text_edit
from notices import texts
from notices.models import TextVersion

WRITE, APPROVE = "notices.write_text", "notices.approve_text"
TEXT = "/staff/texts/pop_before_smtp/reminder/en/"
GOOD = "{{ provider }}, {{ number }}, {{ cutoff }}, {{ phone }}\n"
SOUND = texts.ours("reminder", "en").body  # no check has anything to say

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def as_user(client):
    def log_in(name: str, *permissions: str):
        user = make_user(name, "campaign.view_customer", *permissions)
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return user

    return log_in


def write(campaign, *, user=None, body=GOOD, subject="{{ provider }}: news", **given) -> TextVersion:
    from django.utils import timezone

    after = texts.newest(campaign, "reminder", "en").number
    values = {"kind": "reminder", "language": "en", "subject": subject, "body": body, "now": timezone.now()}
    return texts.write(campaign_id=campaign.pk, after=after, user_id=user and user.pk, **values | given)


def newest(campaign) -> texts.Text:
    return texts.newest(campaign, "reminder", "en")


def page(client, path: str = TEXT) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_has_every_kind_in_both_languages_and_the_state_of_each(client, campaign, as_user):
    user = as_user("sato", WRITE)
    write(campaign, user=user)
    text = page(client, "/staff/texts/").partition("<main")[2]
    assert text.count('<th scope="row">') == 18
    assert "version 1: draft" in text and text.count("ours, as it came") == 18 and "sato" in text
    TextVersion.objects.update(approved_at="2026-11-01T00:00Z")
    assert '<span class="badge text-approved">approved</span>' in page(client, "/staff/texts/")


def test_before_there_is_a_campaign_there_are_no_texts(staff):
    assert "There is no campaign yet" in page(staff, "/staff/texts/")


@pytest.mark.parametrize(
    "path",
    [
        "/staff/texts/nothing/reminder/en/",
        "/staff/texts/pop_before_smtp/nothing/en/",
        "/staff/texts/pop_before_smtp/reminder/fr/",
        f"{TEXT}?version=9",
        f"{TEXT}compare/?old=9",
    ],
)
def test_what_there_is_not_is_not_found(staff, campaign, path):
    assert staff.get(path).status_code == 404


def test_a_text_starts_from_ours_and_an_edit_is_the_next_version(client, campaign, as_user):
    as_user("sato", WRITE)
    form = page(client, f"{TEXT}edit/")
    assert "{{ provider }}" in form and "Hanako Sato" in form and "has to be there" in form
    response = client.post(
        f"{TEXT}edit/", {"act": "save", "after": "0", "subject": "New", "body": GOOD, "remark": "shorter"}
    )
    assert (response.status_code, response["Location"]) == (303, f"{TEXT}?version=1")
    text = page(client)
    assert "shorter" in text and "version 1" in text and "sato" in text
    assert newest(campaign).body == GOOD and newest(campaign).version.approved_at is None


def test_saving_what_is_there_already_makes_no_version(client, campaign, as_user):
    as_user("sato", WRITE)
    ours = texts.ours("reminder", "en")
    given = {
        "act": "save",
        "after": "0",
        "subject": ours.subject,
        "body": ours.body.replace("\n", "\r\n"),
        "remark": "",
    }
    assert "Nothing has changed" in client.post(f"{TEXT}edit/", given, follow=True).content.decode()
    assert not TextVersion.objects.exists()


def test_the_placeholders_are_explained_with_the_dates_of_the_campaign(client, campaign, as_user):
    campaign.cutoff_on = date(2027, 6, 30)
    campaign.save()
    as_user("sato", WRITE)
    edit = page(client, "/staff/texts/pop_before_smtp/reminder/ja/edit/")
    for example in ("2027年6月30日（水）", "2027年6月29日（火）", "6月30日", "6月29日"):
        assert f'<span class="example" lang="ja">{example}</span>' in edit


def test_who_may_not_write_sees_no_form(client, campaign, as_user):
    as_user("sato", APPROVE)
    assert "/edit/" not in page(client)
    assert client.get(f"{TEXT}edit/").status_code == 403
    assert client.post(f"{TEXT}edit/", {"act": "save"}).status_code == 403
    assert client.post(f"{TEXT}0/restore/").status_code == 403
    assert not TextVersion.objects.exists()


def test_two_who_write_at_once_lose_nothing(client, campaign, as_user):
    other = make_user("tanaka")
    as_user("sato", WRITE)
    page(client, f"{TEXT}edit/")
    write(campaign, user=other, body=GOOD + "Theirs.\n")
    given = {"act": "save", "after": "0", "subject": "{{ provider }}: news", "body": GOOD + "Mine.\n", "remark": ""}
    response = client.post(f"{TEXT}edit/", given)
    text = response.content.decode()
    assert response.status_code == 409 and "tanaka saved version 1" in text
    assert "Mine.\n</textarea>" in text and re.search(r"<del>.*Theirs", text) and re.search(r"<ins>.*Mine", text)
    assert 'name="after" value="1"' in text and newest(campaign).number == 1
    assert client.post(f"{TEXT}edit/", given | {"after": "1"}).status_code == 303
    assert newest(campaign).body.endswith("Mine.\n") and newest(campaign).number == 2


def test_a_form_that_was_sent_before_the_page_was_whole_changes_nothing(client, campaign, as_user):
    as_user("sato", WRITE)
    half = client.post(f"{TEXT}edit/", {"act": "replace 1", "subject": "S", "body": GOOD[:9]}, follow=True)
    assert half.redirect_chain == [(f"{TEXT}edit/", 303)]
    text = half.content.decode()
    parts = ("</textarea>", 'name="remark"', 'value="check"')
    assert "The page was not there as a whole yet" in text
    assert text.index('name="after"') > max(map(text.rindex, parts))
    client.post(f"{TEXT}edit/", {"act": "save", "subject": "S", "body": GOOD[:9]})
    assert not TextVersion.objects.exists()


def test_two_who_save_in_the_same_moment_are_told_too(client, campaign, as_user, monkeypatch):
    as_user("sato", WRITE)
    real = text_edit._write

    def faster(request, text, draft):
        real(request, text, replace(draft, body=GOOD + "Faster.\n"))
        return real(request, text, draft)

    monkeypatch.setattr(text_edit, "_write", faster)
    response = client.post(f"{TEXT}edit/", {"act": "save", "after": "0", "subject": "S", "body": GOOD, "remark": ""})
    assert response.status_code == 409 and "Faster." in response.content.decode()


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [("", GOOD, "needs a subject"), ("S", "{{ nmae }}", "did you mean"), ("S" * 201, GOOD, "at most 200")],
)
def test_what_cannot_be_saved_says_why_and_stays_in_the_form(client, campaign, as_user, subject, body, said):
    as_user("sato", WRITE)
    response = client.post(f"{TEXT}edit/", {"act": "save", "after": "0", "subject": subject, "body": body})
    text = response.content.decode()
    assert response.status_code == 422 and said in text and body.strip() in text
    assert not TextVersion.objects.exists()


def test_a_check_shows_findings_with_their_places_and_saves_nothing(client, campaign, as_user):
    as_user("sato", WRITE)
    given = {"act": "check", "after": "0", "subject": "S", "body": f"{GOOD}\r\nDear {{{{ nmae }}}},\r\n"}
    text = client.post(f"{TEXT}edit/", given).content.decode()
    assert "did you mean" in text and "line 3" in text and "<code>{{ nmae }}</code>" in text
    assert "Not saved yet." in text and not TextVersion.objects.exists()


def test_a_finding_is_replaced_at_the_press_of_its_button(client, campaign, as_user):
    as_user("sato", WRITE)
    given = {"act": "check", "after": "0", "subject": "{{ nmae }}", "body": f"{GOOD}\r\nDear {{{{ nmae }}}},\r\n"}
    keys = re.findall(r'value="(replace [^"]+)"', client.post(f"{TEXT}edit/", given).content.decode())
    assert len(keys) == 2
    text = client.post(f"{TEXT}edit/", given | {"act": keys[1]}).content.decode()
    assert "Dear {{ name }}," in text and 'value="{{ nmae }}"' in text
    text = client.post(f"{TEXT}edit/", given | {"act": keys[0]}).content.decode()
    assert 'value="{{ name }}"' in text
    unknown = client.post(f"{TEXT}edit/", given | {"act": "replace nothing"}).content.decode()
    assert 'value="{{ nmae }}"' in unknown


def test_a_text_goes_from_draft_to_asked_to_approved_by_a_second_person(client, campaign, as_user):
    writer = as_user("sato", WRITE, APPROVE)
    write(campaign, user=writer, body=SOUND)
    text = page(client)
    assert "You wrote this" in text and "/1/approve/" not in text
    client.post(f"{TEXT}1/approve/")
    assert texts.current(campaign, "reminder", "en").number == 0
    assert client.post(f"{TEXT}1/ask/").status_code == 303
    assert "waiting for approval" in page(client)
    as_user("tanaka", APPROVE)
    assert "Approval asked for by sato" in page(client)
    response = client.post(f"{TEXT}1/approve/", follow=True)
    assert "The text is approved" in response.content.decode()
    assert texts.current(campaign, "reminder", "en").number == 1
    assert "Approved by tanaka" in page(client)


def test_a_draft_is_offered_for_approval_only_when_somebody_has_asked(client, campaign, as_user):
    write(campaign, user=make_user("tanaka"), body=SOUND)
    as_user("sato", WRITE, APPROVE)
    assert "/1/approve/" not in page(client)
    client.post(f"{TEXT}1/ask/")
    assert "/1/approve/" in page(client) and "/1/ask/" not in page(client)


@pytest.mark.parametrize(("act", "permission"), [("ask", WRITE), ("approve", APPROVE), ("restore", WRITE)])
def test_a_step_needs_its_permission_and_a_post(client, campaign, as_user, act, permission):
    write(campaign)
    as_user("sato", *{WRITE, APPROVE} - {permission})
    assert client.post(f"{TEXT}1/{act}/").status_code == 403
    as_user("tanaka", permission)
    assert client.get(f"{TEXT}1/{act}/").status_code == 405
    assert client.post(f"{TEXT}1/burn/").status_code == 404


def test_a_text_with_an_error_cannot_be_approved(client, campaign, as_user):
    write(campaign, body="Hello.\n")
    as_user("tanaka", APPROVE)
    text = client.post(f"{TEXT}1/approve/", follow=True).content.decode()
    assert 'class="message error"' in text and "cannot be approved yet" in text
    assert texts.current(campaign, "reminder", "en").number == 0


def test_our_own_text_needs_no_approval(client, campaign, as_user):
    as_user("tanaka", APPROVE)
    assert "/0/approve/" not in page(client)
    assert "Our own text needs no approval." in client.post(f"{TEXT}0/approve/", follow=True).content.decode()


def test_restoring_makes_a_new_version_of_an_old_one(client, campaign, as_user):
    first = write(campaign, subject="First")
    write(campaign, subject="Second")
    as_user("sato", WRITE)
    response = client.post(f"{TEXT}1/restore/")
    assert response["Location"] == f"{TEXT}?version=3"
    assert (newest(campaign).subject, newest(campaign).version.restored_from) == ("First", first)
    client.post(f"{TEXT}0/restore/")
    assert newest(campaign).body == texts.ours("reminder", "en").body


def test_any_two_versions_are_compared(staff, campaign):
    write(campaign, subject="The first subject")
    write(campaign, subject="The second subject")
    text = page(staff, f"{TEXT}compare/?old=1&new=2")
    assert re.search(r"The <del>.*?first.*?</del><ins>.*?second.*?</ins> subject", text)
    assert "Both say the same." in page(staff, f"{TEXT}compare/?old=2&new=2")
    assert "ours, as it came" in page(staff, f"{TEXT}compare/?old=0&new=1")


def test_the_body_keeps_its_first_line_through_the_form(client, campaign, as_user):
    write(campaign, body="\nfirst\n" + GOOD)
    as_user("sato", WRITE)
    body = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page(client, f"{TEXT}edit/"), re.DOTALL)[1]
    assert body == "first\n" + GOOD


def test_what_staff_write_is_shown_as_text(client, campaign, as_user):
    as_user("sato", WRITE)
    write(campaign, subject="<b>S</b>", body="</textarea><script>alert(1)</script>" + GOOD, remark="<i>r</i>")
    for path in (TEXT, f"{TEXT}edit/", f"{TEXT}compare/?old=0&new=1"):
        text = page(client, path)
        assert "<script>alert" not in text and "<b>S" not in text and "<i>r" not in text
