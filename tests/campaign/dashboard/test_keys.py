"""Single keys in a real browser: they help, and are never in the way."""

import pytest
from builders import make_user
from desk import make_world
from playwright.sync_api import expect
from sight import become, speak, stop_clock

from campaign import roles
from campaign.models import Customer
from campaign.roles import Role

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent(page):
    """Somebody of the help desk, at the list of customers."""
    make_world()
    user = make_user("suzuki")
    roles.assign(user, Role.SUPPORT)
    become(page, user)
    speak(page, "en")
    stop_clock(page)  # of two keys that belong together the second must come soon
    page.goto("/staff/customers/")
    return page


def focused(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def test_a_slash_goes_to_the_search_and_writes_nothing(agent):
    agent.keyboard.press("/")
    assert focused(agent) == "find"
    assert agent.locator("#find").input_value() == ""


def test_in_a_field_a_letter_is_a_letter(agent):
    agent.locator("#find").focus()
    agent.keyboard.type("gc/?n")
    assert agent.locator("#find").input_value() == "gc/?n"
    assert not agent.locator("#keys").is_visible()


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_with_a_modifier_nothing_happens(agent, held):
    agent.keyboard.press(f"{held}+/")
    assert focused(agent) != "find"


def test_a_question_mark_shows_the_keys_and_escape_leads_back(agent):
    link = agent.get_by_role("link", name="person0@isp.example")
    link.focus()
    agent.keyboard.press("?")
    dialog = agent.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    agent.keyboard.press("/")  # in the dialog the other keys rest
    assert dialog.is_visible()
    agent.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focused(agent) == "person0@isp.example"


def test_the_dialog_closes_by_its_button_and_the_focus_stays_inside_until_then(agent):
    agent.keyboard.press("?")
    assert focused(agent) == "Close"
    for _ in range(30):
        agent.keyboard.press("Tab")
        assert agent.evaluate("document.activeElement === document.body || keys.contains(document.activeElement)")
    agent.get_by_role("button", name="Close").click()
    agent.get_by_role("dialog", name="Keys").wait_for(state="hidden")


def test_two_keys_go_to_a_page(agent):
    agent.keyboard.press("g")
    agent.keyboard.press("d")
    agent.wait_for_url("**/staff/")


def test_the_second_key_alone_goes_nowhere(agent):
    agent.keyboard.press("d")
    agent.keyboard.press("g")
    agent.clock.run_for(2000)
    agent.keyboard.press("d")
    assert agent.url.endswith("/staff/customers/")


def test_n_and_p_walk_through_the_list_and_stop_at_its_ends(agent):
    names = agent.locator("table.list tbody th a").all_inner_texts()
    for key, place in (("p", 0), ("n", 1), ("n", 2), ("p", 1), ("p", 0), ("p", 0)):
        agent.keyboard.press(key)
        assert focused(agent) == names[place]
    agent.keyboard.press("Enter")
    agent.wait_for_url("**/staff/customers/*/")


def test_on_a_customers_page_a_key_reaches_the_contact_and_another_the_script(agent):
    agent.goto(f"/staff/customers/{Customer.objects.order_by('pk').first().pk}/")
    agent.keyboard.press("c")
    assert agent.evaluate("document.activeElement.name") == "channel"
    agent.keyboard.press("s")
    agent.wait_for_url("**/script/**")


def test_turned_off_they_stay_off(agent):
    agent.keyboard.press("?")
    agent.get_by_role("button", name="Turn the keys off").click()
    expect(agent.locator("#keys")).to_have_count(0)
    agent.goto("/staff/customers/")
    agent.keyboard.press("/")
    assert focused(agent) != "find"
    agent.keyboard.press("?")
    assert agent.locator("#keys").count() == 0


def test_the_choice_of_dark_works_without_a_script(agent):
    agent.emulate_media(color_scheme="light")
    before = agent.evaluate("getComputedStyle(document.body).backgroundColor")
    agent.locator(".mine summary").click()
    agent.get_by_role("button", name="dark", exact=True).click()
    expect(agent.locator("button[name=display][value=dark]")).to_have_attribute("aria-current", "true")
    agent.wait_for_load_state()
    assert agent.evaluate("getComputedStyle(document.body).backgroundColor") != before
    agent.emulate_media(media="print")
    assert agent.evaluate("getComputedStyle(document.body).backgroundColor") == before
