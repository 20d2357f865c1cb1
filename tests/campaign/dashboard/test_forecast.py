import csv
from datetime import timedelta
from io import StringIO

import pytest
from builders import TODAY, make_campaign, noon
from desk import make_forecast, make_lift, make_mailing, make_shadow
from django.utils.html import escape

from campaign.models import CutoffChange, OpenDoor
from notices.forecast import measured
from notices.models import Mailing

pytestmark = pytest.mark.django_db
NOBODY_BEHIND = dict.fromkeys(
    ("minutes", "used_addresses", "used_minutes", "shared_addresses", "shared_minutes", "people_behind", "most_behind"),
    1,
)


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_answers_how_many_when_and_at_what_pace(world, staff):
    make_forecast(world, ends=(10, 1234, 2345))
    shown = text(staff.get("/staff/forecast/"))
    assert "At the cut-off on March 31, 2027 about 1,234 will be left, eight times out of ten 10 to 2,345." in shown
    assert "<dt>Needed a day to make the date</dt><dd>1 " in shown
    assert "at present 0.1 a day, the average of the last 14 days" in shown


def test_the_forecast_of_a_week_ago_stands_beside_it(world, staff):
    make_forecast(world, ends=(1, 2, 3))
    make_forecast(world, ago=8, ends=(2, 3, 4))
    assert "A week ago it was 3 (2 to 4)" in text(staff.get("/staff/forecast/"))
    assert "a week ago 3 (−1)" in text(staff.get("/staff/"))


@pytest.mark.parametrize(
    ("under", "said"),
    [
        (5, "It is under 5 already."),
        (3, "as early as"),
        (2, "but probably not before the cut-off"),
        (1, "It will hardly be under 1 before the cut-off."),
    ],
)
def test_when_it_is_under_a_number_is_told_as_surely_as_the_band_allows(world, staff, under, said):
    make_forecast(world, ends=(1, 2, 3))
    assert said in text(staff.get(f"/staff/forecast/?under={under}"))


def test_a_number_that_is_none_is_not_asked_for(world, staff):
    make_forecast(world)
    for given in ("x", "0", "-5", "9" * 30, "<b>"):
        shown = text(staff.get("/staff/forecast/", {"under": given}))
        assert 'value="1" aria-invalid="true" aria-describedby="under-wrong"' in shown
        assert f"“{escape(given[:20])}” is no number from 1 to 99,999,999: it is told for 1." in shown
    for given in ("", "7"):
        assert "is no number" not in text(staff.get("/staff/forecast/", {"under": given}))


def test_what_would_change_it_is_held_against_the_plan(world, staff):
    make_forecast(world, ends=(1, 100, 300))
    shown = text(staff.get("/staff/forecast/"))
    assert "As it is planned: 3 rounds to come" in shown
    row = shown[shown.index("One more round to all who are left") :]
    assert row.index("99") < row.index("−1") < row.index("No more rounds")
    assert "Half the daily cap: 250 notices a day" in shown


def test_what_it_rests_on_says_whether_a_notice_was_measured(world, staff):
    kept = make_forecast(world)
    assert "3.1 move because of it, as the rounds so far were measured" in text(staff.get("/staff/forecast/"))
    kept.answer["measured"] = False
    kept.save()
    assert "so this is a guess" in text(staff.get("/staff/forecast/"))


def test_what_a_notice_does_can_be_found_again_in_the_rounds_it_was_measured_from(world, staff):
    for period, share, width in (("2026-09", 0.2, 0.02), ("2026-10", 0.1, 0.04)):
        ends = {"low": share - 0.05 - width, "high": share - 0.05 + width}
        make_lift(make_mailing(world, period=period, state="finished"), share=share, by_itself=0.05, **ends)
    found = measured(world)
    kept = [
        {"mailing": found[0][0], "more": 0.05, "weight": 0.25},
        {"mailing": found[1][0], "more": 0.15, "weight": 0.75},
    ]
    assert [round(more, 3) for _mailing, more, _error in found] == [0.05, 0.15]
    make_forecast(world, effect=12.9, pooled=12.5, rounds_measured=kept)
    shown = text(staff.get("/staff/forecast/"))
    for (mailing, _more, _error), numbers in zip(found, ("+5.0", "+15.0"), strict=True):
        assert numbers in shown[shown.index(f'href="/staff/mailings/{mailing}/"') :][:200]
        assert f">{numbers}<" in text(staff.get("/staff/waves/"))
    assert "25.0%" in shown and "75.0%" in shown
    assert "their mean is 12.5" in shown and "makes 12.9 of it" in shown
    assert '<a href="/staff/waves/?campaign=pop_before_smtp">Waves and rounds</a>' in shown


def test_what_was_kept_by_an_older_version_is_shown_without_its_rounds(world, staff):
    make_forecast(world)
    shown = text(staff.get("/staff/forecast/"))
    assert "3.1 move because of it" in shown and "From which rounds" not in shown


def test_what_is_foretold_for_a_day_before_the_cutoff_is_said_so_everywhere(world, staff):
    kept = make_forecast(world, ends=(8, 13, 20))
    last = TODAY + timedelta(days=90)
    kept.answer["points"][-1]["day"] = last.isoformat()
    kept.save()
    OpenDoor.objects.create(day=TODAY - timedelta(days=1), addresses=1, **NOBODY_BEHIND)
    first, page, benefit = (text(staff.get(f"/staff/{name}")) for name in ("", "forecast/", "benefit/"))
    assert "<dt>Left on Feb. 22, 2027, as foretold</dt>" in first
    assert "further ahead nothing is foretold; the cut-off is on March 31, 2027" in first
    assert "About 13 customers will be left on Feb. 22, 2027, before the cut-off" in first
    assert "left at the cut-off" not in first.lower()
    for shown in (page, benefit):
        assert "On Feb. 22, 2027 about 13 will be left, eight times out of ten 8 to 20. Further ahead nothing" in shown
    assert "It will hardly be under 1 by Feb. 22, 2027." in page


def test_a_short_history_is_told_in_days(world, staff):
    make_forecast(world, not_yet=12)
    assert "It cannot be told yet" in text(staff.get("/staff/forecast/"))
    assert "cannot be told yet: 12 more days" in text(staff.get("/staff/"))


def test_a_forecast_for_another_date_is_not_shown(world, staff):
    make_forecast(world)
    world.cutoff_on += timedelta(days=7)
    world.save()
    assert "reckoned in the background" in text(staff.get("/staff/forecast/"))
    shown = text(staff.get("/staff/"))
    assert "reckoned within the hour" in shown and "What is foretold is still being reckoned" in shown
    assert "Whom no mail reaches" not in shown


def test_before_there_are_numbers_the_page_says_so(staff):
    assert "There are no numbers yet" in text(staff.get("/staff/forecast/"))
    make_campaign()
    assert "There are no numbers yet" in text(staff.get("/staff/forecast/"))
    assert staff.get("/staff/forecast/file/").status_code == 200


def test_the_chart_has_the_band_and_marks_for_rounds_trials_and_moves_of_the_date(world, staff):
    make_forecast(world)
    make_shadow(world)
    Mailing.objects.update(started_at=noon(TODAY - timedelta(days=5)))
    CutoffChange.objects.create(
        campaign=world, changed_at=noon(TODAY - timedelta(days=3)), old=TODAY, new=world.cutoff_on, reason="more time"
    )
    for page in ("/staff/", "/staff/forecast/"):
        shown = text(staff.get(page))
        assert 'class="band foretold"' in shown and 'class="line foretold"' in shown
        assert 'class="mark mailing"' in shown and 'class="mark tried"' in shown and 'class="mark date-moved"' in shown
        assert "Cut-off moved from Nov. 24, 2026 to March 31, 2027" in shown


def test_the_file_has_counted_days_and_foretold_ones(world, staff):
    make_forecast(world, ends=(1, 2, 3))
    response = staff.get("/staff/forecast/file/")
    assert "progress-pop_before_smtp-2026-11-24.csv" in response["Content-Disposition"]
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Day", "Still the old way", "Foretold", "At least", "At most"]
    assert rows[-2] == ["2026-11-24", "4", "", "", ""]
    assert rows[-1] == ["2027-03-30", "", "2", "1", "3"]


def test_the_pages_ask_the_database_no_more_for_a_longer_history(world, staff, django_assert_max_num_queries):
    make_forecast(world)
    for ago in range(2, 60):
        make_forecast(world, ago=ago)
    with django_assert_max_num_queries(32):
        staff.get("/staff/forecast/")
