"""An extra notice that nobody can get now: the page names the mailing in the way, and says from when on."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from campaign.dashboard import bulk_offer, bulk_work, finding
from campaign.models import BulkChange, Exemption
from campaign.plan import bulk
from notices.models import Mailing, Notice

pytestmark = pytest.mark.django_db
PAGE = "/staff/customers/"
QUERY = "campaign=pop_before_smtp"


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user("suzuki", "campaign.view_customer", bulk_offer.MAY, *bulk_offer.ALSO.values()))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def campaign():
    return make_campaign()


def asked(operator: Client, *holdouts, status: int = 422) -> str:
    given = {"kind": "notice", "query": QUERY, "customer": [each.customer_id for each in holdouts]}
    response = operator.post(f"{PAGE}bulk/", given)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def link_to(mailing: Mailing) -> str:
    return f'href="{reverse("mailing", kwargs={"pk": mailing.pk})}"'


def people(campaign, number: int) -> list:
    return [make_holdout(campaign, make_customer(f"c{place}@isp.example")) for place in range(number)]


def test_who_was_written_to_lately_can_be_again_a_week_after(operator, campaign):
    [one] = people(campaign, 1)
    sent = make_mailing(campaign, state="finished")
    make_notice(sent, one, accepted_at=noon(TODAY - timedelta(days=3)))
    text = asked(operator, one)
    assert "most often: got a notice only some days ago." in text
    assert "In the way stands the mailing “Reminder of November 2026”." in text and link_to(sent) in text
    assert "It is possible from Nov. 28, 2026 on." in text
    assert not BulkChange.objects.exists() and f'value="{one.customer_id}" checked' in text


def test_it_is_possible_on_the_day_that_is_said_and_not_before(operator, campaign, monkeypatch):
    [one] = people(campaign, 1)
    make_notice(make_mailing(campaign, state="finished"), one, accepted_at=noon(TODAY - timedelta(days=3)))
    for day, status in ((TODAY + timedelta(days=3), 422), (TODAY + timedelta(days=4), 303)):
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: noon(day))
        operator.force_login(User.objects.get(username="suzuki"))  # a session lasts for hours
        asked(operator, one, status=status)
    assert Mailing.objects.filter(kind="extra").count() == 1


def test_of_several_the_first_and_the_last_day_are_said(operator, campaign):
    a, b = people(campaign, 2)
    sent = make_mailing(campaign, state="finished")
    make_notice(sent, a, accepted_at=noon(TODAY - timedelta(days=6)))
    make_notice(sent, b, accepted_at=noon(TODAY))
    text = asked(operator, a, b)
    assert "for the first of them from Nov. 25, 2026 on, and for all from Dec. 1, 2026 on." in text


def test_a_mailing_under_way_is_named_with_the_day_after_its_notices(operator, campaign):
    [one] = people(campaign, 1)
    waiting = make_mailing(campaign, state="planned", kind="reminder", expires_on=TODAY + timedelta(days=20))
    later = noon(TODAY + timedelta(days=2))
    make_notice(waiting, one, state=Notice.State.WAITING, send_after=later)
    text = asked(operator, one)
    assert "still has a notice of an earlier mailing under way" in text and link_to(waiting) in text
    assert "If its notices go out as planned, it is possible from Dec. 3, 2026 on." in text


def test_what_is_late_counts_from_today(operator, campaign):
    [one] = people(campaign, 1)
    waiting = make_mailing(campaign, state="paused", expires_on=TODAY + timedelta(days=20))
    make_notice(waiting, one, state=Notice.State.WAITING, send_after=noon(TODAY - timedelta(days=5)))
    assert "possible from Dec. 1, 2026 on." in asked(operator, one)


def test_an_exemption_says_when_it_is_over_and_names_no_mailing(operator, campaign):
    [one] = people(campaign, 1)
    values = {"campaign": campaign, "customer": one.customer, "reason": "ill", "from_day": TODAY}
    Exemption.objects.create(**values, until=TODAY + timedelta(days=4))
    text = asked(operator, one)
    assert "exempt at the moment" in text and "It is possible from Nov. 29, 2026 on." in text
    assert "In the way stands" not in text


def test_after_the_cutoff_there_is_none_any_more(operator, campaign):
    campaign.cutoff_on = TODAY + timedelta(days=3)
    campaign.save()
    [one] = people(campaign, 1)
    make_notice(make_mailing(campaign, state="finished"), one, accepted_at=noon(TODAY))
    assert "Before the cut-off it is not possible any more." in asked(operator, one)


def test_a_worker_says_the_same_on_the_list_with_the_way_to_the_mailing(operator, campaign, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 3)
    monkeypatch.setattr(finding, "COUNTED", 3)
    sent = make_mailing(campaign, state="finished")
    for each in people(campaign, 5):
        make_notice(sent, each, accepted_at=noon(TODAY - timedelta(days=1)))
    operator.post(f"{PAGE}bulk/", {"kind": "notice", "query": QUERY, "whom": "all", "typed": "5"})
    bulk_work.work(clock=lambda: noon(TODAY))
    text = " ".join(operator.get(f"{PAGE}?{QUERY}").content.decode().split())
    assert "It stopped: None of them can get an extra notice" in text and "possible from Nov. 30, 2026 on." in text
    assert link_to(sent) in text.partition('id="changes"')[2]


def test_a_whole_page_is_one_choice(operator, campaign, monkeypatch):
    """What stood on the page counts, whatever has come into the list since."""
    on_page = people(campaign, 3)
    text = operator.get(f"{PAGE}?{QUERY}").content.decode()
    shown = text.partition('name="shown" value="')[2].partition('"')[0]
    assert sorted(map(int, shown.split())) == sorted(each.customer_id for each in on_page)
    assert "all 3 on this page" in text and 'name="whom" value="page"' in text
    make_holdout(campaign, make_customer("later@isp.example"))
    given = {"kind": "tag", "tag": "shop", "query": QUERY, "whom": "page", "shown": shown}
    assert operator.post(f"{PAGE}bulk/", given).status_code == 303
    tagged = on_page[0].customer.taggings.model.objects.values_list("customer", flat=True)
    assert sorted(tagged) == sorted(each.customer_id for each in on_page)


def test_a_page_that_names_nobody_is_refused(operator, campaign):
    people(campaign, 1)
    given = {"kind": "tag", "tag": "shop", "query": QUERY, "whom": "page", "shown": "x 99999999999"}
    response = operator.post(f"{PAGE}bulk/", given)
    assert response.status_code == 422 and 'id="bulk-whom-wrong"' in response.content.decode()


def test_what_is_refused_comes_back_on_the_page_of_the_list_it_was_sent_from(operator, campaign):
    people(campaign, 55)
    given = {"kind": "tag", "tag": "", "query": QUERY, "whom": "page", "shown": "1", "page": "2"}
    text = operator.post(f"{PAGE}bulk/", given).content.decode()
    assert "Page 2 of 2" in text and 'name="next" value="/staff/customers/?campaign=pop_before_smtp&amp;page=2"' in text
