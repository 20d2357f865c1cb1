"""The audit in Chromium: in both languages, wide and narrow, by day and by night."""

import pytest
from builders import TODAY, make_customer, make_user, noon
from sight import become, look, speak, unfit

from campaign import audit, roles
from campaign.audit import Act, Actor, Thing
from campaign.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(page) -> dict[str, str]:
    user, customer = make_user("suzuki"), make_customer("a-very-long-login-of-somebody.else@branch-office.isp.example")
    roles.assign(user, Role.ADMINISTRATOR)
    by, shell = Actor(user.pk, "suzuki", "2001:db8:1:2::/64"), Actor(None, "root (shell)")
    audit.note(by, Act.SEEN, audit.thing(customer), now=noon(TODAY))
    audit.note(by, Act.EXPORTED, Thing("unreachable"), now=noon(TODAY), after={"rows": 7, "filter": {"reason": "x"}})
    moved = {"before": {"cutoff_on": "2027-03-31"}, "after": {"cutoff_on": "2027-04-30"}}
    audit.note(shell, Act.CHANGED, Thing("campaign", "1", "pop"), now=noon(TODAY), reason="z" * 300, **moved)
    become(page, user)
    return {
        "audit": "/staff/audit/",
        "nothing found": "/staff/audit/?act=paused&day=2020-01-01",
        "customer": f"/staff/customers/{customer.pk}/",
    }


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1280, "dark", "ja"), (1280, "light", "en"), (360, "light", "ja"), (360, "dark", "en")],
)
def test_the_pages_are_fit_for_everybody(page, pages, width, scheme, language):
    look(page, width, scheme)
    speak(page, language)
    for name, address in pages.items():
        assert page.goto(address).status == 200
        assert unfit(page) == [], name
