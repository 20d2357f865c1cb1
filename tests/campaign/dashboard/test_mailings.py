from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice

from campaign.dashboard.acts import number_in
from campaign.dashboard.mailing_steps import steps
from campaign.models import AuditEntry
from notices.models import Mailing, Notice, TextVersion

pytestmark = pytest.mark.django_db
APPROVE, RUN, PREVIEW = "notices.approve_mailing", "notices.run_mailing", "notices.preview_mail"
ACTS = {  # act: (permission, states in which it is possible, state after it)
    "approve": (APPROVE, {"planned"}, "approved"),
    "start": (RUN, {"approved", "sending"}, "sending"),  # or it has started by itself a moment ago
    "pause": (RUN, {"approved", "sending"}, "paused"),
    "resume": (RUN, {"paused"}, "sending"),
    "cancel": (RUN, {"planned", "approved", "sending", "paused"}, "cancelled"),
}


def mailing_in(state: str, **given) -> Mailing:
    paused = {"pause_cause": "person"} if state == "paused" else {}
    return make_mailing(make_campaign(), state=state, **paused | given)


@pytest.mark.parametrize("state", Mailing.State.values)
@pytest.mark.parametrize("act", ACTS)
def test_a_step_is_taken_where_it_is_possible_and_otherwise_explained(as_user, act, state):
    permission, states, after = ACTS[act]
    browser, _user = as_user(permission)
    mailing = mailing_in(state)
    given = {"reason": "too many calls", "notices": "0", "texts": "0-0"}
    response = browser.post(f"/staff/mailings/{mailing.pk}/{act}/", given, follow=True)
    assert response.redirect_chain == [(f"/staff/mailings/{mailing.pk}/", 303)]
    mailing.refresh_from_db()
    assert mailing.state == (after if state in states else state)
    text = response.content.decode()
    assert ('class="message success"' in text) == (state in states)
    assert ('class="message error"' in text) == (state not in states)


@pytest.mark.parametrize("act", ACTS)
def test_a_step_needs_its_own_permission(as_user, act):
    permission, states, _after = ACTS[act]
    mailing = mailing_in(min(states))
    browser, _user = as_user(*{APPROVE, RUN} - {permission})
    assert browser.post(f"/staff/mailings/{mailing.pk}/{act}/").status_code == 403
    assert f"/{act}/" not in browser.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    mailing.refresh_from_db()
    assert mailing.state in states


def test_what_tries_the_relay_by_itself_can_be_made_to_stay_paused(as_user):
    browser, _user = as_user(RUN)
    given = {"pause_cause": "relay", "pause_reason": "421 busy", "try_again_at": noon(TODAY) + timedelta(minutes=2)}
    mailing = mailing_in("paused", **given)
    page = f"/staff/mailings/{mailing.pk}/"
    text = browser.get(page).content.decode()
    assert "The mail relay is tried again at 12:02" in text and f"{page}pause/" in text and f"{page}resume/" in text
    text = browser.post(f"{page}pause/", {"reason": "we look into it"}, follow=True).content.decode()
    assert "Nothing goes out until somebody resumes it." in text and f"{page}pause/" not in text


@pytest.mark.parametrize("act", ACTS)
def test_a_step_that_is_possible_is_offered(as_user, act):
    permission, states, _after = ACTS[act]
    browser, _user = as_user(permission)
    mailing = mailing_in(min(states))
    assert f"/staff/mailings/{mailing.pk}/{act}/" in browser.get(f"/staff/mailings/{mailing.pk}/").content.decode()


def test_whoever_planned_a_mailing_is_told_that_somebody_else_approves_it(as_user):
    browser, user = as_user(APPROVE)
    mailing = mailing_in("planned", planned_by=user)
    page = f"/staff/mailings/{mailing.pk}/"
    text = browser.get(page).content.decode()
    assert "somebody else has to approve it" in text and f"{page}approve/" not in text
    assert "a second person" in browser.post(f"{page}approve/", follow=True).content.decode()
    mailing.refresh_from_db()
    assert mailing.state == "planned"


def test_an_approval_names_who_gave_it(as_user):
    browser, user = as_user(APPROVE)
    mailing = mailing_in("planned")
    browser.post(f"/staff/mailings/{mailing.pk}/approve/", {"texts": "0-0"})
    mailing.refresh_from_db()
    assert mailing.approved_by == user
    assert "tanaka" in browser.get(f"/staff/mailings/{mailing.pk}/").content.decode()


def test_cancelling_asks_first_and_no_other_step_happens_by_get(as_user):
    browser, _user = as_user(APPROVE, RUN)
    mailing = mailing_in("sending")
    text = browser.get(f"/staff/mailings/{mailing.pk}/cancel/").content.decode()
    assert "Cancel this mailing? Reminder of November 2026" in text
    for act in {*ACTS} - {"cancel", "start"}:
        assert browser.get(f"/staff/mailings/{mailing.pk}/{act}/").status_code == 405
    mailing.refresh_from_db()
    assert mailing.state == "sending"


@pytest.mark.parametrize("state", sorted(Mailing.ENDED))
def test_nobody_is_asked_whether_to_cancel_what_has_ended(as_user, state):
    browser, _user = as_user(RUN)
    mailing = mailing_in(state)
    response = browser.get(f"/staff/mailings/{mailing.pk}/cancel/", follow=True)
    assert response.redirect_chain == [(f"/staff/mailings/{mailing.pk}/", 303)]
    assert "This mailing has ended already." in response.content.decode()


def test_a_step_that_does_not_exist_is_not_found(as_user):
    browser, _user = as_user(APPROVE, RUN)
    assert browser.post(f"/staff/mailings/{mailing_in('sending').pk}/send-all/").status_code == 404
    assert browser.post("/staff/mailings/999999/start/").status_code == 404


@pytest.mark.parametrize("state", Mailing.State.values)
def test_every_state_says_what_happens_next(staff, state):
    mailing = mailing_in(state, pause_reason="<b>calls</b>", paused_at=noon(TODAY))
    make_notice(mailing, state="waiting")
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "What happens next" in text and "<b>calls" not in text


@pytest.mark.parametrize("typed", ["1,234", "１２３４", " 1234 "])
def test_a_number_is_understood_as_people_type_it(typed):
    assert number_in(typed) == 1234


@pytest.mark.parametrize("typed", ["", "all", "-3", "1e3", "9" * 30])
def test_what_is_no_number_is_none(typed):
    assert number_in(typed) is None


def test_starting_asks_for_the_number_of_notices(as_user):
    browser, _user = as_user(RUN)
    mailing = mailing_in("approved")
    for _ in range(3):
        make_notice(mailing, state="waiting")
    make_notice(mailing, state="refused")
    address = f"/staff/mailings/{mailing.pk}/start/"
    text = browser.get(address).content.decode()
    assert "3 customers will get a notice." in text and "For 10 minutes after the start nothing goes out" in text
    for wrong in ("", "4", "all", "<b>"):
        response = browser.post(address, {"notices": wrong})
        assert response.status_code == 422 and "type the number of its notices: 3." in response.content.decode()
    mailing.refresh_from_db()
    assert mailing.state == "approved" and mailing.hold_until is None
    assert browser.post(address, {"notices": "3"}).status_code == 303
    mailing.refresh_from_db()
    assert mailing.state == "sending"
    assert mailing.hold_until == noon(TODAY) + timedelta(minutes=10)


@pytest.mark.parametrize("state", sorted({*Mailing.State.values} - {"approved"}))
def test_nobody_is_asked_to_start_what_cannot_be_started(as_user, state):
    browser, _user = as_user(RUN)
    mailing = mailing_in(state)
    response = browser.get(f"/staff/mailings/{mailing.pk}/start/", follow=True)
    assert response.redirect_chain == [(f"/staff/mailings/{mailing.pk}/", 303)]
    assert "Only an approved mailing can be started." in response.content.decode()


def test_in_the_hold_the_page_says_until_when_nothing_goes_out(staff):
    mailing = mailing_in("sending", hold_until=noon(TODAY) + timedelta(seconds=90))
    make_notice(mailing, state="waiting")
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "Nothing goes out before 12:01:30. Cancel before that, and nothing has gone out." in text
    assert 'data-seconds-left="90"' in text and 'data-live="state-sending-held"' in text


def test_after_the_hold_the_page_does_not_speak_of_it(staff):
    mailing = mailing_in("sending", hold_until=noon(TODAY))
    make_notice(mailing, state="waiting")
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "Nothing goes out before" not in text and "data-seconds-left" not in text


def test_cancelling_in_the_hold_says_that_nothing_went_out(as_user):
    browser, _user = as_user(RUN)
    mailing = mailing_in("sending", hold_until=noon(TODAY) + timedelta(minutes=5))
    make_notice(mailing, state="waiting")
    address = f"/staff/mailings/{mailing.pk}/cancel/"
    assert "Nothing of it has gone out yet." in browser.get(address).content.decode()
    assert "Nothing of it has gone out." in browser.post(address, follow=True).content.decode()
    text = browser.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "It was cancelled before anything had gone out." in text


@pytest.mark.parametrize("gone", ["accepted", "claimed", "unknown"])
def test_cancelling_does_not_say_so_where_something_went_out_or_may_have(as_user, gone):
    browser, _user = as_user(RUN)
    mailing = mailing_in("sending")
    make_notice(mailing, state=gone)
    make_notice(mailing, state="waiting")
    address = f"/staff/mailings/{mailing.pk}/cancel/"
    assert "Nothing of it" not in browser.get(address).content.decode()
    text = browser.post(address, follow=True).content.decode()
    assert "Nothing of it" not in text and "what had not gone out is withdrawn" in text


def test_a_mailing_of_another_kind_is_called_by_it(staff):
    mailing = mailing_in("planned", kind="two_weeks", period="2027-03-17")
    for address in (f"/staff/mailings/{mailing.pk}/", "/staff/mailings/"):
        assert "Two weeks before the cut-off, March 17, 2027" in staff.get(address).content.decode()


def test_the_ledger_on_the_page_adds_up(staff):
    mailing = mailing_in("sending")
    for state in [*Notice.State.values, "accepted", "waiting"]:
        make_notice(mailing, state=state, ended_at=noon(TODAY))
    make_notice(mailing, fate="bounced")
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "Accepted by the mail relay: 3; Waiting: 3; Withdrawn: 1; Not known: 1; Refused: 1" in text


def test_what_did_not_get_through_is_listed_in_the_servers_words(staff):
    mailing = mailing_in("sending")
    nasty = "550 5.1.1 <script>alert(1)</script>"
    make_notice(
        mailing, make_holdout(mailing.campaign, make_customer("refused@isp.example")), state="refused", reply=nasty
    )
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("bounced@isp.example")), fate="bounced")
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("unknown@isp.example")), state="unknown")
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("fine@isp.example")), fate="delivered")
    text = staff.get(f"/staff/mailings/{mailing.pk}/?preview=999999999").content.decode()
    assert "refused@isp.example" in text and "bounced@isp.example" in text and "unknown@isp.example" in text
    assert "fine@isp.example" not in text
    assert "550 5.1.1 &lt;script&gt;" in text and "5.2.2 mailbox full" in text


def test_the_page_says_who_got_utf8_with_an_old_program(staff):
    mailing = mailing_in("sending")
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("new@isp.example")))
    assert 'id="utf8"' not in staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("old@isp.example")), utf8_instead=True)
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode().partition('id="utf8"')[2]
    assert "1 notice went out in UTF-8 although" in text
    assert "old@isp.example" in text and "new@isp.example" not in text


def test_the_preview_is_the_mail_of_a_real_holdout(as_user):
    staff, _user = as_user(PREVIEW)
    mailing = mailing_in("planned")
    first = make_notice(mailing, make_holdout(mailing.campaign, make_customer("a@isp.example", name="<i>A</i>")))
    second = make_notice(mailing, make_holdout(mailing.campaign, make_customer("b@isp.example")))
    text = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert "a@isp.example" in text and "&lt;i&gt;A" in text and "<i>A" not in text
    assert f"?preview={second.pk}#preview" in text
    text = staff.get(f"/staff/mailings/{mailing.pk}/?preview={second.pk}").content.decode()
    assert "b@isp.example" in text and f"?preview={first.pk}#preview" in text
    number = f"{second.number[:3]}-{second.number[3:6]}-{second.number[6:]}"
    assert number in text


def test_a_notice_that_cannot_be_sent_says_so_in_its_preview(as_user):
    staff, _user = as_user(PREVIEW)
    mailing = mailing_in("planned")
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("no address", addresses=())))
    assert "This notice cannot be sent" in staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()


def test_the_list_counts_each_mailing_with_as_many_queries_for_many_as_for_one(staff, django_assert_max_num_queries):
    campaign = make_campaign()
    for number in range(5):
        mailing = make_mailing(campaign, period=f"2026-0{number + 1}", state="finished")
        make_notice(mailing)
        make_notice(mailing, state="refused")
    with django_assert_max_num_queries(8):
        text = staff.get("/staff/mailings/").content.decode()
    assert text.index("of May 2026") < text.index("of January 2026")


def test_each_campaign_has_its_own_mailings(staff):
    make_mailing(make_campaign(), period="2026-05")
    other = make_mailing(make_campaign(name="local_port25"), period="2026-06")
    everything = staff.get("/staff/mailings/").content.decode()
    assert "of May 2026" in everything and "of June 2026" in everything
    text = staff.get("/staff/mailings/?campaign=local_port25").content.decode()
    assert "of June 2026" in text and "of May 2026" not in text
    assert 'href="/staff/mailings/?campaign=local_port25" aria-current="true"' in text
    inside = staff.get(f"/staff/mailings/{other.pk}/").content.decode()
    assert 'href="/staff/mailings/?campaign=local_port25"' in inside


def test_a_campaign_without_mailings_says_how_its_own_is_planned(staff):
    make_campaign()
    make_campaign(name="local_port25")
    text = staff.get("/staff/mailings/?campaign=local_port25").content.decode()
    assert 'class="button" href="/staff/plan/?campaign=local_port25"' in text


def test_before_the_first_mailing_the_list_says_when_it_comes(staff):
    make_campaign()
    assert "No mailing has been planned yet" in staff.get("/staff/mailings/").content.decode()


def approved_since(mailing: Mailing) -> TextVersion:
    about = {"campaign": mailing.campaign, "kind": mailing.kind, "language": "en", "number": 1}
    return TextVersion.objects.create(**about, subject="x", body="x", written_at=noon(TODAY), approved_at=noon(TODAY))


def test_the_newest_approved_texts_can_be_taken_and_are_approved_anew(as_user):
    browser, _user = as_user(RUN, APPROVE)
    mailing = mailing_in("approved", started_at=None, approved_at=noon(TODAY))
    page = f"/staff/mailings/{mailing.pk}/"
    assert "Take the newest approved texts" not in browser.get(page).content.decode()
    text = approved_since(mailing)
    shown = browser.get(page).content.decode()
    assert "Take the newest approved texts" in shown and "It has to be approved again then." in shown
    shown = browser.post(f"{page}texts/", follow=True).content.decode()
    assert "has the newest approved texts, and waits for approval" in shown
    mailing.refresh_from_db()
    assert (mailing.state, mailing.text_en) == ("planned", text)
    entry = AuditEntry.objects.get(kind="mailing", act="changed")
    assert entry.after == {"state": "planned", "text_en_id": text.pk}


def test_an_approval_is_of_the_texts_that_were_shown(as_user):
    browser, _user = as_user(APPROVE)
    mailing = mailing_in("planned", started_at=None)
    page = f"/staff/mailings/{mailing.pk}/"
    assert 'name="texts" value="0-0"' in browser.get(page).content.decode()
    Mailing.objects.filter(pk=mailing.pk).update(text_en=approved_since(mailing))
    shown = browser.post(f"{page}approve/", {"texts": "0-0", "warnings": "read"}, follow=True).content.decode()
    assert "It has other texts meanwhile" in shown
    assert Mailing.objects.get().state == "planned"


@pytest.mark.parametrize(
    ("state", "says"), [("waiting", "somebody can plan it again"), ("accepted", "it cannot be planned again")]
)
def test_who_cancels_is_told_whether_it_can_be_planned_again(as_user, state, says):
    browser, _user = as_user(RUN)
    mailing = mailing_in("sending")
    make_notice(mailing, state=state)
    assert says in browser.get(f"/staff/mailings/{mailing.pk}/cancel/").content.decode()


def test_until_now_says_who_did_what_and_keeps_the_reason_of_a_pause_that_is_over(as_user):
    browser, user = as_user(RUN)
    user.last_name = "Tanaka Hanako"
    user.save()
    mailing = mailing_in("sending", planned_at=noon(TODAY) - timedelta(days=1), started_at=noon(TODAY))
    page = f"/staff/mailings/{mailing.pk}/"
    browser.post(f"{page}pause/", {"reason": "too many calls"})
    browser.post(f"{page}resume/")
    browser.post(f"{page}cancel/")
    mailing.refresh_from_db()
    found = [(step.title, step.by, step.reason) for step in steps(mailing)]
    assert sorted(found[2:]) == [
        ("Cancelled", "Tanaka Hanako", ""),
        ("Paused", "Tanaka Hanako", "too many calls"),
        ("Resumed", "Tanaka Hanako", ""),
    ]
    assert found[:2] == [("Planned", "by itself", ""), ("Started", "by itself", "")]
    assert "Reason: too many calls" in browser.get(page).content.decode()


def test_a_pause_by_itself_is_told_also_after_somebody_has_resumed(as_user):
    browser, _user = as_user(RUN)
    paused = {"pause_cause": "refusals", "pause_reason": "550 no", "paused_at": noon(TODAY)}
    mailing = mailing_in("paused", **paused)
    browser.post(f"/staff/mailings/{mailing.pk}/resume/")
    mailing.refresh_from_db()
    assert ("Paused", "by itself", "550 no") in [(step.title, step.by, step.reason) for step in steps(mailing)]
