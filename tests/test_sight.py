"""The tests with a real browser wait for what they read, and see what is in somebody's way."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sight import look, stop_clock, unfit

TESTS = Path(__file__).parent
LEADS_AWAY = {"click", "dblclick"}  # and Enter, that is pressed
AT_ONCE = {
    "all", "all_inner_texts", "bounding_box", "content", "count", "evaluate", "goto", "input_value", "is_visible",
    "refresh_from_db", "url",
}  # fmt: skip


def leads_away(statement: ast.stmt) -> bool:
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    named = [(node.func.attr, node.args) for node in calls if isinstance(node.func, ast.Attribute)]
    enter = [words for name, words in named if name == "press" and isinstance(words[0], ast.Constant)]
    return any(name in LEADS_AWAY for name, _words in named) or any(words[0].value == "Enter" for words in enter)


def reads_at_once(statement: ast.stmt) -> bool:
    names = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
    return bool(names & AT_ONCE) and not any(name.startswith("wait_for") for name in names)


def hasty(source: str) -> Iterator[int]:
    """The lines that read a page right after something that may lead to another."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", [])
        for before, after in pairwise(body if isinstance(body, list) else []):
            simple = isinstance(before, ast.Expr) and not isinstance(after, ast.With)
            if simple and leads_away(before) and reads_at_once(after):
                yield after.lineno


def test_what_is_hasty_is_known():
    assert list(hasty('page.get_by_role("button").click()\nassert page.locator("h1").count() == 1')) == [2]
    assert list(hasty('page.keyboard.press("Enter")\npage.goto("/")')) == [2]
    assert list(hasty('page.keyboard.press("Tab")\npage.goto("/")')) == []
    assert list(hasty('page.click("a")\npage.wait_for_url("/x/")\nassert page.url')) == []


def test_after_a_click_nothing_is_read_before_it_is_there():
    found = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        if ".goto(" in (source := path.read_text()) and path != Path(__file__)
        for line in hasty(source)
    ]
    assert not found


@pytest.mark.daemons
@pytest.mark.django_db(transaction=True)
def test_what_is_in_somebodys_way_is_seen(page):
    page.goto("/en/")
    look(page, 320)
    assert unfit(page) == []
    page.evaluate(
        """const card = document.createElement('div')
        card.className = 'scroll'
        card.ariaLabel = 'Rounds'
        card.style.cssText = 'overflow-x: auto; width: 100px'
        const rows = document.createElement('div')
        rows.textContent = '1'
        rows.style.width = '200px'
        card.append(rows)
        document.querySelector('main').append(card)"""
    )
    assert [found for found in unfit(page) if "“Rounds” is wider than its card" in found]
    page.evaluate("document.querySelector('main .scroll[aria-label=Rounds]').remove()")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate("document.querySelector('main').style.width = '1000px'")
    unnamed, wide = unfit(page)
    assert "button-name" in unnamed and "320 pixels, light): needs" in wide


@pytest.mark.daemons
@pytest.mark.django_db(transaction=True)
def test_a_stopped_clock_goes_by_the_test_alone(page):
    stop_clock(page)
    for _ in range(2):  # on every page
        page.goto("/en/")
        page.evaluate("setTimeout(() => document.body.classList.add('later'), 5000); window.began = Date.now()")
        page.evaluate("fetch('/en/').then(answer => answer.text())")  # takes its time
        assert page.evaluate("Date.now() - began") == 0
        page.clock.run_for(5000)
        assert page.evaluate("document.body.classList.contains('later')")
