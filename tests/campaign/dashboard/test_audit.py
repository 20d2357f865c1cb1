"""What pages and commands write into the audit, and the page on which it is read."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_mailing, make_notice, make_suppression
from django.core.management import call_command
from django.urls import reverse

from campaign import audit, roles
from campaign.audit import Act, Actor, Thing
from campaign.models import AuditEntry, WavePlan
from campaign.roles import Role
from notices import mailings, texts
from notices.models import Mailing, MailingPlan

pytestmark = pytest.mark.django_db
PAGE = "/staff/audit/"
TEXT = "/staff/texts/pop_before_smtp/reminder/en/"


@pytest.fixture
def boss(client, db):
    """A browser in which somebody with all roles' rights is logged in; it speaks English."""
    user = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def told() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", "kind", "before", "after", "reason"))


def waiting_mailing(**given) -> Mailing:
    mailing = make_mailing(make_campaign(), **{"state": "planned"} | given)
    make_notice(mailing, make_holdout(mailing.campaign, make_customer("hanako@isp.example")), state="waiting")
    return mailing


def test_the_steps_of_a_mailing_are_noted_with_its_states_and_the_reason(boss):
    mailing = waiting_mailing()
    for act, given in (
        ("approve", {"warnings": "read", "texts": "0-0"}),
        ("pause", {"reason": "too many calls"}),
        ("resume", {}),
    ):
        boss.post(f"/staff/mailings/{mailing.pk}/{act}/", given)
    boss.post(f"/staff/mailings/{mailing.pk}/cancel/")
    states = ["planned", "approved", "paused", "sending", "cancelled"]
    assert [(act, before["state"], after["state"]) for act, _kind, before, after, _why in told()] == list(
        zip(["approved", "paused", "resumed", "cancelled"], states, states[1:], strict=False)
    )
    assert [why for *_more, why in told()] == ["", "too many calls", "", ""]
    assert AuditEntry.objects.first().what == "pop_before_smtp reminder 2026-11"


def test_a_step_that_is_refused_leaves_no_entry(boss):
    mailing = waiting_mailing()
    boss.post(f"/staff/mailings/{mailing.pk}/resume/")
    assert not told()


def test_a_step_whose_entry_cannot_be_written_is_not_taken(boss, monkeypatch):
    mailing = waiting_mailing()
    monkeypatch.setattr(audit, "note", lambda *_given, **_values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        boss.post(f"/staff/mailings/{mailing.pk}/cancel/")
    mailing.refresh_from_db()
    assert mailing.state == "planned"


def test_texts_are_noted_when_written_offered_and_approved(boss):
    make_campaign()
    body = texts.ours("reminder", "en").body + "\nMore."
    boss.post(f"{TEXT}edit/", {"act": "save", "after": "0", "subject": "S", "body": body, "remark": "clearer"})
    boss.post(f"{TEXT}1/ask/")
    other = make_user("tanaka")
    roles.assign(other, Role.APPROVER)
    boss.force_login(other)
    boss.post(f"{TEXT}1/approve/")
    boss.post(f"{TEXT}0/restore/")
    assert [(act, kind, why) for act, kind, _before, _after, why in told()] == [
        ("added", "textversion", "clearer"),
        ("asked", "textversion", ""),
        ("approved", "textversion", ""),
        ("added", "textversion", ""),
    ]
    assert AuditEntry.objects.order_by("pk").first().what == "pop_before_smtp reminder en 1"
    assert {entry.by_name for entry in AuditEntry.objects.all()} == {"sato", "tanaka"}


def test_desk_plan_and_waves_are_noted_with_what_they_were(boss):
    make_campaign(starts_on=TODAY)
    day = TODAY.isoformat()
    boss.post("/staff/desk/", {"from_day": day, "seats": "2", "contacts_per_seat": "9"})
    boss.post("/staff/desk/", {"from_day": day, "seats": "3", "contacts_per_seat": "9"})
    boss.post("/staff/plan/pop_before_smtp/reminder/", {"good_for_days": "7", "languages": ["ja"]})
    later = (TODAY + timedelta(days=7)).isoformat()
    boss.post("/staff/waves/", {"campaign": "pop_before_smtp", "waves": "3", "first_day": later, "days_between": "7"})
    assert MailingPlan.objects.get().good_for_days == 7 and WavePlan.objects.get().waves == 3
    added, changed, plan, waves = told()
    assert added[:2] == ("added", "desk") and added[3] == {"seats": 2, "contacts_per_seat": 9}
    assert changed[:4] == ("changed", "desk", {"seats": 2}, {"seats": 3})
    assert plan[2]["good_for_days"] == 14 and plan[3]["good_for_days"] == 7 and plan[3]["active"] is False
    assert waves[1:3] == ("waveplan", {"waves": None, "first_day": None, "days_between": None})
    assert waves[3] == {"waves": 3, "first_day": later, "days_between": 7}


def test_an_address_that_is_cleared_is_noted_at_its_customer(boss):
    found = make_suppression(make_customer("hanako@isp.example"))
    boss.post(f"/staff/suppressions/{found.pk}/clear/")
    boss.post(f"/staff/suppressions/{found.pk}/clear/")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.kind, entry.what) == ("removed", "suppression", "hanako@isp.example")
    assert entry.customer == found.customer


def test_who_looks_at_a_customer_is_noted_page_by_page_and_once(boss, settings, tmp_path):
    settings.DATA = settings.SEGMENTS = tmp_path
    mailing = waiting_mailing()
    customer = mailing.notices.get().holdout.customer
    make_use(customer, "pop_before_smtp", TODAY)
    page = f"/staff/customers/{customer.pk}/"
    for address in (page, f"{page}?kind=log", f"{page}proof/{TODAY}/", f"{page}script/", f"{page}letter/"):
        assert boss.get(address, REMOTE_ADDR="192.0.2.9").status_code == 200
    boss.get(f"/staff/mailings/{mailing.pk}/preview/", REMOTE_ADDR="192.0.2.9")
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.kind for entry in entries] == ["customer", "proof", "script", "letter", "preview"]
    assert {(entry.act, entry.customer, entry.by_name, entry.remote) for entry in entries} == {
        ("seen", customer, "sato", "192.0.2.9")
    }


def test_pages_without_a_customer_leave_no_entry(boss, world):
    for address in ("/staff/", "/staff/customers/", "/staff/mailings/", PAGE, "/staff/sources/"):
        boss.get(address)
    assert not told()


def test_a_file_is_noted_with_its_filter_and_its_rows(boss):
    campaign = make_campaign()
    make_suppression(make_holdout(campaign).customer)
    b"".join(boss.get("/staff/unreachable/file/?reason=suppressed").streaming_content)
    boss.get("/staff/unreachable/letters/")
    (act, kind, _before, after, _why), letters = told()
    assert (act, kind) == ("exported", "unreachable")
    assert after == {"rows": 1, "filter": {"campaign": "pop_before_smtp", "reason": "suppressed"}}
    assert letters[1] == "letters" and letters[3]["filter"]["page"] == 1


def test_commands_note_what_they_change_with_the_person_or_the_shell(monkeypatch, settings, tmp_path):
    may = ("notices.run_mailing", "notices.approve_mailing", "campaign.decide_waves", "campaign.change_campaign")
    user = make_user("keiko", *may)
    monkeypatch.setattr("campaign.management.commands.campaigns.timezone.now", lambda: noon(TODAY))
    call_command("campaigns", "open", "pop_before_smtp", "--starts", str(TODAY), "--cutoff", "2027-03-31")
    call_command("campaigns", "move", "pop_before_smtp", "--to", "2027-04-30", "--reason", "asked", "--by", "keiko")
    later = (TODAY + timedelta(days=7)).isoformat()
    given = ["--campaign", "pop_before_smtp", "--waves", "2", "--first-day", later]
    call_command("waves", "decide", *given, "--by", "keiko")
    (tmp_path / "list.csv").write_text("login,addresses,language,name,contact_address,contract\nhanako,,ja,,,\n")
    call_command("import_customers", str(tmp_path / "list.csv"))
    opened, moved, waves, imported = AuditEntry.objects.order_by("pk")
    assert (opened.act, opened.by, opened.after["cutoff_on"]) == ("added", None, "2027-03-31")
    assert opened.by_name.endswith(" (shell)") and opened.remote == ""
    assert (moved.by, moved.reason) == (user, "asked")
    assert (moved.before, moved.after) == ({"cutoff_on": "2027-03-31"}, {"cutoff_on": "2027-04-30"})
    assert (waves.kind, waves.by) == ("waveplan", user)
    assert (imported.kind, imported.after["new"]) == ("customers", 1)


def test_the_command_for_mailings_notes_its_steps(monkeypatch):
    make_user("taro", "notices.run_mailing", "notices.approve_mailing")
    mailing = waiting_mailing()
    monkeypatch.setattr(mailings.approval, "errors", lambda _mailing: [])
    for act in ("approve", "start", "pause", "report"):
        call_command("mailings", act, "--mailing", str(mailing.pk), "--user", "taro")
    assert [act for act, *_more in told()] == ["approved", "started", "paused"]


def entries(number: int, **given) -> None:
    for each in range(number):
        on = Thing("desk", str(each), f"number {each}")
        audit.note(Actor(None, "root (shell)"), Act.CHANGED, on, now=noon(TODAY) + timedelta(seconds=each), **given)


def test_the_page_is_filtered_by_person_act_customer_and_day(boss):
    customer, suzuki = make_customer("hanako@isp.example"), make_user("suzuki")
    by = Actor(suzuki.pk, "suzuki", "192.0.2.7")
    audit.note(by, Act.SEEN, audit.thing(customer), now=noon(TODAY))
    audit.note(by, Act.CHANGED, Thing("desk", "1", "of today"), now=noon(TODAY))
    audit.note(Actor(None, "root (shell)"), Act.CHANGED, Thing("desk", "1", "older"), now=noon(TODAY - timedelta(3)))

    def shown(query: str) -> set[str]:
        text = boss.get(f"{PAGE}?{query}").content.decode()
        found = {"seen": 'class="under"><a href="/staff/customers/', "today": "of today", "older": ">older<"}
        return {name for name, words in found.items() if words in text}

    assert shown("") == {"seen", "today", "older"}
    assert shown("by=suzuki") == {"seen", "today"}
    assert shown("by=root+(shell)") == {"older"}
    assert shown("act=changed") == {"today", "older"}
    assert shown("customer=HANAKO@isp.example") == {"seen"}
    assert shown("customer=nobody@isp.example") == set()
    assert shown(f"day={TODAY}") == {"seen", "today"}
    assert shown("act=nonsense&day=yesterday") == {"seen", "today", "older"}


def test_a_long_audit_is_paged_and_its_filters_stay(boss):
    entries(60)
    first = boss.get(f"{PAGE}?act=changed").content.decode()
    assert "60 entries" in first and "number 59" in first and "number 9<" not in first
    assert "?act=changed&amp;page=2" in first
    assert "number 9<" in boss.get(f"{PAGE}?act=changed&page=2").content.decode()


def test_what_strangers_wrote_is_shown_as_text(boss):
    entries(1, reason="<b>x</b>", before={}, after={"<i>": "<u>"})
    text = boss.get(PAGE).content.decode()
    assert "&lt;b&gt;x" in text and "&lt;i&gt;: – → &lt;u&gt;" in text


def test_the_number_of_queries_does_not_grow_with_the_entries(boss, django_assert_num_queries):
    for _ in range(30):
        customer = make_customer()
        audit.note(Actor(None, "x"), Act.SEEN, audit.thing(customer), now=noon(TODAY))
    with django_assert_num_queries(8):
        boss.get(PAGE)


def test_the_file_holds_what_was_found_without_itself_and_defused(boss):
    entries(2, reason="=1+1")
    entries(1)
    response = boss.get(f"{PAGE}file/?act=changed")
    rows = list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:4] == ["When", "Who", "From which address", "Act"] and len(rows) == 4
    assert {row[-1] for row in rows[1:]} == {"'=1+1", ""}
    noted = AuditEntry.objects.get(act="exported")
    assert (noted.kind, noted.after) == ("audit", {"rows": 3, "filter": {"act": "changed"}})


def test_administrators_see_on_a_customers_page_who_looked_and_others_do_not(boss, client):
    customer = make_customer("hanako@isp.example")
    address = reverse("customer", kwargs={"pk": customer.pk})
    text = boss.get(address).content.decode()
    assert "Who looked and changed" in text and "/staff/audit/?customer=hanako%40isp.example" in text
    client.force_login(make_user("suzuki", "campaign.view_customer"))
    assert "Who looked and changed" not in client.get(address).content.decode()
