"""The HTML part in a real browser: accessible in light and dark, narrow, and it loads nothing."""

from email import message_from_bytes, policy

import pytest
from builders import make_customer
from rounds import at, composed, plan
from sight import unreadable

from notices.models import Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")  # the rest is for pages of a site


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_nothing_scrolls_sideways_and_nothing_is_loaded(browser, settings, language):
    settings.NOTICE_HTML = True
    settings.PUBLIC_URL = "https://a-rather-long-name-of-a-host.for-the-campaign.isp.example"
    plan(customers=[make_customer(name="佐藤 花子", language=language, client_program="outlook")])
    letter = composed(Notice.objects.get(), now=at(10))
    html = message_from_bytes(letter.content, policy=policy.default).get_body(("html",)).get_content()
    findings, asked = [], []
    for width, scheme in ((320, "light"), (320, "dark"), (360, "light"), (600, "light"), (1280, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(html)
        findings += unreadable(page, rules=RULES)
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)")
        assert size >= 16
        lines = page.evaluate("[...document.querySelectorAll('.number')].map(each => each.getClientRects().length)")
        assert lines and set(lines) == {1}, "a number is read on one line"
        page.close()
    assert findings == []
    assert asked == []
