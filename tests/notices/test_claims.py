"""A claim knows all that a mail needs, and agrees with what planning knows of all holdouts at once."""

from datetime import date, timedelta

import pytest
from builders import make_customer, make_use
from rounds import AFTERNOON, DAY, sending

from campaign.models import Exemption, Holdout
from notices import cases, ledger, selection
from notices.cases import Case
from notices.claims import Claim
from notices.models import Mailing, Mute, Notice, Suppression
from notices.selection import WhyNot

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


@pytest.fixture
def mailing() -> Mailing:
    """Being sent, to one customer without and one with a contact address of each past."""
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
    return mailing


def claimed(mailing: Mailing) -> list[tuple[Claim, Notice]]:
    """Each claim, with its notice's row as it is after that."""
    claims = ledger.claim(mailing_id=mailing.pk, limit=100, now=AFTERNOON)
    rows = Notice.objects.select_related("holdout__customer").in_bulk([claim.pk for claim in claims])
    assert len(claims) == len(rows) == 2 * len(PASTS)
    return [(claim, rows[claim.pk]) for claim in claims]


def test_a_claim_has_what_the_rows_have(mailing):
    for claim, notice in claimed(mailing):
        holdout, customer = notice.holdout, notice.holdout.customer
        assert claim.case == Case(
            number=notice.number,
            message_id=notice.message_id,
            language=customer.language,
            client_program=customer.client_program,
            login=customer.login,
            contact_address=customer.contact_address,
            name=customer.name,
            standing=holdout.standing,
            reason=holdout.reason,
            last_legacy_at=holdout.last_legacy_at,
            last_auth_on=holdout.last_auth_on,
            confirmed=customer.name == "certain",
        )
        assert claim.case == cases.of_notice(notice)
        assert (claim.attempts, claim.send_after, claim.mailing) == (1, notice.send_after, mailing)
        assert claim.utf8_instead is (customer.name == "nothing")
        assert (notice.sent_to, notice.language) == (claim.case.address.lower(), customer.language)
        assert all(type(value) is bool for value in (claim.exempt, claim.muted, claim.case.confirmed))


def test_a_claim_says_what_is_so_at_this_moment(mailing):
    found = [(claim.case.name, bool(claim.case.contact_address), claim) for claim, _notice in claimed(mailing)]
    assert [past for past, _contact, claim in found if claim.exempt] == ["exempt today"] * 2
    assert [past for past, _contact, claim in found if claim.muted] == ["muted"] * 2
    assert {(past, contact) for past, contact, claim in found if claim.unreachable} == {
        ("no mail reaches the login", False),
        ("no mail reaches the contact address", True),
    }


def test_planning_says_the_same_of_the_same_holdouts(mailing):
    exempt = selection.holdouts_with_reason(mailing.campaign, today=DAY).filter(not_due=WhyNot.EXEMPT)
    exempt = set(exempt.values_list("pk", flat=True))
    for claim, notice in claimed(mailing):
        facts = selection.facts_of(notice.holdout, today=DAY)
        planned = (notice.holdout_id in exempt, WhyNot.MUTED in facts, WhyNot.UNREACHABLE in facts)
        assert (claim.exempt, claim.muted, claim.unreachable) == planned, claim.case.name
