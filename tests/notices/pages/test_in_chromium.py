"""The public pages in a real browser: accessible, narrow, dark, without script; and the live look."""

from datetime import timedelta
from itertools import product
from urllib.parse import urlsplit

import pytest
from builders import TODAY, make_use, noon
from django.utils import timezone
from playwright.sync_api import expect
from sight import COLOURS, look, small, stop_clock, unfit

from campaign.models import AttributedDay, Standing
from notices import links, mutes
from notices.models import Mute, Notice, Visit

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

OTHERS = ("setup/",)
RULES = {"light": (), "dark": COLOURS}
STANDINGS = ("mixed", "moving", "silent")  # one of each colour


@pytest.fixture
def paths(make_notice, path_of):
    """Every public page of one language, the personal page in each of its colours, and how reminders are stopped."""
    notices = []
    for number, standing in enumerate(STANDINGS, 482913050):
        auth = noon(TODAY) if standing == "moving" else None
        reason = "auth_failed" if standing == "mixed" else ""
        notices.append(
            make_notice(
                number=str(number),
                login=f"c{number}@isp.example",
                standing=standing,
                reason=reason,
                last_auth_on=auth and TODAY,
                last_auth_at=auth,
            )
        )

    mutes.mute(holdout_id=notices[1].holdout_id, by=Mute.By.PAGE, now=noon(TODAY))

    def of(language):
        personal = [path_of(notice, language) for notice in notices]
        personal += [urlsplit(links.stop_url(notice)).path.replace("/ja/", f"/{language}/") for notice in notices[:2]]
        return [f"/{language}/{rest}" for rest in ("", *OTHERS, "p/unknown/", "nothing/")] + personal

    return of


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, paths, language):
    findings = []
    for path in paths(language):
        page.goto(path)
        for width, scheme in product((320, 1280), ("light", "dark")):
            look(page, width, scheme)
            findings += unfit(page, rules=RULES[scheme])
    assert not findings


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_can_be_pressed_is_large_enough(page, paths, language):
    look(page, 360)
    found = []
    for path in paths(language):
        page.goto(path)
        # One of several is pressed by its words, too.
        pressed = "button:visible, a.button:visible, .choices a, .languages a, input:visible:not(label input), .one"
        found += small(page.locator(pressed))
    assert not found


def test_the_whole_way_works_by_keyboard_and_without_script(open_tab, make_notice, path_of):
    notice = make_notice(old="outlook")
    Notice.objects.update(state="accepted", claimed_at=noon(TODAY), accepted_at=noon(TODAY))
    page = open_tab(java_script_enabled=False)
    page.goto("/en/")
    page.get_by_role("textbox", name="Announcement number").focus()
    page.keyboard.type("482-913-057")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/guide/outlook/")
    assert not Visit.objects.exists()

    page.goto(path_of(notice))
    page.get_by_role("button", name="See the steps for Outlook for Windows").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/guide/outlook/")
    assert Visit.objects.get().notice == notice


def test_the_page_sees_by_itself_that_a_mail_went_the_new_way(page, make_notice, path_of):
    notice = make_notice(old="iphone")
    stop_clock(page)
    page.goto(path_of(notice))
    page.get_by_role("heading", name="Your mail still goes the old way.").wait_for()
    assert page.get_by_role("status").inner_text() == ""

    now = timezone.now()
    make_use(notice.holdout.customer, "smtp_auth", timezone.localdate(now), last_at=now, client_program="iphone")
    notice.holdout.standing = Standing.MIXED
    notice.holdout.save()
    page.clock.run_for(11_000)
    page.get_by_role("heading", name="Your last mail went the new way.").wait_for()
    page.clock.run_for(1_000)
    page.get_by_role("status").get_by_text(
        "Something has changed: please read the first lines of this page."
    ).wait_for()


def test_after_three_minutes_the_page_looks_no_more(page, make_notice, path_of):
    looks = []
    page.on("request", lambda request: looks.append(request.url) if request.resource_type == "fetch" else None)
    stop_clock(page)
    page.goto(path_of(make_notice()))
    for number in range(1, 19):
        # That its last line is newer shows that it has dealt with the answer.
        read = {"attributed_at": noon(TODAY) + timedelta(minutes=number)}
        AttributedDay.objects.update_or_create(day=TODAY, defaults=read)
        page.clock.run_for(10_000)
        expect(page.locator("#as-of")).to_contain_text(f"12:{number:02}")
    assert len(looks) == 18
    page.clock.run_for(60_000)
    assert len(looks) == 18


def test_on_paper_there_is_room_for_the_old_values_and_nothing_to_press(page):
    page.goto("/en/guide/iphone/")
    page.emulate_media(media="print")
    assert page.get_by_text("My values until now").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
