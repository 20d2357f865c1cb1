from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, noon
from desk import make_mailing, make_notice
from django.utils import translation
from django.utils.formats import date_format

from campaign.dashboard import pulse
from campaign.models import Desk
from notices import allowance, mailings
from notices.models import Mailing, SendingDay

pytestmark = pytest.mark.django_db
THURSDAY = "Nov. 26, 2026"


def mailing_with(waiting: int, *, state: str = "sending", **given) -> Mailing:
    mailing = make_mailing(make_campaign(), state=state, **{"expires_on": TODAY + timedelta(days=20)} | given)
    for _ in range(waiting):
        make_notice(mailing, state="waiting")
    return mailing


def pulse_of(staff, mailing: Mailing) -> str:
    response = staff.get(f"/staff/mailings/{mailing.pk}/pulse/")
    assert response.status_code == 200
    return response.content.decode()


def parts_of(text: str) -> list[str]:
    return sorted(part.partition('"')[0] for part in text.split('data-live="')[1:])


@pytest.mark.parametrize("state", Mailing.State.values)
def test_the_parts_are_those_of_the_page_in_every_state(staff, state):
    """Otherwise the page would load itself anew again and again."""
    mailing = mailing_with(1, state=state, pause_reason="<b>", paused_at=noon(TODAY))
    page = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert parts_of(pulse_of(staff, mailing)) == parts_of(page)
    assert f'data-live-from="/staff/mailings/{mailing.pk}/pulse/"' in page


def test_the_end_of_the_hold_changes_the_parts_and_so_the_page(staff):
    mailing = mailing_with(1, hold_until=noon(TODAY) + timedelta(seconds=1))
    held = parts_of(pulse_of(staff, mailing))
    Mailing.objects.update(hold_until=noon(TODAY))
    assert held != parts_of(pulse_of(staff, mailing))


def test_the_parts_need_a_login(client):
    mailing = mailing_with(1)
    assert client.get(f"/staff/mailings/{mailing.pk}/pulse/").status_code == 302


def test_pace_estimate_and_contacts_are_told(staff):
    Desk.objects.create(from_day=TODAY, seats=2, contacts_per_seat=1, changed_at=noon(TODAY))
    mailing = mailing_with(100)
    for _ in range(10):
        make_notice(mailing, accepted_at=noon(TODAY) - timedelta(minutes=1))
    SendingDay.objects.create(day=TODAY, taken=10)
    text = pulse_of(staff, mailing)
    assert "2.0 notices a minute in the last 5 minutes." in text
    assert "what goes out today is out at about 12:15" in text  # 30 more, of the 40 for which there is room
    assert f"The last of the 100 notices that wait goes out on {THURSDAY}." in text
    assert "Today at most 40 notices go out, so that the help desk can follow; 10 have." in text
    assert (
        "about 1 customer gets in touch (likely 0 to 3)." in text and "The help desk takes 2 contacts that day." in text
    )
    assert "Reckoned with 5.0 contacts per hundred notices" in text


def test_the_end_of_a_day_is_told_no_earlier_than_the_last_slot(staff):
    mailing = mailing_with(3)
    make_notice(mailing, state="waiting", send_after=noon(TODAY) + timedelta(hours=2))
    for _ in range(10):
        make_notice(mailing, accepted_at=noon(TODAY) - timedelta(minutes=1))
    text = pulse_of(staff, mailing)
    assert "2.0 notices a minute" in text and "At this pace" not in text
    assert "The notices of today are spread over the day: the last is due at 14:00." in text


@pytest.mark.parametrize(("state", "told"), [("planned", True), ("sending", False)])
def test_who_approves_is_told_whom_the_next_reminder_leaves_out(staff, state, told):
    mailing = mailing_with(3, state=state, kind="extra", period="2026-11-24-120000-000000", daily_cap=1)
    page = staff.get(f"/staff/mailings/{mailing.pk}/").content.decode()
    assert ("the reminder of Dec. 1, 2026 leaves out up to 2 of these customers" in page) == told


@pytest.mark.parametrize("state", ["planned", "approved"])
def test_before_the_start_the_page_says_how_it_would_go(staff, state):
    text = pulse_of(staff, mailing_with(7, state=state, daily_cap=3))
    assert f"If it goes out from now on, the last of its 7 notices go out on {THURSDAY}." in text
    assert "On the busiest day" in text and "notices a minute" not in text


def test_what_does_not_fit_before_the_last_day_is_a_warning(staff):
    text = pulse_of(staff, mailing_with(7, daily_cap=3, expires_on=TODAY + timedelta(days=1)))
    day = date_format(TODAY + timedelta(days=1), "DATE_FORMAT")
    assert f"1 notice would not go out before the mailing&#39;s last day, {day}" in text


@pytest.mark.parametrize("state", sorted(Mailing.ENDED))
def test_what_has_ended_has_no_days_to_come(staff, state):
    assert "Nothing of this mailing is left to send." in pulse_of(staff, mailing_with(3, state=state))


def test_other_mailings_of_the_same_days_are_named(staff):
    mailing = mailing_with(3)
    other = make_mailing(mailing.campaign, period="2026-10", state="sending")
    for _ in range(2):
        make_notice(other, make_holdout(mailing.campaign), state="waiting")
    assert "2 notices of other mailings share these days." in pulse_of(staff, mailing)


def test_what_goes_wrong_is_grouped_with_an_example_and_escaped(staff):
    mailing = mailing_with(0)
    for name in ("a", "b"):
        make_notice(mailing, state="refused", reply=f"550 5.1.1 <{name}@isp.example> <script>alert(1)</script>")
    text = pulse_of(staff, mailing)
    assert "550 5.1.1 &lt;…@…&gt; &lt;script&gt;" in text and "<script>" not in text
    assert "for example: 550 5.1.1 &lt;a@isp.example&gt;" in text


def test_our_own_words_in_the_ledger_are_in_the_readers_language(staff):
    mailing = mailing_with(0)
    make_notice(mailing, state="refused", reply="not sent: there is no mail address")
    staff.cookies["django_language"] = "ja"
    assert "メールアドレスがありません" in pulse_of(staff, mailing)


def test_who_listens_to_the_page_is_told_little():
    mailing = mailing_with(0)

    def told(accepted: int, waiting: int) -> str:
        counts = dict.fromkeys(mailings.Report.__dataclass_fields__, 0)
        report = mailings.Report(**counts | {"planned": accepted + waiting, "accepted": accepted, "waiting": waiting})
        return pulse.said(mailing, report, now=noon(TODAY))

    assert len({told(done, 1000 - done) for done in range(1000)}) == 10
    assert told(399, 601) == "Being sent: 30 percent are done."


@pytest.mark.parametrize(("took", "milliseconds"), [(0.01, 3000), (0.4, 8_000), (30, 60_000)])
def test_a_mailing_that_is_slow_to_count_is_looked_at_less_often(took, milliseconds):
    assert pulse.every(took) == milliseconds


def test_the_parts_take_as_many_queries_for_many_notices_as_for_one(staff, django_assert_max_num_queries):
    mailing = mailing_with(30)
    for number in range(20):
        make_notice(mailing, state="refused", reply=f"55{number % 3} no")
    allowance.of_day(TODAY)  # as it is from the day's first notice on
    with django_assert_max_num_queries(25):
        pulse_of(staff, mailing)


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (0, "Sending starts by itself in a moment."),
        (8, "starts by itself on the next working day between 9:00 and 17:00"),
    ],
)
def test_what_is_approved_in_the_hours_starts_in_a_moment(hours, says):
    mailing = mailing_with(1, state="approved", started_at=None)
    report = mailings.report(mailing_id=mailing.pk)
    with translation.override("en"):
        assert says in pulse.what_happens_next(
            mailing, report, allowance.foresee(TODAY), now=noon(TODAY) + timedelta(hours=hours)
        )


@pytest.mark.parametrize(
    ("due", "taken", "says"),
    [
        (timedelta(hours=-1), 0, "Notices go out on working days between 9:00 and 17:00."),
        (timedelta(hours=1, minutes=5), 0, "The next ones are due at 13:05: its notices are spread over the day."),
        (timedelta(hours=21), 0, "The next ones are due on Nov. 25, 2026 from 9:00 on"),
        (timedelta(hours=-1), 500, "Today's limit of 500 notices is reached. The next ones go out on Nov. 25, 2026."),
    ],
)
def test_where_nothing_goes_out_at_this_moment_the_page_says_why_and_when_the_next_ones_do(due, taken, says):
    mailing = make_mailing(make_campaign())
    make_notice(mailing, state="waiting", send_after=noon(TODAY) + due)
    SendingDay.objects.create(day=TODAY, taken=taken)
    with translation.override("en"):
        report = mailings.report(mailing_id=mailing.pk)
        assert says in pulse.what_happens_next(mailing, report, allowance.foresee(TODAY), now=noon(TODAY))
