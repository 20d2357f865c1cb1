"""The pages of texts in a real browser: fit for everybody, and the whole way from a draft to an approved text."""

import re

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from playwright.sync_api import expect
from sight import become, look, speak, unfit

from campaign.models import WavePlan
from notices import texts
from notices.models import StaffCopy, Suppression, TextVersion

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
EVERYTHING = ("write_text", "approve_text", "preview_mail", "approve_mailing", "run_mailing")
TEXT = "/staff/texts/pop_before_smtp/reminder/ja/"
WIDE, PHONE = 1280, 360


@pytest.fixture
def campaign(settings):
    settings.NOTICE_HTML = True
    campaign = make_campaign()
    made = make_holdout(campaign, make_customer("hanako@isp.example", name="髙橋 花子", client_program="thunderbird"))
    make_holdout(campaign, make_customer("a-very-long-login-of-somebody.else@branch-office.isp.example"))
    make_notice(make_mailing(campaign, state="planned"), made, state="waiting", language="ja")
    return campaign


@pytest.fixture
def logged_in(page):
    """Lets somebody use the browser; their permissions are all there are for texts."""

    def log_in(name: str):
        user = make_user(name, "campaign.view_customer", *(f"notices.{codename}" for codename in EVERYTHING))
        user.email = f"{name}@office.isp.example"
        user.save()
        become(page, user)
        return user

    return log_in


@pytest.fixture
def pages(campaign, logged_in) -> dict[str, str]:
    """Each page in the state in which it shows most."""
    user, other = logged_in("suzuki"), make_user("tanaka")
    ours = texts.ours("reminder", "ja")
    names = {"campaign_id": campaign.pk, "kind": "reminder", "language": "ja", "now": noon(TODAY)}
    texts.write(**names, subject=ours.subject, body=ours.body + "至急ご確認ください。①\n", after=0, user_id=user.pk)
    body = ours.body.replace("一度だけ", "どうか一度だけ").replace("いつもご利用いただき、ありがとうございます。\n", "")
    second = texts.write(
        **names, subject="みじかい", body=body, after=1, user_id=other.pk, remark="挨拶を" + "とても" * 30
    )
    version = TextVersion.objects.get(number=1)
    TextVersion.objects.filter(pk=version.pk).update(approved_at=noon(TODAY), approved_by=other, asked_at=noon(TODAY))
    StaffCopy.objects.create(
        campaign=campaign, kind="reminder", language="ja", version=second, sent_at=noon(TODAY), sent_by=user,
        recipient=user, address=user.email, message_id="copy.1@isp.example", outcome="accepted", reply="250 2.0.0 Ok",
    )  # fmt: skip
    campaign.mailings.update(text_ja=version)  # with warnings to tick, and a newer version that is approved
    TextVersion.objects.filter(pk=second.pk).update(approved_at=noon(TODAY))
    mailing = campaign.mailings.get().pk
    return {
        "texts": "/staff/texts/",
        "text": TEXT,
        "old version": f"{TEXT}?version=0",
        "edit": f"{TEXT}edit/",
        "compare": f"{TEXT}compare/",
        "compare with ours": f"{TEXT}compare/?old=0&new=1",
        **{
            f"preview as {view}": f"{TEXT}2/preview/?view={view}"
            for view in ("text", "html", "old", "phone", "headers")
        },
        "mailing to approve": f"/staff/mailings/{mailing}/",
        "preview of a mailing": f"/staff/mailings/{mailing}/preview/",
        "preview without a name": f"{TEXT}2/preview/?without=name",
        "nobody found": f"{TEXT}2/preview/?who=nobody",
    }


# Every two of size, scheme and language meet in one of the four.
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (WIDE, "dark", "ja"), (PHONE, "light", "ja"), (PHONE, "dark", "en")],
    ids=["1280-light-en", "1280-dark-ja", "360-light-ja", "360-dark-en"],
)
def test_every_page_of_texts_is_fit_for_everybody(page, pages, width, scheme, language):
    look(page, width, scheme, height=740)
    speak(page, language)
    for name, address in pages.items():
        assert page.goto(address).status == 200
        assert unfit(page) == [], name


def test_a_text_goes_all_the_way_by_keyboard(page, campaign, logged_in):
    logged_in("suzuki")
    page.goto(f"{TEXT}edit/")
    page.get_by_label("Text", exact=True).fill(texts.ours("reminder", "ja").body + "{{ nmae }}")
    page.get_by_role("button", name="Check only").press("Enter")
    page.get_by_role("button", name="Replace by").wait_for()
    page.wait_for_load_state()  # the words that it sends stand below it
    page.get_by_role("button", name="Replace by").press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(r"\{\{ name \}\}\s*$"))
    page.get_by_label("What you changed").fill("shorter")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved as version 1, a draft.").wait_for()
    page.get_by_role("button", name="Ask for approval").press("Enter")
    page.get_by_role("status").get_by_text("Approval is asked for").wait_for()
    expect(page.get_by_role("button", name="Approve this text")).to_have_count(0)
    logged_in("tanaka")
    page.goto(TEXT)
    page.get_by_role("button", name="Approve this text").press("Enter")
    page.get_by_role("status").get_by_text("The text is approved").wait_for()
    assert texts.current(campaign, "reminder", "ja").number == 1


def test_the_html_of_a_mail_is_shown_and_cannot_act(page, pages):
    page.goto(pages["preview as html"])
    frame = page.frame_locator("iframe.mail")
    frame.get_by_text("髙橋 花子").wait_for()
    assert page.locator("iframe.mail").get_attribute("sandbox") == ""


@pytest.mark.parametrize(
    "path", ["/staff/texts/", "/staff/mailings/", "/staff/plan/", "/staff/unreachable/", "/staff/waves/"]
)
def test_on_a_phone_no_column_of_a_list_is_off_the_screen(page, pages, campaign, path):
    made = campaign.holdouts.get(customer__login="hanako@isp.example").customer
    Suppression.objects.create(customer=made, address=made.login, since=noon(TODAY), text="550 5.1.1 no such user")
    WavePlan.objects.create(campaign=campaign, waves=2, first_day=TODAY, days_between=7, seed=1, decided_at=noon(TODAY))
    look(page, PHONE, height=740)
    page.goto(path)
    cells = page.locator("table.stacked td:visible")
    assert cells.count() > 1
    for cell in cells.all():
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE
        assert cell.evaluate("each => getComputedStyle(each, '::before').content") not in ("none", '""')
    wide = page.locator(".scroll:has(.stacked)").evaluate_all(
        "all => all.map(each => each.scrollWidth - each.clientWidth)"
    )
    assert wide and max(wide) <= 0


def test_what_the_search_of_the_header_is_for_can_be_read_in_japanese(page, pages):
    look(page, WIDE)
    speak(page, "ja")
    page.goto("/staff/texts/")
    room, words = page.locator("#find").evaluate(
        """field => {
            const style = getComputedStyle(field), shown = getComputedStyle(field, "::placeholder");
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = `${shown.fontSize} ${shown.fontFamily}`;
            const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            return [room, pen.measureText(field.placeholder).width];
        }"""
    )
    assert words <= room
    assert page.locator(".top").bounding_box()["height"] < 80
