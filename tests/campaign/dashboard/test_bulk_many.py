"""Changes to more customers than one transaction takes, from the list to the worker and back; and extra notices."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from at_once import Other
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone, translation
from rounds import take
from waiting import PATIENCE

from campaign import roles
from campaign.celery import app
from campaign.dashboard import audit, bulk_change, bulk_offer, bulk_work, finding
from campaign.dashboard.timeline import timeline
from campaign.models import AuditEntry, BulkChange, BulkChosen, Customer, Exemption, Tagging, WavePlan
from campaign.plan import bulk, bulk_portions
from campaign.plan.campaigns import NotPossible
from campaign.roles import Role
from campaign.tasks import change_many
from notices import due, extra, mailings, planning
from notices.models import Mailing, Mute, Notice

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
PAGE = "/staff/customers/"
QUERY = "campaign=pop_before_smtp"
MAY = ("campaign.view_customer", bulk_offer.MAY, *bulk_offer.ALSO.values())


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def operator(client):
    client.user = make_user("suzuki", *MAY)
    client.force_login(client.user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def few(monkeypatch):
    """Three are as many as one transaction takes here, and as the list counts."""
    monkeypatch.setattr(bulk, "MOST", 3)
    monkeypatch.setattr(finding, "COUNTED", 3)
    monkeypatch.setattr(bulk_portions, "PORTION", 2)


def people(campaign, number: int = 5) -> list:
    return [make_holdout(campaign, make_customer(f"c{place}@isp.example")) for place in range(number)]


def asked_for_notices(campaign, holdouts) -> BulkChange:
    values = {"made_by": make_user("suzuki", *MAY), "made_at": NOW, "state": "running", "customers": 0, "values": {}}
    asked = BulkChange.objects.create(campaign=campaign, kind="notice", **values)
    BulkChosen.objects.bulk_create(BulkChosen(change=asked, customer_id=each.customer_id) for each in holdouts)
    return asked


def change(client, kind: str, *, query: str = QUERY, **given):
    return client.post(f"{PAGE}bulk/", {"kind": kind, "query": query, **given}, follow=True)


def shown(client) -> str:
    return " ".join(client.get(f"{PAGE}?{QUERY}").content.decode().split())


def undo(client) -> str:
    pk = BulkChange.objects.latest("pk").pk
    return client.post(f"{PAGE}bulk/{pk}/undo/", {"query": QUERY}, follow=True).content.decode()


def test_more_than_fit_are_asked_for_by_their_number_and_changed_by_a_worker(operator, campaign, few):
    people(campaign)
    assert "all customers of this list; their number comes next" in shown(operator)
    assert "Change all 5 customers of the list?" in change(operator, "tag", whom="all", tag="shop").content.decode()
    told = change(operator, "tag", whom="all", tag="shop", typed="5").content.decode()
    assert "5 customers are being changed." in told and not Tagging.objects.exists()
    assert "under way: collects the customers" in shown(operator)
    pk = BulkChange.objects.get().pk
    assert bulk_work.step(change_id=pk, now=NOW) and bulk_work.step(change_id=pk, now=NOW)
    page = shown(operator)
    assert "under way: 2 of 5" in page and '<progress max="5" value="2" aria-label="Tagged “shop”">' in page
    assert 'data-live="changes"' in page and "live.js" in page and "Load the page anew" in page
    bulk_work.work(clock=lambda: NOW)
    page = shown(operator)
    assert Tagging.objects.count() == 5 and "<progress" not in page and "live.js" not in page
    entry = AuditEntry.objects.get(kind="bulkchange")
    assert (entry.after["chosen"], entry.after["tag"]) == (5, "shop")
    login = Tagging.objects.first().customer.login
    stranger = make_holdout(campaign, standing="migrated").customer.login
    found = {each: list(audit.found(audit.Filters(customer=each))) for each in (login, stranger)}
    assert found == {login: [entry], stranger: []}


def asked_as_boss(client, login: str) -> tuple[str, str]:
    """What an administrator reads about the customer in the audit, and on the customer's page."""
    client.force_login(get_user_model().objects.filter(username="sato").first() or make_boss())
    pages = (f"/staff/audit/?customer={login}", f"/staff/customers/{Customer.objects.get(login=login).pk}/")
    return tuple(" ".join(client.get(page).content.decode().split()) for page in pages)


def make_boss():
    user = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    return user


def test_who_exempted_a_customer_when_and_why_is_found_years_later(operator, campaign, few):
    held = people(campaign)
    stranger = make_holdout(campaign, standing="exempt").customer.login
    given = {"whom": "all", "reason": "fibre is being laid", "until": str(timezone.localdate())}
    change(operator, "exempt", **given, typed="5", query=f"{QUERY}&standing=holdout")
    bulk_work.work(clock=timezone.now)
    assert BulkChange.objects.get().customers == 5
    bulk.forget_rows(now=timezone.now() + timedelta(days=900))
    audited, page = asked_as_boss(operator, held[3].customer.login)
    assert "1 entry" in audited and "suzuki" in audited and "fibre is being laid" in audited
    assert page.count("fibre is being laid") == 3  # what is known, what happened, who looked and changed
    assert "fibre is being laid · suzuki" in page
    audited, page = asked_as_boss(operator, stranger)
    assert "fibre is being laid" not in audited + page


def test_the_page_of_a_customer_tells_who_undid_it_to_whoever_has_the_caller(operator, campaign, few):
    held = people(campaign)
    until = timezone.localdate() + timedelta(days=9)
    change(operator, "exempt", whom="all", reason="fibre is being laid", until=str(until), typed="5")
    bulk_work.work(clock=timezone.now)
    undo(operator)
    bulk_work.work(clock=timezone.now)
    assert not Exemption.objects.exists()
    with translation.override("en"):
        told = [entry for entry in timeline(held[0].customer) if entry.css == "standing"]
    assert [entry.title.split(" until")[0] for entry in told] == ["The exemption", "Exempt"]
    assert all(entry.details[:2] == ("fibre is being laid", "suzuki") for entry in told)


def test_moves_between_waves_by_a_worker_stand_in_the_timeline(operator, campaign, few):
    held = people(campaign)
    values = {"waves": 3, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": NOW, "drawn": True}
    WavePlan.objects.create(campaign=campaign, **values)
    change(operator, "wave", whom="all", wave="2", typed="5")
    bulk_work.work(clock=timezone.now)
    with translation.override("en"):
        told = [entry for entry in timeline(held[4].customer) if "wave" in entry.title]
    assert [entry.title for entry in told] == ["Moved to wave 2"] and told[0].details[0] == "suzuki"


def test_before_the_number_is_typed_the_page_says_who_gets_an_extra_notice(operator, campaign, few):
    held = people(campaign)
    Mute.objects.create(holdout=held[0], by="page", at=NOW)
    held[1].standing = "migrated"
    held[1].save()
    text = " ".join(change(operator, "notice", whom="all").content.decode().split())
    assert "3 customers of the list can get it now." in text and 'name="typed"' in text
    for why in ("wants no more reminders", "has moved"):
        assert f'{why}</th><td class="number">1</td>' in text


def test_where_nobody_can_get_an_extra_notice_nobody_types_a_number(operator, campaign, few):
    for holdout in people(campaign):
        Mute.objects.create(holdout=holdout, by="page", at=NOW)
    text = " ".join(change(operator, "notice", whom="all").content.decode().split())
    assert "None of them can get an extra notice now" in text and 'name="typed"' not in text
    assert 'wants no more reminders</th><td class="number">5</td>' in text


def test_those_who_are_in_no_campaign_are_counted_among_whom_it_does_not_reach(operator, campaign):
    make_holdout(campaign, make_customer("hanako@isp.example"))
    make_customer("hanae@isp.example")
    given = {"whom": "all", "query": f"{QUERY}&q=hana"}
    text = " ".join(change(operator, "notice", **given).content.decode().split())
    assert "1 customer of the list can get it now." in text
    assert 'is not in this campaign</th><td class="number">1</td>' in text


def test_of_a_list_that_is_too_long_the_page_counts_nothing(operator, campaign, few, monkeypatch):
    monkeypatch.setattr(due, "SMALL", 4)
    people(campaign)
    text = " ".join(change(operator, "notice", whom="all").content.decode().split())
    assert "The list is too long to be counted here." in text and 'name="typed"' in text


def test_other_changes_count_no_notices(operator, campaign, few):
    people(campaign)
    assert "Who gets it" not in change(operator, "tag", whom="all", tag="shop").content.decode()


def test_a_workers_extra_notice_and_its_end_are_found_by_the_customer(operator, campaign, few):
    held = people(campaign)
    Mute.objects.create(holdout=held[0], by="page", at=NOW)
    change(operator, "notice", whom="all", typed="5")
    bulk_work.work(clock=lambda: NOW)
    found = [audit.found(audit.Filters(customer=each.customer.login)).count() for each in held]
    assert found == [0, 1, 1, 1, 1]  # who gets none is told of none
    assert "taken back: 4 customers" in undo(operator)
    found = [audit.found(audit.Filters(customer=each.customer.login)).count() for each in held]
    assert found == [0, 2, 2, 2, 2]


def test_it_is_undone_by_a_worker_too_also_while_it_is_under_way(operator, campaign, few):
    people(campaign)
    change(operator, "tag", whom="all", tag="shop", typed="5")
    pk = BulkChange.objects.get().pk
    for _ in range(2):
        bulk_work.step(change_id=pk, now=NOW)
    assert "It is being undone." in undo(operator)
    assert "is being undone: 0 of 2" in shown(operator)
    bulk_work.work(clock=lambda: NOW)
    assert not Tagging.objects.exists() and "undone for 2 customers" in shown(operator)
    assert "It cannot be undone any more" in undo(operator)


def test_only_who_the_filters_find_are_changed(operator, campaign, few):
    held = people(campaign)
    make_holdout(campaign, standing="migrated")
    change(operator, "tag", whom="all", tag="shop", typed="5", query=f"{QUERY}&standing=holdout")
    bulk_work.work(clock=lambda: NOW)
    assert set(Tagging.objects.values_list("customer", flat=True)) == {each.customer_id for each in held}


def test_what_cannot_be_is_said_before_anything_begins(operator, campaign, few):
    people(campaign)
    told = change(operator, "exempt", whom="all", reason="", until=str(TODAY)).content.decode()
    assert "Change all" not in told  # nobody types a number for what cannot be
    assert "Give a reason" in told and not BulkChange.objects.exists()


def test_an_extra_notice_waits_for_a_second_person_and_leaves_out_whom_no_mail_may_reach(operator, campaign):
    held = people(campaign)
    Mute.objects.create(holdout=held[0], by="page", at=NOW)
    make_notice(make_mailing(campaign, state="finished"), held[1], accepted_at=NOW - timedelta(days=2))
    moved = make_holdout(campaign, standing="migrated")
    given = [each.customer_id for each in (*held, moved)]
    told = change(operator, "notice", customer=given).content.decode()
    assert "An extra notice to 3 customers is planned and waits for approval by a second person." in told
    assert "3 of those chosen are left out" in told
    mailing = Mailing.objects.get(kind="extra")
    assert (mailing.state, mailing.planned_by, mailing.asked_for) == ("planned", operator.user, False)
    assert set(Notice.objects.for_mailing(mailing).values_list("holdout", flat=True)) == {each.pk for each in held[2:]}
    assert not BulkChosen.objects.exists()
    with pytest.raises(mailings.NotAllowed, match="second person"):
        mailings.approve(mailing_id=mailing.pk, user_id=operator.user.pk, now=NOW)
    mailings.approve(mailing_id=mailing.pk, user_id=make_user("sato").pk, now=NOW)
    page = shown(operator)
    assert f'href="/staff/mailings/{mailing.pk}/"' in page and "An extra notice" in page
    assert "Extra notice, Nov. 24, 2026" in operator.get(f"/staff/mailings/{mailing.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_extra_notice_and_a_round_that_are_planned_at_once_write_to_nobody_twice(campaign):
    holdouts = people(campaign, 40)
    change = asked_for_notices(campaign, holdouts)
    begin, found = threading.Barrier(2), []

    def at_once(plan):
        begin.wait(PATIENCE)
        try:
            found.append(plan())
        except NotPossible as error:  # everybody is in the round already
            found.append(str(error))

    plans = (
        lambda: extra.plan(change_id=change.pk, now=NOW, today=TODAY),
        lambda: planning.plan_reminder(campaign_id=campaign.pk, today=TODAY, now=NOW),
    )
    for planner in [Other(partial(at_once, plan)) for plan in plans]:
        planner.result()
    assert len(found) == 2
    assert Notice.objects.count() == Notice.objects.values("holdout").distinct().count() == 40


@pytest.mark.django_db(transaction=True)
def test_an_extra_notice_that_waits_for_a_round_does_not_hold_up_what_the_round_writes(campaign):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    change = asked_for_notices(campaign, people(campaign, 1))
    with transaction.atomic(), connection.cursor() as cursor:
        planning.one_at_a_time()
        planner = Other(lambda: extra.plan(change_id=change.pk, now=NOW, today=TODAY))
        planner.until_it_waits()
        assert planner.at_work
        cursor.execute("SET LOCAL lock_timeout = '60s'")  # a deadlock is found after one second
        make_mailing(campaign)
    planner.result()
    assert Mailing.objects.filter(kind="extra").count() == 1


def test_an_extra_notice_is_taken_back_while_it_has_not_gone_out(operator, campaign):
    held = people(campaign, 3)
    change(operator, "notice", customer=[each.customer_id for each in held])
    mailing = Mailing.objects.get()
    gone = Notice.objects.for_mailing(mailing).order_by("pk").first()
    Mailing.objects.update(state="sending", started_at=NOW)
    take(gone, now=NOW)
    gone.accept("250 Ok", now=NOW)
    assert "The extra notice is taken back: 2 customers do not get it." in undo(operator)
    mailing.refresh_from_db()
    assert mailing.state == "cancelled"
    assert mailings.report(mailing_id=mailing.pk).withdrawn == 2
    assert "It cannot be undone any more" in undo(operator)


def test_one_that_a_worker_plans_at_the_moment_of_the_undo_is_taken_back(operator, campaign, few, monkeypatch):
    people(campaign)
    change(operator, "notice", whom="all", typed="5")
    pk = BulkChange.objects.get().pk
    assert bulk_work.step(change_id=pk, now=NOW)
    allowed = bulk_change.may

    def may(*given):  # once the change was looked at
        bulk_work.step(change_id=pk, now=NOW)
        return allowed(*given)

    monkeypatch.setattr(bulk_change, "may", may)
    assert "taken back: 5 customers" in undo(operator)
    assert Mailing.objects.get().state == "cancelled"


def test_an_extra_notice_that_has_gone_out_is_not_taken_back(operator, campaign):
    change(operator, "notice", customer=[people(campaign, 1)[0].customer_id])
    Mailing.objects.update(state="finished")
    assert "has gone out" in undo(operator)
    assert BulkChange.objects.get().undone_at is None


def test_where_nobody_is_due_nothing_is_planned_and_the_reason_is_said(operator, campaign):
    one = people(campaign, 1)[0]
    Mute.objects.create(holdout=one, by="page", at=NOW)
    told = change(operator, "notice", customer=[one.customer_id]).content.decode()
    assert "most often: wants no more reminders." in told
    assert not Mailing.objects.exists() and not BulkChange.objects.exists()


def test_a_notice_to_more_than_fit_is_planned_by_a_worker(operator, campaign, few):
    people(campaign)
    change(operator, "notice", whom="all", typed="5")
    assert not Mailing.objects.exists()
    bulk_work.work(clock=lambda: NOW)
    mailing = Mailing.objects.get()
    assert Notice.objects.for_mailing(mailing).count() == 5 and mailing.planned_by == operator.user
    bulk_work.work(clock=lambda: NOW)
    assert Mailing.objects.count() == 1
    assert "taken back: 5 customers" in undo(operator)


def test_a_notice_by_a_worker_that_nobody_may_get_says_why_on_the_list(operator, campaign, few):
    for each in people(campaign):
        Mute.objects.create(holdout=each, by="page", at=NOW)
    change(operator, "notice", whom="all", typed="5")
    bulk_work.work(clock=lambda: NOW)
    assert "It stopped: None of them can get an extra notice; most often: wants no more reminders." in shown(operator)
    assert not Mailing.objects.exists() and not BulkChosen.objects.exists()


def test_who_may_not_run_mailings_plans_no_notice(client, campaign):
    client.force_login(make_user("tagger", "campaign.view_customer", bulk_offer.MAY, bulk_offer.ALSO["tag"]))
    one = people(campaign, 1)[0]
    assert (
        client.post(f"{PAGE}bulk/", {"kind": "notice", "query": QUERY, "customer": one.customer_id}).status_code == 403
    )


def test_beat_asks_a_worker_to_go_on(operator, campaign, few, empty_redis, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    people(campaign)
    change(operator, "tag", whom="all", tag="shop", typed="5")
    change_many()
    assert Tagging.objects.count() == 5 and BulkChange.objects.get().state == "done"
    assert "campaign.tasks.change_many" in {each["task"] for each in app.conf.beat_schedule.values()}
