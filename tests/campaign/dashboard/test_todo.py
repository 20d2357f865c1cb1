from datetime import timedelta

import pytest
from builders import TODAY, make_customer, make_holdout, noon
from desk import make_forecast, make_mailing, make_relay

from campaign.customers import counts
from campaign.dashboard import todo
from campaign.dashboard.progress import progress
from campaign.models import CallBack, Coverage, Exemption, Stream
from notices.models import Mailing, TextVersion

pytestmark = pytest.mark.django_db


def listed(campaign) -> list[tuple[str, str]]:
    found = progress(campaign=campaign, today=TODAY, now=noon(TODAY))
    return [(task.text, task.url) for task in todo.tasks(found)]


def texts(campaign) -> list[str]:
    return [text for text, _url in listed(campaign)]


def write(campaign, number: int = 1, **given) -> TextVersion:
    values = {"kind": "reminder", "language": "ja", "subject": "s", "body": "b", "written_at": noon(TODAY)}
    return TextVersion.objects.create(campaign=campaign, number=number, **values | given)


def test_where_nothing_waits_the_page_says_so_and_what_is_not_known_yet(world, staff):
    assert listed(world) == []
    shown = staff.get("/staff/").content.decode()
    assert "Nothing waits for anybody at the moment." in shown and "is still being reckoned" in shown
    make_forecast(world)
    assert "is still being reckoned" not in staff.get("/staff/").content.decode()


def test_logs_that_are_late_and_relays_come_first(world):
    make_mailing(world, period="2026-12", state="planned")
    make_relay("192.0.2.1", TODAY, 30)
    Coverage.objects.filter(stream=Stream.MAIL, day=TODAY).update(last_at=noon(TODAY) - timedelta(hours=5))
    found = listed(world)
    assert found[0] == ("1 log is late: find out why.", "/staff/sources/")
    assert found[1] == ("30 mails were relayed without a login that explains them: check from where.", "/staff/relays/")
    assert "waits for approval" in found[2][0]


def test_mailings_that_wait_for_a_person_are_listed_and_those_that_go_on_by_themselves_are_not(world):
    planned = make_mailing(world, period="2026-12", state="planned")
    paused = make_mailing(world, period="2026-10", state="paused", pause_cause="person")
    make_mailing(world, period="2026-09", state="paused", pause_cause="relay")
    make_mailing(world, period="2026-08", state="finished")
    assert [url for _text, url in listed(world)] == [f"/staff/mailings/{paused.pk}/", f"/staff/mailings/{planned.pk}/"]


def test_guides_that_customers_asked_for_and_that_do_not_go_out_are_listed_together(world):
    stuck = []
    for minute, cause in enumerate(("relay", "text", "text")):
        holdout = make_holdout(world)
        period = f"2026-11-24-09{minute}000-000000"
        given = {"kind": "guide", "only_for": holdout, "state": "paused", "pause_cause": cause}
        stuck.append(make_mailing(world, period=period, **given))
    expected = "2 guides that customers asked for are paused: find out why."
    assert listed(world) == [(expected, f"/staff/mailings/{stuck[1].pk}/")]
    Mailing.objects.filter(pk=stuck[1].pk).update(state="cancelled")
    expected = "1 guide that a customer asked for is paused: find out why."
    assert listed(world) == [(expected, f"/staff/mailings/{stuck[2].pk}/")]


def test_a_text_waits_while_its_newest_version_does(world):
    write(world, asked_at=noon(TODAY))
    write(world, language="en", asked_at=noon(TODAY), approved_at=noon(TODAY))
    assert listed(world) == [("1 text waits for approval.", "/staff/texts/?campaign=pop_before_smtp")]
    write(world, number=2)
    assert listed(world) == []


def test_calls_are_listed_from_their_day_on(world):
    for days in (-1, 0, 1):
        CallBack.objects.create(
            customer=make_customer(),
            phone="0312345678",
            day=TODAY + timedelta(days=days),
            part="any",
            asked_at=noon(TODAY),
        )
    assert texts(world) == ["2 customers wait for a call today."]


def test_delays_of_the_last_week_are_listed_unless_staff_ended_them(world):
    for ago, more in ((1, {}), (2, {"ended_at": noon(TODAY)}), (9, {}), (None, {})):
        Exemption.objects.create(
            campaign=world,
            customer=make_customer(),
            reason="r",
            from_day=TODAY,
            until=TODAY + timedelta(days=20),
            asked_at=None if ago is None else noon(TODAY - timedelta(days=ago)),
            asked_why="" if ago is None else "help",
            **more,
        )
    assert texts(world) == ["1 customer asked for more time in the last 7 days."]


def test_whom_no_mail_reaches_who_came_back_and_that_the_date_is_missed_is_listed(world):
    make_holdout(world, relapsed=True)
    counts.count(world, today=TODAY)
    make_forecast(world, ends=(800, 1000, 1200), unreached=214, relapsed=1)
    assert texts(world) == [
        "No mail reaches 214 customers who still send the old way: write letters or call.",
        "1 customer had moved and sends the old way again.",
        "About 1,000 customers will be left at the cut-off on March 31, 2027: see what would change that.",
    ]


def test_who_came_back_is_counted_as_in_the_tables_not_as_when_the_forecast_was_made(world):
    make_holdout(world, relapsed=True)
    counts.count(world, today=TODAY)
    make_forecast(world, ends=(0, 0, 0), relapsed=7)
    assert texts(world) == ["1 customer had moved and sends the old way again."]


def test_a_date_that_was_moved_leaves_out_alone_what_hangs_on_it(world):
    make_holdout(world, relapsed=True)
    counts.count(world, today=TODAY)
    make_forecast(world, ends=(800, 1000, 1200), unreached=214, relapsed=1)
    world.cutoff_on += timedelta(days=30)
    world.save()
    assert texts(world) == [
        "No mail reaches 214 customers who still send the old way: write letters or call.",
        "1 customer had moved and sends the old way again.",
    ]


def test_a_date_that_may_be_made_is_no_task(world):
    make_forecast(world, ends=(0, 1, 3))
    assert texts(world) == []


def test_every_task_leads_to_a_page(world, client, django_user_model):
    make_mailing(world, period="2026-12", state=Mailing.State.PLANNED)
    guide = {"kind": "guide", "only_for": make_holdout(world), "state": "paused", "pause_cause": "text"}
    make_mailing(world, period="2026-11-24-093000-000000", **guide)
    write(world, asked_at=noon(TODAY))
    make_relay("192.0.2.1", TODAY, 30)
    make_forecast(world, ends=(800, 1000, 1200), unreached=2)
    make_holdout(world, relapsed=True)
    counts.count(world, today=TODAY)
    CallBack.objects.create(customer=make_customer(), phone="0312345678", day=TODAY, part="any", asked_at=noon(TODAY))
    client.force_login(django_user_model.objects.create_superuser("boss", password="a long test password"))
    found = listed(world)
    assert len(found) == 8
    for _text, url in found:
        assert client.get(url).status_code == 200, url
