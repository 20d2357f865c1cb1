from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_user, noon
from desk import MONDAY, make_shadow, make_source
from django.utils import translation

from campaign.dashboard import shadow
from campaign.models import AttributedDay, Customer, ShadowHit, ShadowRun

pytestmark = pytest.mark.django_db
PAGE = "/staff/cutoff/"


@pytest.fixture
def staff(client, db):
    client.force_login(make_user("suzuki", "campaign.view_customer", "campaign.add_shadowrun"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def run(db) -> ShadowRun:
    return make_shadow(make_campaign())


def test_a_question_is_kept_and_its_page_says_that_it_is_being_computed(staff):
    response = staff.post(PAGE, {"week": "2026-W47", "rule": "hosts", "hosts": "MX2, mx1"})
    run = ShadowRun.objects.get()
    assert response.status_code == 303 and response["Location"] == f"{PAGE}{run.pk}/"
    assert (run.first_day, run.rule, run.scope, run.waiting) == (MONDAY, "hosts", "mx1 mx2", True)
    assert run.asked_by.get_username() == "suzuki"
    text = staff.get(response["Location"]).content.decode()
    assert "0 of 7 days are done" in text and "Look again" in text
    assert "being computed" in staff.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"week": "2026-W48", "rule": "all"}, "not over yet"),
        ({"week": "2020-W01", "rule": "all"}, "not kept any more"),
        ({"week": "nonsense", "rule": "all"}, "Choose a week"),
        ({"week": "2026-W47", "rule": "x"}, "Choose where"),
        ({"week": "2026-W47", "rule": "hosts"}, "at least one mail server"),
        ({"week": "2026-W47", "rule": "outside", "networks": "10.0.0.0/40"}, "is no network"),
        ({}, "Choose a week"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_words(staff, given, words):
    assert words in staff.post(PAGE, given, follow=True).content.decode()
    assert not ShadowRun.objects.exists()


def test_the_weeks_to_choose_from_are_over_and_kept(staff, settings):
    settings.RETENTION_DAYS = 35
    make_source("mx1", "postfix", until=noon(TODAY))
    text = staff.get(PAGE).content.decode()
    assert text.count('<option value="2026-W') == 4 and '"2026-W47"' in text and '"2026-W48"' not in text


def test_the_answer_says_what_fails_and_what_goes_on(staff, run):
    text = staff.get(f"{PAGE}{run.pk}/").content.decode()
    for words in ("21.0% of all mail", "7 of nobody who can be named", "155 with SMTP-AUTH", "On 1 day of the week"):
        assert words in text
    assert "missing: POP and IMAP logins" in text
    assert "There are 30 ranges" in text and "198.51.24.0/24" in text


def test_people_are_listed_with_what_was_believed_of_them(staff, run):
    text = staff.get(f"{PAGE}{run.pk}/").content.decode()
    people = text.partition('id="people"')[2]
    assert people.index("hit0@isp.example") < people.index("hit1@isp.example") < people.index("hit2@isp.example")
    assert f"/staff/customers/{Customer.objects.get(login='hit0@isp.example').pk}/" in people
    assert "on the eve of the week: Sends no mail / Moved, in the quiet days / Moved / Exempt" in text


def tiles(run) -> dict[str, str]:
    return {tile.label: tile.value for tile in shadow.tiles(run, shadow.reach(run))}


def test_what_stands_in_the_tiles_is_what_the_table_says(run, staff):
    with translation.override("en"):
        found = shadow.reach(run)
        assert sum(found.before.values()) == found.noticed + found.without == 3 and found.twice == 0
        assert tiles(run)["Hit, and believed safe"] == "2"  # hit1, who had moved, and hit2, who is exempt
    assert "stood differently in the two campaigns" not in staff.get(f"{PAGE}{run.pk}/").content.decode()


def test_who_is_hit_both_ways_is_one_customer_and_the_page_says_why_the_table_has_more(run, staff):
    hit = ShadowHit.objects.get(customer__login="hit1@isp.example")
    hit.pk, hit.submission_class, hit.standing_before = None, "local_port25", "moving"
    hit.save()
    with translation.override("en"):
        found = shadow.reach(run)
        assert (sum(found.before.values()), found.noticed + found.without, found.twice) == (4, 3, 1)
        assert tiles(run)["Hit, and believed safe"] == "2"
    text = staff.get(f"{PAGE}{run.pk}/").content.decode()
    assert "1 customer is hit both ways and stood differently in the two campaigns, so counts twice here." in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("before=migrated", {"hit1"}),
        ("before=exempt", {"hit2"}),
        ("before=none", set()),
        ("notice=without", {"hit0", "hit1"}),
        ("notice=with", {"hit2"}),
        ("notice=without&before=holdout", {"hit0"}),
        ("notice=x&before=x&page=99", {"hit0", "hit1", "hit2"}),
    ],
)
def test_people_are_filtered_by_the_address(staff, run, query, seen):
    people = staff.get(f"{PAGE}{run.pk}/?{query}").content.decode().partition('id="people"')[2]
    assert {name for name in ("hit0", "hit1", "hit2") if f"{name}@isp.example" in people} == seen


def test_an_answer_older_than_the_logs_says_so(staff, run):
    assert "came later" not in staff.get(f"{PAGE}{run.pk}/").content.decode()
    AttributedDay.objects.create(day=MONDAY, stale=False, attributed_at=noon(TODAY) + timedelta(hours=1))
    assert "came later than this answer" in staff.get(f"{PAGE}{run.pk}/").content.decode()


def test_asked_again_the_old_answer_stays_until_the_new_one_is_there(staff, run):
    staff.post(PAGE, {"week": "2026-W47", "rule": "all", "networks": ""})
    text = staff.get(f"{PAGE}{run.pk}/").content.decode()
    assert "0 of 7 days are done" in text and "hit0@isp.example" in text


def test_a_failure_is_told(staff):
    run = make_shadow(
        make_campaign(), computed_at=None, counts={}, failure="It could not be computed; the worker's log says why."
    )
    assert "could not be computed" in staff.get(f"{PAGE}{run.pk}/").content.decode()
    assert ">failed<" in staff.get(PAGE).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_people(staff, run, django_assert_num_queries):
    with django_assert_num_queries(14):
        staff.get(f"{PAGE}{run.pk}/")
    for _ in range(20):
        ShadowHit.objects.create(
            run=run,
            customer=make_customer(),
            submission_class="local_port25",
            submissions=1,
            confirmed=0,
            last_at=noon(MONDAY),
        )
    with django_assert_num_queries(14):
        staff.get(f"{PAGE}{run.pk}/")
