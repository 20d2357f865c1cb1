from datetime import timedelta

import pytest
from builders import make_campaign, make_customer, make_holdout
from desk import make_mailing, make_notice
from rounds import at

from campaign.sample import visits
from notices.models import Visit

MOMENT = int(at(11).timestamp())


def test_three_of_ten_open_the_guide_most_of_them_on_the_same_day():
    found = [visit for number in range(2000) if (visit := visits.visit_after(f"person{number}", MOMENT))]
    assert 0.28 < len(found) / 2000 < 0.34
    assert all(at(11) + visits.SOON <= visit <= at(11) + visits.LONGEST for visit in found)
    assert sum(visit < at(11) + timedelta(hours=24) for visit in found) / len(found) > 0.9
    assert visits.visit_after("person1", MOMENT) == visits.visit_after("person1", MOMENT)


@pytest.mark.django_db
def test_visits_are_recorded_once_and_only_of_whom_the_notice_reached(monkeypatch):
    monkeypatch.setattr(visits, "SHARE", 1)
    mailing = make_mailing(make_campaign())
    for number in range(12):
        holdout = make_holdout(mailing.campaign, make_customer(f"person{number}@isp.example"))
        fate = "delivered" if number < 9 else "bounced" if number < 11 else ""
        make_notice(mailing, holdout, accepted_at=at(10, number), fate=fate, client_program="becky")
    thanks = make_mailing(mailing.campaign, kind="thanks", period="2026-11-02")
    make_notice(thanks, holdout, accepted_at=at(10), fate="delivered")
    pieces = [visits.record(since=at(9), until=at(12)), visits.record(since=at(9), until=at(9) + timedelta(days=20))]
    assert sum(pieces) == Visit.objects.count() == 9
    assert set(Visit.objects.values_list("client_program", flat=True)) == {"becky"}
    assert visits.record(since=at(9), until=at(9) + timedelta(days=20)) == 0
