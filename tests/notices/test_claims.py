"""A claim knows all that a mail needs, and says the same as the plain look at the same rows."""

from datetime import date, timedelta

import pytest
from builders import make_customer, make_use
from rounds import AFTERNOON, DAY, sending

from campaign.models import Exemption, Holdout
from notices import cases, ledger, selection
from notices.compose import with_all_it_needs
from notices.models import Mute, Notice, Suppression

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def exempt(holdout: Holdout, *, begin: date, end: date) -> None:
    given = {"campaign": holdout.campaign, "customer": holdout.customer, "reason": "ill"}
    Exemption.objects.create(**given, from_day=begin, until=end)


def suppress(holdout: Holdout, address: str, *, ended: bool = False) -> None:
    given = {"customer": holdout.customer, "address": address, "since": AFTERNOON - A_DAY}
    Suppression.objects.create(**given, ended_at=AFTERNOON if ended else None)


def used(holdout: Holdout, *, confirmed: int, day: date, way: str = "pop_before_smtp") -> None:
    make_use(holdout.customer, way, day, submissions=3, confirmed=confirmed)


PASTS = {
    "nothing": lambda holdout: None,
    "exempt today": lambda holdout: exempt(holdout, begin=DAY, end=DAY),
    "exempt until yesterday": lambda holdout: exempt(holdout, begin=DAY - 9 * A_DAY, end=DAY - A_DAY),
    "exempt from tomorrow": lambda holdout: exempt(holdout, begin=DAY + A_DAY, end=DAY + 9 * A_DAY),
    "muted": lambda holdout: Mute.objects.create(holdout=holdout, at=AFTERNOON),
    "no mail reaches the login": lambda holdout: suppress(holdout, holdout.customer.login),
    "mail reaches the login again": lambda holdout: suppress(holdout, holdout.customer.login, ended=True),
    "no mail reaches an address from before": lambda holdout: suppress(holdout, "old@isp.example"),
    "no mail reaches the contact address": lambda holdout: suppress(holdout, "hanako@keitai.example"),
    "certain": lambda holdout: used(holdout, confirmed=1, day=holdout.last_legacy_on),
    "not certain": lambda holdout: used(holdout, confirmed=0, day=holdout.last_legacy_on),
    "certain on another day": lambda holdout: used(holdout, confirmed=1, day=holdout.last_legacy_on - A_DAY),
    "the new way": lambda holdout: used(holdout, confirmed=1, day=holdout.last_legacy_on, way="smtp_auth"),
}


def test_a_claim_says_what_the_plain_look_says():
    customers = [
        make_customer(name=past, language="en" if "exempt" in past else "ja", contact_address=contact)
        for past in PASTS
        for contact in ("", "Hanako@Keitai.example")
    ]
    mailing = sending(customers=customers)
    Notice.objects.filter(holdout__customer__name="nothing").update(utf8_instead=True)
    for holdout in Holdout.objects.select_related("campaign", "customer"):
        PASTS[holdout.customer.name](holdout)
    Holdout.objects.filter(customer__name="muted").update(
        last_auth_on=DAY - A_DAY, standing="mixed", reason="forwarder"
    )
    Notice.objects.update(state="waiting")  # also where planning looked at what was so yesterday
    claimed = ledger.claim(mailing_id=mailing.pk, limit=100, now=AFTERNOON)
    plain = with_all_it_needs(selection.as_it_stands(Notice.objects.all(), today=DAY)).order_by("send_after", "pk")
    assert len(claimed) == len(plain) == len(customers)
    for claim, notice in zip(claimed, plain, strict=True):
        assert claim.case == cases.of_notice(notice)
        assert (claim.pk, claim.attempts, claim.send_after) == (notice.pk, 1, notice.send_after)
        assert (claim.exempt, claim.muted, claim.unreachable) == (notice.exempt, notice.muted, notice.unreachable)
        assert (claim.utf8_instead, claim.mailing) == (notice.utf8_instead, mailing)
        assert notice.sent_to == claim.case.address.lower()
        assert all(type(value) is bool for value in (claim.exempt, claim.utf8_instead, claim.case.confirmed))
    stand = {(claim.case.name, bool(claim.case.contact_address)): claim for claim in claimed}
    assert [past for (past, _), claim in stand.items() if claim.exempt] == ["exempt today"] * 2
    assert {key for key, claim in stand.items() if claim.unreachable} == {
        ("no mail reaches the login", False),
        ("no mail reaches the contact address", True),
    }
    assert {past for (past, _), claim in stand.items() if claim.case.confirmed} == {"certain"}
    assert {past for (past, _), claim in stand.items() if claim.muted} == {"muted"}
