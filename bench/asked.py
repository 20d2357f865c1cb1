"""What the benches ask of the pages, by the name of the row; where a customer is needed, another one each time."""

import random
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import provider
from agents import Pages

FILTERS = {
    "list: all": "",
    "list: last page": "?page=200",
    "list: still the old way": "?standing=left",
    "list: silent": "?standing=silent",
    "list: program": "?program=becky",
    "list: reason": "?reason=auth_failed",
    "list: brand": "?brand=minato",
    "list: wave": "?wave=2&standing=left",
    "list: whom no mail reaches": "?undelivered=yes",
    "list: three filters, page 5": "?standing=left&program=outlook&reason=never_tried&page=5",
    "list: filters that find few": "?standing=mixed&program=android&reason=auth_failed",
}

NARROWED = {
    "dashboard": "",
    "dashboard: program": "?program=becky",
    "dashboard: wave and brand": "?wave=2&brand=minato",
    "dashboard: standing, reason, program": "?standing=left&reason=never_tried&program=outlook",
    "dashboard: range": "?range=198.18.3.0/24",
}


def pages(rng: random.Random) -> Pages:
    """Those of the people at work."""
    from django.urls import reverse

    listed, someone = reverse("customers"), customers(rng)
    return (
        {name: lambda query=query: reverse("progress") + query for name, query in NARROWED.items()}
        | {name: lambda query=query: listed + query for name, query in FILTERS.items()}
        | searches(rng)
        | mailings()
        | {"customer": lambda: reverse("customer", kwargs={"pk": someone()})}
    )


def more_pages(rng: random.Random) -> Pages:
    """Pages that have no target here."""
    from django.urls import reverse

    from notices import links
    from notices.models import Notice

    notices = list(Notice.objects.order_by("pk")[:5000])
    return {
        "help desk": lambda: reverse("desk"),
        "waves and rounds": lambda: reverse("waves"),
        "whom no mail reaches": lambda: reverse("unreachable"),
        "plan of a kind": lambda: reverse("plan_kind", kwargs={"campaign": "pop_before_smtp", "kind": "reminder"}),
        "personal page": lambda: f"/ja/p/{links.token_of(rng.choice(notices))}/",
        "guide": lambda: "/ja/guide/thunderbird/",
    }


def mailings() -> Pages:
    """The last one is going out."""
    from django.urls import reverse

    from notices.models import Mailing

    going_out, ended = Mailing.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    return {
        "mailing: all of them": lambda: reverse("mailings"),
        "mailing: ended": lambda: reverse("mailing", kwargs={"pk": ended}),
        "mailing: ended, what went wrong": lambda: reverse("mailing", kwargs={"pk": ended}) + "?page=50",
        "mailing: going out": lambda: reverse("mailing", kwargs={"pk": going_out}),
        "mailing: going out, what moves": lambda: reverse("mailing_pulse", kwargs={"pk": going_out}),
    }


def customers(rng: random.Random) -> Callable[[], int]:
    from campaign.models import Holdout

    number = Holdout.objects.count()
    return lambda: rng.randrange(1, number + 1)


def logins(rng: random.Random) -> Callable[[], str]:
    """The beginnings of logins that are one customer's."""
    someone = customers(rng)
    return lambda: provider.login_of(someone()).partition("@")[0]


def searches(rng: random.Random) -> Pages:
    from django.urls import reverse

    from notices.models import Notice

    someone, last = customers(rng), Notice.objects.order_by("-pk").values_list("pk", flat=True)[0]
    words = {
        "search: login": logins(rng),
        "search: address": lambda: provider.second_address_of(someone() // 3 * 3 + 1),
        "search: name": lambda: provider.name_of(someone()),
        "search: family name": lambda: provider.name_of(someone()).split()[0],
        "search: given name": lambda: provider.name_of(someone()).split()[1],
        "search: contract": lambda: provider.contract_of(someone()),
        "search: announcement number": lambda: Notice.objects.get(pk=rng.randrange(1, last + 1)).number,
        "search: address in the logs": lambda: provider.client_address_of(someone()),
        "search: range in the logs": lambda: f"{provider.client_address_of(someone()).rpartition('.')[0]}.0/24",
        "search: one letter": lambda: rng.choice("abhkmst"),
        "search: nobody": lambda: f"nobody{rng.random()}",
    }
    return {
        name: lambda word=word: f"{reverse('customers')}?{urlencode({'q': word()})}" for name, word in words.items()
    }


def searched(campaign, words: str, today: date) -> list:
    """As the page does it, in this process."""
    from django.test import RequestFactory

    from campaign.dashboard import customers as listing

    filters = listing.filters_in(RequestFactory().get("/", {"q": words}).GET, campaign)
    found = listing.find(campaign, filters, today=today)
    return listing.rows(campaign, filters, found, slice(0, 50), today=today)
