"""Had the old way been off: which mail of a past week would have failed, and whose, under each rule."""

import itertools
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from builders import make_campaign, make_customer, make_holdout
from django.utils.translation import override
from loglines import NOON, login, message, minutes

from campaign.cutoff import dryrun
from campaign.cutoff.dryrun import NotPossible, Question, ask, compute, compute_waiting
from campaign.cutoff.weeks import Week
from campaign.models import DailyUse, ShadowHit, ShadowRun, StandingChange

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 12, 3, 0, tzinfo=UTC)
WEEK = Week.read("2026-W19")  # Monday is the day of NOON
HANAKO, TARO, YUKI = "hanako@isp.example", "taro@isp.example", "yuki@isp.example"
FAR = "friend@elsewhere.example"
HOME, SHARED, INSIDE, STRANGE = "198.51.100.7", "198.51.100.99", "10.1.2.3", "2001:db8:1:2::a"
ALL, OUTSIDE, HOSTS = dryrun.Rule.ALL, dryrun.Rule.OUTSIDE, dryrun.Rule.HOSTS
OWN = ip_network("10.0.0.0/8")


@pytest.fixture
def week(evidence):
    """Hanako by POP before SMTP, Taro once so, Yuki inside, two behind one address, a relay, and others."""
    people = [make_customer(login) for login in (HANAKO, TARO, YUKI)]
    people[0].client_program = "becky"
    people[0].save()
    evidence(
        *(login(HANAKO, HOME, at=minutes(24 * 60 * day)) for day in (0, 2)),
        *(message(HOME, HANAKO, FAR, at=minutes(24 * 60 * day + 1)) for day in (0, 2)),
        message(HOME, HANAKO, FAR, sasl=HANAKO, at=minutes(50)),
        message("192.0.2.4", TARO, FAR, sasl=TARO, at=minutes(2)),
        login(TARO, "192.0.2.4", at=minutes(60)),
        message("192.0.2.4", TARO, FAR, at=minutes(61), host="mx2", program="Microsoft Outlook 16.0"),
        message(INSIDE, YUKI, FAR),
        message(INSIDE, YUKI, TARO),
        login(HANAKO, SHARED),
        login(TARO, SHARED),
        message(SHARED, "office@else.example", FAR, at=minutes(3)),
        message(STRANGE, "x@else.example", FAR),
        message("203.0.113.4", FAR, TARO),
        login(HANAKO, HOME, at=NOON - timedelta(days=1)),
        message(HOME, HANAKO, FAR, at=NOON - timedelta(days=1)),
        now=NOW,
    )
    return WEEK


def answered(rule=ALL, **scope) -> ShadowRun:
    run = ask(Question(WEEK, rule, **scope), now=NOW)
    compute(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    return run


def hits(run: ShadowRun) -> set[tuple[str, str, int]]:
    return set(run.hits.values_list("customer__login", "submission_class", "submissions"))


def test_with_the_old_way_off_everywhere_all_that_did_not_authenticate_fails(week):
    run = answered()
    assert run.counts["refused"] == {"pop_before_smtp": 4, "local_port25": 2, "unexplained_relay": 1}
    assert run.counts["spared"] == {}
    assert run.counts["with_auth"] == 2
    assert hits(run) == {
        (HANAKO, "pop_before_smtp", 2),
        (TARO, "pop_before_smtp", 1),
        (YUKI, "local_port25", 2),
    }
    assert run.counts["people"] == {"hit": 3, "safe": 0}


def test_what_nobody_is_named_for_counts_by_its_address_alone(week):
    run = answered()
    assert run.counts["nameless"] == 2
    ranges = {row.pop("range"): row for row in run.counts["ranges"]}
    assert ranges["198.51.100.0/24"] == {"refused": 3, "people": 1, "nameless": 1, "lines": 2}
    assert ranges["2001:db8:1::/48"] == {"refused": 1, "people": 0, "nameless": 1, "lines": 1}
    assert run.counts["all_ranges"] == len(ranges) == 4


def test_outside_the_own_networks_clients_inside_go_on(week):
    run = answered(OUTSIDE, networks=(OWN,))
    assert run.counts["spared"] == {"local_port25": 2}
    assert run.counts["refused"] == {"pop_before_smtp": 4, "unexplained_relay": 1}
    assert run.counts["people"] == {"hit": 2, "safe": 1}
    other = answered(OUTSIDE, networks=(ip_network("198.51.100.7/32"),))
    assert other.counts["spared"] == {"pop_before_smtp": 2}
    assert other.pk != run.pk


def test_on_named_hosts_alone_the_others_relay_as_before(week):
    run = answered(HOSTS, hosts=("MX2",))
    assert hits(run) == {(TARO, "pop_before_smtp", 1)}
    assert run.counts["refused"] == {"pop_before_smtp": 1}
    assert {row["host"]: row["refused"] for row in run.counts["hosts"]} == {"mx1": 0, "mx2": 1}


def test_only_the_seven_days_count_and_each_has_its_row(week):
    days = answered().counts["days"]
    assert [row["day"] for row in days] == [str(day) for day in WEEK.days]
    assert [row["refused"] for row in days] == [6, 0, 1, 0, 0, 0, 0]
    assert [row["people"] for row in days][:3] == [3, 0, 1]


def test_a_program_is_that_of_the_mail_or_the_one_last_seen_of_the_customer(week):
    programs = {row["program"]: (row["refused"], row["people"]) for row in answered().counts["programs"]}
    assert programs == {"becky": (2, 1), "outlook": (1, 1), "": (4, 1)}


def test_days_without_a_log_are_said(week):
    missing = answered().counts["missing"]
    assert str(WEEK.days[0]) not in missing
    assert missing[str(WEEK.days[1])] == ["logins", "mail"]


def test_local_recipients_alone_are_counted_apart(week):
    assert answered().counts["local_only"] == 1


def test_the_standing_on_the_eve_of_the_week_is_that_of_the_campaign_of_the_way(week):
    pop, inside = make_campaign(), make_campaign(name="local_port25")
    taro = make_holdout(pop, make_customer_of(TARO))
    StandingChange.objects.create(holdout=taro, day=WEEK.first - timedelta(days=9), standing="holdout")
    StandingChange.objects.create(holdout=taro, day=WEEK.first - timedelta(days=1), standing="migrated")
    StandingChange.objects.create(holdout=taro, day=WEEK.first, standing="mixed", previous="migrated")
    other = make_holdout(inside, make_customer_of(HANAKO))
    StandingChange.objects.create(holdout=other, day=WEEK.first - timedelta(days=9), standing="exempt")
    found = dict(answered().hits.values_list("customer__login", "standing_before"))
    assert found == {TARO: "migrated", HANAKO: "", YUKI: ""}


def make_customer_of(login: str):
    return DailyUse.objects.filter(customer__login=login).first().customer


def test_asked_again_it_is_the_same_run_with_a_new_answer(week):
    first = answered()
    again = answered()
    assert (first.pk, first.counts) == (again.pk, again.counts)
    assert ShadowHit.objects.count() == 3


def test_a_worker_answers_what_is_waiting_and_says_where_it_cannot(week, monkeypatch):
    run = ask(Question(WEEK, ALL), now=NOW)
    compute_waiting(now=NOW)
    run.refresh_from_db()
    assert (run.waiting, run.days_done, run.computed_at, run.failure) == (False, 7, NOW, "")
    ask(Question(WEEK, ALL), now=NOW)
    monkeypatch.setattr(dryrun, "compute", lambda **_: 1 / 0)
    compute_waiting(now=NOW)
    run.refresh_from_db()
    assert (run.waiting, run.failure, run.counts["with_auth"]) == (False, dryrun.BROKE, 2)


def test_a_run_over_which_workers_die_is_given_up():
    run = ask(Question(WEEK, ALL), now=NOW)
    ShadowRun.objects.update(tries=3)
    compute_waiting(now=NOW)
    run.refresh_from_db()
    assert (run.waiting, run.failure) == (False, dryrun.GAVE_UP)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question(Week.read("2026-W20"), ALL), "not over"),
        (Question(Week.read("2025-W20"), ALL), "not kept any more"),
        (Question(WEEK, HOSTS), "mail server"),
        (Question(WEEK, OUTSIDE), "network"),
        (Question(WEEK, HOSTS, hosts=tuple(f"mx{number}" for number in range(400))), "too many"),
    ],
)
def test_a_question_without_an_answer_is_refused(question, words):
    with override("en"), pytest.raises(NotPossible, match=words):
        ask(question, now=NOW)
    assert not ShadowRun.objects.exists()


def would_refuse(rule, way: str, ip: str, host: str) -> bool:
    """The rule in plain words, one submission at a time: the oracle of dryrun.sql."""
    if way not in dryrun.OLD_WAYS:
        return False
    if rule == OUTSIDE:
        return ip_address(ip) not in OWN
    return rule == ALL or host == "mx2"


@pytest.mark.parametrize("rule", [ALL, OUTSIDE, HOSTS])
def test_sql_refuses_as_the_plain_rule_does(evidence, rule):
    make_customer(HANAKO)
    lines, wanted = [], []
    for number, (ip, host, sasl, known) in enumerate(
        itertools.product((HOME, INSIDE, STRANGE), ("mx1", "mx2"), ("", HANAKO), (True, False))
    ):
        at = NOON + timedelta(hours=number)
        lines += [login(HANAKO, ip, at=at)] if known else []
        lines.append(message(ip, HANAKO, FAR, at=at, host=host, sasl=sasl))
        way = "smtp_auth" if sasl else "local_port25" if ip == INSIDE else dryrun.OLD_WAYS[0 if known else 2]
        wanted.append(would_refuse(rule, way, ip, host))
    evidence(*lines, now=NOW)
    run = answered(rule, networks=(OWN,), hosts=("mx2",))
    assert sum(run.counts["refused"].values()) == sum(wanted) > 0
    assert sum(run.counts["spared"].values()) + run.counts["with_auth"] == len(wanted) - sum(wanted)
