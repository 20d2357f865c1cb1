from datetime import timedelta
from html import unescape

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_mailing, make_notice

from campaign.dashboard.contact import ACTS
from campaign.logs.redaction import masked_address
from campaign.models import AuditEntry, CallBack, Contact, Exemption, Holdout, Note, Tagging
from notices.models import Mute, Notice

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
LOOK = ("campaign.view_campaign", "campaign.view_customer")
CALL = {"channel": "phone", "minutes": "５", "topic": "password", "outcome": "solved"}


@pytest.fixture
def agent(client):
    user = make_user("suzuki", *LOOK, *{act.permission for act in ACTS.values()}, "campaign.answer_callback")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    client.user = user
    return client


@pytest.fixture
def held():
    return make_holdout(make_campaign(), make_customer("hanako@isp.example", name="山田花子"))


def post(client, held, act: str, **given) -> str:
    response = client.post(f"/staff/customers/{held.customer_id}/{act}/?campaign=pop_before_smtp", given)
    assert response.status_code == 303
    assert response["Location"] == f"/staff/customers/{held.customer_id}/?campaign=pop_before_smtp"
    return client.get(response["Location"]).content.decode()


def refused(client, held, act: str, **given) -> str:
    """The page that comes back with what is wrong."""
    response = client.post(f"/staff/customers/{held.customer_id}/{act}/?campaign=pop_before_smtp", given)
    assert response.status_code == 422
    return response.content.decode()


def test_a_contact_is_recorded_and_stands_on_the_timeline(agent, held):
    text = post(agent, held, "contact", **CALL)
    made = Contact.objects.get()
    assert (made.minutes, made.topic, made.outcome, made.made_by, made.at) == (5, "password", "solved", agent.user, NOW)
    assert "Contact (phone): password unknown or wrong" in text and "solved · 5 minutes · suzuki" in text
    entry = AuditEntry.objects.filter(act="added").get()
    assert (entry.kind, entry.customer_id, entry.after["topic"]) == ("contact", held.customer_id, "password")


def test_the_form_needs_two_presses_at_most(agent, held):
    text = agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    form = text.partition('class="contact"')[2].partition("</form>")[0]
    assert form.count(" checked") == 2 and form.count('<button name="outcome"') == len(Contact.Outcome.values)
    assert 'type="number" name="minutes" value="5"' in form


@pytest.mark.parametrize(("act", "given"), [("contact", CALL), ("note", {"text": "wrong person"})])
def test_a_slip_is_taken_back_by_who_made_it(agent, held, act, given):
    text = post(agent, held, act, **given)
    made = (Contact if act == "contact" else Note).objects.get()
    assert f'name="made" value="{made.pk}"' in text
    back = {"kind": act, "made": str(made.pk)}
    assert "It is taken back." in post(agent, held, "take-back", **back)
    assert not type(made).objects.exists()
    assert "only for ten minutes" in post(agent, held, "take-back", **back)


def test_a_promised_call_is_on_the_list_and_goes_with_a_slip(agent, held):
    promise = CALL | {"outcome": "call_back", "day": "2026-11-25", "part": "morning"}
    text = refused(agent, held, "contact", **promise | {"day": "2026-11-28", "minutes": "0"})
    assert text.count("area code") == text.count("one of the days that are offered") == 2  # on top, and at the field
    assert "<details open>" in text and not Contact.objects.exists() and not CallBack.objects.exists()
    text = post(agent, held, "contact", **promise | {"phone": "０９０-1234-5678"})
    assert "the call is on the list for Nov. 25, 2026." in text and "it ends with 5678." in text
    assert "1 call" in (calls := agent.get("/staff/calls/").content.decode()) and "090-1234-5678" in calls
    assert "09012345678" not in str(AuditEntry.objects.values()) and "1234-5678" not in str(AuditEntry.objects.values())
    made = Contact.objects.get()
    post(agent, held, "take-back", kind="contact", made=str(made.pk))
    assert not CallBack.objects.exists() and not Contact.objects.exists()


def test_a_promise_keeps_the_number_that_the_customer_left(agent, held):
    values = {"phone": "0312345678", "day": TODAY, "part": "any", "asked_at": NOW - timedelta(days=1)}
    CallBack.objects.create(customer=held.customer, **values)
    post(agent, held, "contact", **CALL | {"outcome": "call_back", "day": "2026-11-27", "part": "afternoon"})
    kept = CallBack.objects.get()
    assert (kept.phone, str(kept.day), kept.part) == ("0312345678", "2026-11-27", "afternoon")


def test_others_and_old_ones_have_no_button_and_stay(agent, held):
    old = Note.objects.create(customer=held.customer, at=NOW - timedelta(minutes=11), text="old", made_by=agent.user)
    other = Note.objects.create(customer=held.customer, at=NOW, text="theirs", made_by=make_user("tanaka"))
    assert "/take-back/" not in agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    for note in (old, other):
        post(agent, held, "take-back", kind="note", made=str(note.pk))
    assert Note.objects.count() == 2 and not AuditEntry.objects.filter(act="removed").exists()


def test_a_note_is_shown_as_it_is_and_what_it_says_stays_out_of_the_audit(agent, held):
    text = post(agent, held, "note", text="<b>loud</b>")
    assert "&lt;b&gt;loud&lt;/b&gt;" in text and "<b>loud" not in text
    assert "loud" not in str(AuditEntry.objects.filter(kind="note").values())


@pytest.mark.parametrize(
    ("act", "field", "longest"), [("note", "text", 2000), ("tag", "tag", 40), ("exempt", "reason", 300)]
)
def test_what_is_empty_or_too_long_is_refused_in_words_and_not_cut(agent, held, act, field, longest):
    given = {"in": "pop_before_smtp", "until": TODAY.isoformat()}
    assert "is empty" in (text := refused(agent, held, act, **given | {field: " "})) or "there is none" in text
    text = refused(agent, held, act, **given | {field: "あ" * 3333})
    assert f"at most {longest} characters; this one has 3333" in text and "あ" * 3333 in text
    page = agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    assert f'maxlength="{longest}"' not in page  # with it, a browser would cut what is pasted, and say nothing
    assert not Note.objects.exists() and not Tagging.objects.exists() and not Exemption.objects.exists()


def test_tags_are_put_on_and_taken_off(agent, held):
    assert "The tag “shop” is on." in post(agent, held, "tag", tag=" shop ")
    assert "it was so already" in post(agent, held, "tag", tag="shop")
    tagging = Tagging.objects.get()
    assert "The tag “shop” is off." in post(agent, held, "untag", tag=str(tagging.tag_id))
    assert not Tagging.objects.exists()
    assert [each.act for each in AuditEntry.objects.filter(kind="tag").order_by("pk")] == ["added", "removed"]


def test_more_time_needs_a_reason_and_a_day(agent, held):
    until = TODAY + timedelta(days=20)
    given = {"in": "pop_before_smtp", "until": until.isoformat(), "reason": "in hospital"}
    for wrong in ({"reason": ""}, {"until": "soon"}, {"until": "2026-01-01"}):
        assert refused(agent, held, "exempt", **given | wrong)
    assert not Exemption.objects.exists()
    assert "Exempt until Dec. 14, 2026" in post(agent, held, "exempt", **given)
    made = Exemption.objects.get()
    assert (made.reason, made.from_day, made.until, made.made_by) == ("in hospital", TODAY, until, agent.user)
    assert "it was so already" in post(agent, held, "exempt", **given)


def test_a_wrong_exemption_is_ended_and_until_then_nothing_untrue_is_said(agent, held):
    wrong = {"in": "pop_before_smtp", "until": "2026-12-31", "reason": "in hospital"}
    post(agent, held, "exempt", **wrong)
    text = refused(agent, held, "exempt", **wrong | {"until": "2026-12-10", "reason": "back on the 10th"})
    assert "exempt until Dec. 31, 2026 already" in text and "it was so already" not in text
    assert 'value="2026-12-10"' in text and 'value="back on the 10th"' in text
    exemption = Exemption.objects.get()
    end = f"/staff/delays/{exemption.pk}/end/"
    assert f'action="{end}"' in text and "an exemption is in force. End it first." in text
    Holdout.objects.update(standing="exempt")  # as it was made of the exemption, a minute later
    answer = agent.post(end, {"from": "customer"}, follow=True)
    assert answer.redirect_chain == [(f"/staff/customers/{held.customer_id}/", 303)]
    text = unescape(answer.content.decode())
    assert f"for {held.customer.login} the old way ends on March 31, 2027, as for all." in text
    assert "an exemption is in force" not in text and "The guide is not mailed yet: the exemption is over" in text
    assert end not in text
    entry = AuditEntry.objects.get(act="removed")
    assert (entry.kind, entry.customer_id, entry.before) == ("exemption", held.customer_id, {"until": "2026-12-31"})
    assert "Exempt until Dec. 10, 2026" in post(agent, held, "exempt", **wrong | {"until": "2026-12-10"})


def test_staff_stop_the_reminders_and_start_them_again(agent, held):
    waiting = make_notice(make_mailing(held.campaign), held, state=Notice.State.WAITING)
    text = post(agent, held, "mute", **{"in": "pop_before_smtp"})
    assert "no reminders go out" in text and Mute.objects.get().by == Mute.By.STAFF
    waiting.refresh_from_db()
    assert waiting.state == Notice.State.WITHDRAWN
    post(agent, held, "unmute", **{"in": "pop_before_smtp"})
    assert not Mute.objects.exists()


def test_who_may_only_look_is_offered_nothing_and_refused(client, held):
    client.force_login(make_user("viewer", *LOOK))
    text = client.get(f"/staff/customers/{held.customer_id}/").content.decode()
    assert f"/staff/customers/{held.customer_id}/contact/" not in text and "desk-acts" not in text
    for act in (*ACTS, "anything"):
        assert client.post(f"/staff/customers/{held.customer_id}/{act}/", CALL).status_code == 403


def test_looking_at_the_address_of_an_act_changes_nothing(agent, held):
    assert agent.get(f"/staff/customers/{held.customer_id}/contact/").status_code == 405
    assert not Contact.objects.exists()


def test_the_page_tells_devices_apart(agent, held):
    make_use(held.customer, "pop_before_smtp", TODAY - timedelta(days=3), client_program="becky")
    make_use(held.customer, "smtp_auth", TODAY, addresses=["203.0.113.9"])
    text = agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    assert "&amp;program=becky" in text  # the guide of the device that is left
    told = text.partition('class="devices"')[2].partition("</ul>")[0]
    assert "Becky!" in told and "the old way, last Nov. 21, 2026" in told
    assert "A device without a name" in told and "203.0.113.9" in told and "SMTP-AUTH, last Nov. 24, 2026" in told


def test_the_number_of_queries_does_not_grow_with_what_is_known(agent, held, django_assert_max_num_queries):
    for ago in range(40):
        make_use(held.customer, "pop_before_smtp", TODAY - timedelta(days=ago))
        at = NOW - timedelta(days=ago)
        Note.objects.create(customer=held.customer, at=at, text="again", made_by=agent.user)
        Contact.objects.create(
            customer=held.customer, at=at, channel="mail", minutes=3, topic="other", outcome="solved", made_by=None
        )
    with django_assert_max_num_queries(45):
        text = agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    assert "Page 1 of 3" in text
    desk = agent.get(f"/staff/customers/{held.customer_id}/?kind=desk").content.decode()
    assert "Page 1 of 2" in desk and "Sent 1 message" not in desk


def test_staff_see_what_the_customer_sees_and_that_is_noted(agent, held):
    address = f"/staff/customers/{held.customer_id}/seen/?campaign=pop_before_smtp"
    assert agent.get(address).status_code == 404
    make_notice(make_mailing(held.campaign), held, language="ja", number="482913057")
    assert address in agent.get(f"/staff/customers/{held.customer_id}/").content.decode()
    text = agent.get(address).content.decode()
    assert '<html lang="ja"' in text and masked_address("hanako@isp.example") in text and "live.js" not in text
    copy = text.partition("<div inert>")
    assert "nothing here can be pressed" in copy[0] and 'lang="en"' in copy[0] and "<form" not in copy[0]
    assert AuditEntry.objects.filter(act="seen", kind="personal", customer=held.customer_id).count() == 1
    before = Mute.objects.count(), Note.objects.count()
    assert agent.post(address, {"act": "stop"}).status_code == 405
    assert (Mute.objects.count(), Note.objects.count()) == before
