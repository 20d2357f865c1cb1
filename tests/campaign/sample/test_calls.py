from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from builders import make_campaign, make_customer, make_holdout
from desk import make_mailing, make_notice
from rounds import DAY, TOKYO, at

from campaign.models import Contact, Desk
from campaign.sample import calls

NOTICES = range(4000)


def calls_after(moment: datetime) -> list[calls.Call]:
    found = (calls.call_after(f"person{number}", int(moment.timestamp()), zone=TOKYO) for number in NOTICES)
    return [call for call in found if call]


def test_six_of_a_hundred_get_in_touch_most_of_them_soon():
    found = calls_after(at(11))
    assert 0.05 < len(found) / len(NOTICES) < 0.07
    days = Counter(call.at.astimezone(TOKYO).date() for call in found)
    assert days.most_common(1)[0][0] == DAY
    assert len(days) == 5


@pytest.mark.parametrize(
    "moment", [at(9), at(17, 55), at(23), at(12, day=date(2026, 12, 5)), at(12, day=date(2026, 4, 29))]
)
def test_the_desk_answers_in_its_hours_and_after_the_notice(moment):
    for call in calls_after(moment):
        here = call.at.astimezone(TOKYO)
        assert moment + calls.SOON <= call.at <= moment + calls.LONGEST
        assert 9 <= here.hour < 18
        assert 3 <= call.minutes <= 60


def test_the_same_notice_makes_the_same_call():
    assert calls_after(at(11)) == calls_after(at(11))


@pytest.mark.django_db
def test_calls_are_recorded_once_however_often_and_in_whatever_pieces(monkeypatch):
    monkeypatch.setattr(calls, "SHARE", 0.5)
    mailing = make_mailing(make_campaign())
    for number in range(20):
        holdout = make_holdout(mailing.campaign, make_customer(f"person{number}@isp.example"))
        make_notice(mailing, holdout, accepted_at=at(10, number))
    begin = at(9)

    def record(first: int, last: int) -> int:
        moments = {"since": begin + timedelta(hours=first), "until": begin + timedelta(hours=last)}
        return calls.record(**moments, zone=TOKYO, made_by_id=None)

    pieces = [record(0, 3), record(0, 30), record(30, 500)]
    whole = list(Contact.objects.order_by("at", "customer").values_list("at", "customer"))
    assert sum(pieces) == len(whole) > 5
    assert record(0, 500) == 0
    Contact.objects.all().delete()
    record(0, 500)
    assert list(Contact.objects.order_by("at", "customer").values_list("at", "customer")) == whole


@pytest.mark.django_db
def test_the_desk_has_fewer_seats_in_this_month_and_is_opened_once():
    for _ in range(2):
        calls.open_desk(starts_on=date(2026, 7, 1), today=DAY, now=at(9), changed_by_id=None)
    assert Desk.objects.all().capacities() == {date(2026, 7, 1): 36, date(2026, 12, 1): 24}
