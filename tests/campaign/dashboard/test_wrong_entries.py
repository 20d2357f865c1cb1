"""Forms with several fields: all that is wrong is said at once, on top and at each field, and nothing is lost."""

import re
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_source
from django.contrib.auth.models import User
from django.test import Client

from campaign import roles
from campaign.models import AuditEntry, BulkChange, Contact, Desk, Exemption, ShadowRun, WavePlan
from campaign.roles import Role
from notices.models import MailingPlan, TextVersion

pytestmark = pytest.mark.django_db
LONG = "x" * 301


@pytest.fixture
def boss(client: Client, db) -> Client:
    """A browser in which somebody who may do everything is logged in; it speaks English."""
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def wrong_fields(response) -> dict[str, str]:
    """The fields that are marked, by id, each with what is said of it; the summary on top names the same."""
    text = response.content.decode()
    said = dict(re.findall(r'<span class="wrong" id="([\w-]+)-wrong">([^<]+)</span>', text))
    listed = dict(
        re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', text.partition('class="message error wrongs"')[2])
    )
    described = set(re.findall(r'aria-describedby="([\w-]+)-wrong"', text))
    assert response.status_code == 422 and "<title>Error: " in text
    assert said == listed and set(said) <= described
    assert all(f'id="{field}"' in text for field in said)
    return said


def test_more_time_without_day_and_reason_names_both(boss):
    held = make_holdout(make_campaign())
    address = f"/staff/customers/{held.customer_id}/exempt/?campaign=pop_before_smtp"
    response = boss.post(address, {"in": "pop_before_smtp", "until": "", "reason": " "})
    assert set(wrong_fields(response)) == {"exempt-until", "exempt-reason"}
    text = response.content.decode()
    assert 'name="until"' in text and "2 entries are missing or cannot be so" in text
    here = f'value="/staff/customers/{held.customer_id}/?campaign=pop_before_smtp"'
    assert f'name="next" {here}' in text  # another language leads to the page, not to the address of the act
    assert not Exemption.objects.exists()


def test_who_sees_a_customer_by_an_empty_form_is_in_the_audit(boss):
    held = make_holdout(make_campaign())
    boss.post(f"/staff/customers/{held.customer_id}/contact/?campaign=pop_before_smtp", {})
    entry = AuditEntry.objects.get(act=AuditEntry.Act.SEEN)
    assert entry.customer_id == held.customer_id


def test_what_was_right_stays_in_the_form(boss):
    held = make_holdout(make_campaign())
    later = (TODAY + timedelta(days=9)).isoformat()
    given = {"in": "pop_before_smtp", "until": later, "reason": LONG}
    response = boss.post(f"/staff/customers/{held.customer_id}/exempt/", given)
    assert set(wrong_fields(response)) == {"exempt-reason"}
    assert f'value="{later}"' in response.content.decode() and f'value="{LONG}"' in response.content.decode()


def test_a_contact_without_anything_names_all_four(boss):
    held = make_holdout(make_campaign())
    response = boss.post(f"/staff/customers/{held.customer_id}/contact/", {"minutes": "0"})
    assert set(wrong_fields(response)) == {"contact-channel", "minutes", "contact-topic", "contact-outcome"}
    response = boss.post(f"/staff/customers/{held.customer_id}/contact/", {"channel": "chat", "topic": "error"})
    assert set(wrong_fields(response)) == {"minutes", "contact-outcome"}
    text = response.content.decode()
    assert 'value="chat" checked' in text and 'value="error" checked' in text
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("act", "field", "given"), [("note", "note", "y" * 2001), ("tag", "tag", "z" * 41)])
def test_a_note_and_a_tag_that_are_too_long_come_back(boss, act, field, given):
    held = make_holdout(make_campaign())
    for value in ("", given):
        response = boss.post(f"/staff/customers/{held.customer_id}/{act}/", {"text": value, "tag": value})
        assert set(wrong_fields(response)) == {field} and value in response.content.decode()


def test_a_change_of_many_names_whom_until_and_why_and_keeps_what_was_ticked(boss):
    held = make_holdout(make_campaign())
    given = {"kind": "exempt", "query": "campaign=pop_before_smtp&standing=left", "until": "soon", "reason": ""}
    response = boss.post("/staff/customers/bulk/", given)
    assert set(wrong_fields(response)) == {"bulk-whom", "bulk-until", "bulk-reason"}
    response = boss.post("/staff/customers/bulk/", given | {"customer": str(held.customer_id), "reason": "ill"})
    assert set(wrong_fields(response)) == {"bulk-until"}
    text = response.content.decode()
    assert f'value="{held.customer_id}" checked' in text and 'name="reason" value="ill"' in text
    assert '<option value="left" selected>' in text and 'name="next" value="/staff/customers/?campaign=' in text
    assert not BulkChange.objects.exists()


def test_all_of_a_list_is_checked_before_anybody_types_its_number(boss):
    make_holdout(make_campaign())
    given = {"kind": "exempt", "query": "campaign=pop_before_smtp", "whom": "all"}
    response = boss.post("/staff/customers/bulk/", given)
    assert set(wrong_fields(response)) == {"bulk-until", "bulk-reason"}
    assert 'name="whom" value="all" checked' in response.content.decode()


def test_waves_the_desk_and_the_plan_name_all_at_once(boss):
    make_campaign(starts_on=TODAY)
    given = {"campaign": "pop_before_smtp", "waves": "0", "first_day": "", "days_between": "x"}
    assert set(wrong_fields(boss.post("/staff/waves/", given))) == {"waves", "first_day", "days_between"}
    response = boss.post("/staff/desk/", {"from_day": "", "seats": "", "contacts_per_seat": "-"})
    assert set(wrong_fields(response)) == {"from_day", "seats", "contacts_per_seat"}
    given = {"good_for_days": "999", "waves": "first", "reasons": ["nonsense"]}
    response = boss.post("/staff/plan/pop_before_smtp/reminder/", given)
    assert set(wrong_fields(response)) == {"good_for_days", "waves", "reasons"}
    assert not WavePlan.objects.exists() and not Desk.objects.exists() and not MailingPlan.objects.filter(active=False)


def test_a_text_names_subject_and_body(boss):
    make_campaign()
    address = "/staff/texts/pop_before_smtp/reminder/en/edit/"
    given = {"act": "save", "after": "0", "subject": " ", "body": "\n", "remark": "r" * 201}
    assert set(wrong_fields(boss.post(address, given))) == {"subject", "body", "remark"}
    broken = {"act": "save", "after": "0", "subject": "{{ nonsense }}", "body": "{% if %}"}
    assert set(wrong_fields(boss.post(address, broken))) == {"subject", "body"}
    assert not TextVersion.objects.exists()


def test_a_trial_cutoff_names_week_place_and_networks(boss):
    make_source("mx1", "postfix", until=noon(TODAY))
    given = {"week": "soon", "rule": "nowhere", "networks": "everywhere", "hosts": "mx1"}
    response = boss.post("/staff/cutoff/", given)
    text = response.content.decode()
    assert response.status_code == 422 and text.count("<li><a href=") >= 3
    assert all(f'<a href="#{field}">' in text for field in ("week", "rule", "networks"))
    assert not ShadowRun.objects.exists()


def test_the_browser_does_not_stop_at_the_first_missing_field(boss):
    held = make_holdout(make_campaign(), make_customer())
    for address in (f"/staff/customers/{held.customer_id}/", "/staff/customers/", "/staff/desk/", "/staff/waves/"):
        text = boss.get(address).content.decode().partition("<main")[2]
        for form in re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", text, re.DOTALL):
            assert " required" not in form or "novalidate" in form or form.count(" required") == 1, (
                address,
                form[:200],
            )


def test_the_login_and_another_password_name_every_missing_field(boss, empty_redis):
    response = boss.post("/staff/password/", {"oldpassword": "", "password1": "short", "password2": ""})
    text = response.content.decode()
    assert all(f'<a href="#id_{name}">' in text for name in ("oldpassword", "password1", "password2"))
    assert "Enter the password that you have now." in text and "at least 12 characters" in text
    text = (
        Client(headers={"accept-language": "en"}).post("/staff/login/", {"login": "", "password": ""}).content.decode()
    )
    assert "Enter your user name." in text and "Enter your password." in text
    assert text.count('aria-invalid="true"') == 2 and "<title>Error: " in text
