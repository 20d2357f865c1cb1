"""The lists of calls and delays in a real browser, wide and narrow, light and dark."""

import json
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from django.conf import settings

from campaign.models import CallBack, Exemption

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
MAY = ("campaign.view_customer", "campaign.answer_callback", "campaign.add_exemption")


@pytest.fixture
def shown(page, client, live_server):
    campaign, user = make_campaign(), make_user("suzuki", *MAY)
    for number in range(3):
        name = "佐藤 花子" if number else ""
        customer = make_customer(f"a.rather.long.login.of.a.customer{number}@mail.isp.example", name=name)
        make_holdout(campaign, customer)
        values = {"campaign": campaign, "customer": customer, "from_day": TODAY, "asked_at": noon(TODAY)}
        ended = {"ended_at": noon(TODAY), "ended_by": user} if number == 2 else {}
        until = TODAY + timedelta(days=9 - 10 * number)
        Exemption.objects.create(until=until, asked_why="device", **values, **ended)
        CallBack.objects.create(
            customer=customer,
            phone="09012345678",
            day=TODAY + timedelta(days=number - 1),
            part="morning",
            asked_at=noon(TODAY),
        )
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return ["/staff/calls/", "/staff/delays/", f"/staff/customers/{customer.pk}/"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lists_are_fit_for_everybody(page, shown, live_server, language):
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for address in shown:
        for width, scheme in ((1280, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert page.goto(address).status == 200
            found = Axe().run(page).response["violations"]
            assert not found, json.dumps(found, ensure_ascii=False)[:2000]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
