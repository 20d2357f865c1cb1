"""What daily use keeps of a day for the reasons: where, beside what, for whom and by what mail was sent."""

import random
from datetime import UTC, date, datetime

import pytest
from attributed import TAKEN, attributed, submission
from django.db import transaction
from loglines import login, message, minutes

from campaign.logs.client import MACHINES
from campaign.models import DailyUse
from campaign.submissions import daily, intake

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)
HANAKO, TARO = "hanako@isp.example", "taro@isp.example"
HOME, AWAY = "198.51.100.7", "203.0.113.9"
MINUTE, HOUR = 60_000_000, 3_600_000_000
MIDNIGHT = TAKEN - 12 * HOUR
AUTH = {"class": "smtp_auth", "service": "submission/smtpd"}


def use(*submissions: dict, login: str = HANAKO, way: str = "pop_before_smtp") -> DailyUse:
    with transaction.atomic():
        daily.replace(attributed(*submissions), DAY)
    return DailyUse.objects.get(customer__login=login, submission_class=way)


def others(number: int, **given) -> list[dict]:
    return [submission(f"somebody{n}@isp.example", **given) for n in range(number)]


def test_senders_that_are_no_local_addresses_are_counted_once_each_whatever_their_case():
    senders = ["a@shop.example", "A@shop.example", "b@shop.example", "c@elsewhere.example"]
    sent = [submission(HANAKO, sender=sender, sender_is="foreign") for sender in senders]
    assert use(*sent, submission(HANAKO), submission(HANAKO, sender="", sender_is="null")).foreign_senders == 3


def test_addresses_that_also_sent_with_smtp_auth_are_counted():
    sent = [submission(HANAKO, ip=HOME), submission(HANAKO, ip=AWAY)]
    assert use(*sent, submission(TARO, ip=HOME, **AUTH)).beside_auth == 0
    assert use(*sent, submission(HANAKO, ip=HOME, **AUTH)).beside_auth == 1
    both = DailyUse.objects.filter(customer__login=HANAKO).values_list("submission_class", "beside_auth")
    assert dict(both) == {"pop_before_smtp": 1, "smtp_auth": 0}


def test_an_old_door_is_one_where_many_come_and_nobody_signs_in():
    mine, signing = submission(HANAKO), submission(TARO, **AUTH)
    assert use(mine, *others(49), signing).at_old_door == 1
    assert use(mine, *others(48), signing).at_old_door == 0
    assert use(mine, *others(49)).at_old_door == 0  # where nobody signs in anywhere, none is older
    assert use(mine, *others(49), signing, submission(TARO, **AUTH | {"service": "smtpd"})).at_old_door == 0


@pytest.mark.parametrize("apart", [{"host": "mx2"}, {"mta": "postfix-out"}, {"service": "smtps/smtpd"}])
def test_doors_are_told_apart_by_server_instance_and_port(apart):
    found = use(submission(HANAKO), submission(HANAKO, **apart), *others(49), submission(TARO, **AUTH))
    assert (found.submissions, found.at_old_door) == (2, 1)


def test_a_server_that_does_not_tell_its_ports_apart_is_one_door():
    signing = submission(TARO, host="new", service=None, **{"class": "smtp_auth"})
    mine = {"host": "old", "service": None}
    assert use(submission(HANAKO, **mine), *others(49, **mine), signing).at_old_door == 1


def named(*programs: str) -> list[dict]:
    return [submission(HANAKO, known_program=name, client_program=name or "Nadeshiko 1") for name in programs]


def at(*times: int, **given) -> list[dict]:
    return [submission(HANAKO, moment=MIDNIGHT + time, **given) for time in times]


AROUND_THE_CLOCK = [hour * HOUR + hour * 3 * MINUTE for hour in range(18)]
EVERY_HOUR = [hour * HOUR + 30 * MINUTE for hour in (8, 9, 10, 14)]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (named("printer"), True),
        (named("script", "printer"), True),
        (named("printer", ""), True),  # what the table does not know says nothing
        (named("printer", "outlook"), False),
        (named("outlook"), False),
        (named(""), False),
        (at(*AROUND_THE_CLOCK), True),
        (at(*AROUND_THE_CLOCK[1:]), False),
        (at(*AROUND_THE_CLOCK, client_program="Nadeshiko 1"), False),  # a header, though nobody knows it
        (at(*EVERY_HOUR), True),
        (at(*EVERY_HOUR, EVERY_HOUR[0] + MINUTE), True),  # a slow machine
        (at(*EVERY_HOUR[1:]), False),
        (at(*EVERY_HOUR, 8 * HOUR, 9 * HOUR + 10 * MINUTE), False),
        (at(*range(0, 10 * MINUTE, MINUTE // 3)), False),  # a person clearing the outbox
    ],
)
def test_what_no_person_sends(sent, expected):
    assert use(*sent).machine_like is expected


def machine_like(sent: list[dict]) -> bool:
    """The plain rule, for one customer and way."""
    named = {one["known_program"] for one in sent if one["known_program"]}
    if named:
        return named <= set(MACHINES)
    hours = {one["moment"] // HOUR % 24 for one in sent}
    minutes = {one["moment"] // MINUTE % 60 for one in sent}
    without_header = not any(one["client_program"] for one in sent)
    return without_header and (len(hours) >= 18 or (len(hours) >= 4 and len(minutes) <= 2))


def test_the_query_finds_machines_as_the_plain_rule_does():
    chance, days = random.Random(5), {}
    for number in range(300):
        minutes = chance.sample(range(60), chance.choice([1, 2, 30]))
        programs = chance.choice([[""], ["", "printer"], ["script"], ["outlook", "printer"]])
        headers = chance.choice([[None], ["Nadeshiko 1", None]])
        sent = []
        for _ in range(chance.choice([1, 5, 40, 90])):
            program, header = chance.choice(programs), chance.choice(headers)
            moment = MIDNIGHT + chance.randrange(24) * HOUR + chance.choice(minutes) * MINUTE
            sent.append({"moment": moment, "known_program": program, "client_program": program or header})
        days[f"person{number}@isp.example"] = sent
    with transaction.atomic():
        daily.replace(attributed(*(submission(who, **one) for who, sent in days.items() for one in sent)), DAY)
    found = dict(DailyUse.objects.values_list("customer__login", "machine_like"))
    assert found == {who: machine_like(sent) for who, sent in days.items()}
    assert 30 < sum(found.values()) < 270


def test_the_lines_of_a_log_come_to_this_evidence(tmp_path, settings):
    settings.DATA, settings.SEGMENTS = tmp_path / "data", tmp_path / "segments"
    lines = [
        login(HANAKO, HOME),
        message(HOME, HANAKO, "a@far.example", at=minutes(1), sasl=HANAKO, tag="postfix/sub/smtpd"),
    ]
    for number in range(5):
        sender = f"person{number}@shop.example"
        lines.append(
            message(HOME, sender, "friend@far.example", at=minutes(number + 2), program="KONICA MINOLTA bizhub")
        )
    lines.append(message(HOME, HANAKO, "friend@far.example", at=minutes(9), program="KONICA MINOLTA bizhub"))
    (tmp_path / "mail.log").write_text("".join(lines))
    now = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
    intake.attribute(intake.read([tmp_path / "mail.log"], now=now).days, now=now)
    found = DailyUse.objects.get(customer__login=HANAKO, submission_class="pop_before_smtp")
    assert (found.submissions, found.foreign_senders, found.beside_auth, found.machine_like) == (6, 5, 1, True)
    assert found.client_program == "printer"
