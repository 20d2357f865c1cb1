"""One day's rows in the database: what is written, and that they are replaced as a whole, on either database."""

import os
import signal
import subprocess
import sys
import threading
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from at_once import Other
from attributed import TAKEN, attributed, submission
from builders import make_customer, make_use
from databases import database_url
from django.conf import settings
from django.db import connection, transaction
from waiting import PATIENCE

from campaign.logs.stamps import moment
from campaign.models import Customer, DailyUse
from campaign.submissions import daily

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
DAY, NEXT_DAY = date(2026, 5, 4), date(2026, 5, 5)
HANAKO, TARO = "hanako@isp.example", "taro@isp.example"
HOSTILE = [
    "tab\tin@isp.example",
    "back\\slash\\n@isp.example",
    "\\.",
    "\\N",
    "NULL",
    "line\nend@isp.example",
    "carriage\r\nreturn@isp.example",
    'quo"ted,""@isp.example',
    "apo'strophe;--@isp.example",
    "per%scent%(name)s@isp.example",
    " blanks around@isp.example ",
    "\x01\x1f\x7f@isp.example",
    "花子@isp.example",
    "𠮷野🍣@isp.example",
    "e\u0301@isp.example",
    "𠮷" * 254,
]


def replace(day: date, *submissions: dict) -> None:
    with transaction.atomic():
        daily.replace(attributed(*submissions), day)


def rows(day: date = DAY) -> dict[str, DailyUse]:
    return {use.customer.login: use for use in DailyUse.objects.filter(day=day).select_related("customer")}


def stored() -> list[tuple]:
    """All columns as the database itself has them, but for the customer."""
    names = [field.column for field in DailyUse._meta.local_concrete_fields if field.column != "customer_id"]
    texts = ", ".join(f"CAST({name} AS TEXT)" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {texts} FROM campaign_dailyuse")  # noqa: S608
        return cursor.fetchall()


@pytest.mark.parametrize("fraction", [0, 1, 500_000])
def test_the_rows_are_those_that_django_itself_would_write(fraction):
    at = TAKEN + fraction
    given = {"moment": at, "auth_failed": True, "known_program": "thunderbird"}
    replace(DAY, submission(HANAKO, ip="2001:db8::7", **given), submission(HANAKO, attribution="probable", **given))
    found = stored()
    DailyUse.objects.all().delete()
    make_use(
        Customer.objects.get(), "pop_before_smtp", DAY, submissions=2, confirmed=1, auth_failed=2, last_at=moment(at),
        addresses=["198.51.100.7", "2001:db8::7"], client_program="thunderbird",
    )  # fmt: skip
    assert found == stored()
    assert DailyUse.objects.get(addresses=["198.51.100.7", "2001:db8::7"]).last_at == moment(at)


def test_a_days_rows_are_replaced_as_a_whole_and_no_other_days():
    replace(DAY, submission(HANAKO), submission(TARO))
    replace(NEXT_DAY, submission(HANAKO))
    replace(DAY, submission(TARO), submission(TARO), submission("saburo@isp.example"))
    assert {login: use.submissions for login, use in rows().items()} == {TARO: 2, "saburo@isp.example": 1}
    assert list(rows(NEXT_DAY)) == [HANAKO]


def test_a_day_without_use_leaves_no_rows():
    replace(DAY, submission(HANAKO))
    replace(DAY)
    assert not DailyUse.objects.exists()


def test_of_a_customer_with_two_classes_both_are_kept():
    replace(DAY, submission(HANAKO), submission(HANAKO, **{"class": "smtp_auth"}))
    classes = DailyUse.objects.order_by("submission_class").values_list("customer__login", "submission_class")
    assert list(classes) == [(HANAKO, "pop_before_smtp"), (HANAKO, "smtp_auth")]


def test_hostile_logins_come_out_as_they_went_in():
    replace(DAY, *map(submission, HOSTILE))
    assert sorted(rows()) == sorted(HOSTILE)


def test_a_login_that_no_database_keeps_is_nobodys_and_stops_nobody():
    replace(DAY, submission("nul\0@isp.example"), submission("x" * 255), submission(HANAKO))
    assert list(rows()) == [HANAKO]


def test_hostile_programs_and_addresses_come_out_as_they_went_in():
    odd = [submission(f"user{n}@isp.example", known_program=text, ip=text) for n, text in enumerate(HOSTILE[:-1])]
    replace(DAY, *odd, submission(HANAKO, known_program="𠮷" * 99, ip='","'))
    assert [(use.client_program, use.addresses) for _, use in sorted(rows().items())] == [
        ("𠮷" * 64, ['","']),
        *((one["known_program"], [one["ip"]]) for one in sorted(odd, key=lambda one: one["user"])),
    ]


def test_a_known_customer_stays_as_he_is_and_a_new_one_is_like_any_other():
    known = make_customer(HANAKO, name="山田花子", language="en")
    replace(DAY, submission(HANAKO), submission(TARO), submission(TARO, **{"class": "smtp_auth"}))
    assert list(Customer.objects.filter(login=HANAKO).values()) == [Customer.objects.filter(pk=known.pk).values()[0]]
    assert known.name == "山田花子" and rows()[HANAKO].customer_id == known.pk
    expected = Customer(login=TARO)
    new = Customer.objects.get(login=TARO)
    for field in Customer._meta.local_concrete_fields:
        if field.name != "id" and not field.generated:
            assert getattr(new, field.name) == getattr(expected, field.name), field.name
    assert new.name_key == "" and new.domain == "isp.example"


def test_rows_beyond_one_batch_all_arrive(monkeypatch):
    monkeypatch.setattr("campaign.submissions.loading.BATCH", 10)
    logins = [f"user{number:03}@isp.example" for number in range(95)]
    replace(DAY, *map(submission, logins))
    assert sorted(rows()) == logins


def test_what_is_loaded_goes_with_the_transaction_that_fails():
    replace(DAY, submission(HANAKO))
    with pytest.raises(RuntimeError), transaction.atomic():
        daily.replace(attributed(submission(TARO)), DAY)
        raise RuntimeError
    assert list(rows()) == [HANAKO]
    assert not Customer.objects.filter(login=TARO).exists()
    replace(DAY, submission(TARO))
    assert list(rows()) == [TARO]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_old_rows_and_the_new_leaves_the_old():
    replace(DAY, submission(HANAKO))
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATA": str(settings.DATA),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    program = Path(__file__).with_name("dying_loader.py")
    died = subprocess.run([sys.executable, program, DAY.isoformat()], env=environment, cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert list(rows()) == [HANAKO]
    replace(DAY, submission(TARO))
    assert list(rows()) == [TARO]


@pytest.mark.django_db(transaction=True)
def test_two_days_loaded_at_once_make_each_new_customer_once():
    logins = [f"user{number:03}@isp.example" for number in range(300)]
    both = threading.Barrier(2)

    def load(day: date, wanted: list[str]) -> None:
        con = attributed(*map(submission, wanted))
        both.wait(PATIENCE)
        with transaction.atomic():
            daily.replace(con, day)

    for one in [Other(partial(load, DAY, logins)), Other(partial(load, NEXT_DAY, logins[::-1]))]:
        one.result()
    assert sorted(rows(DAY)) == sorted(rows(NEXT_DAY)) == logins
    assert Customer.objects.count() == 300
