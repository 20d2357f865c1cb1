"""The lists of calls and delays in a real browser, wide and narrow, light and dark."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from sight import become, look, speak, unfit

from campaign.models import CallBack, Exemption

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
MAY = ("campaign.view_customer", "campaign.answer_callback", "campaign.add_exemption")


@pytest.fixture
def shown(page):
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
    become(page, user)
    return ["/staff/calls/", "/staff/delays/", f"/staff/customers/{customer.pk}/"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lists_are_fit_for_everybody(page, shown, language):
    speak(page, language)
    for address in shown:
        for width, scheme in ((1280, "light"), (360, "dark")):
            look(page, width, scheme)
            assert page.goto(address).status == 200
            assert unfit(page) == []
