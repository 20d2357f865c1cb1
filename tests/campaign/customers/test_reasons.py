from datetime import date, timedelta

import pytest
from builders import noon

from campaign.customers.reasons import RULES, Evidence, reason
from campaign.models import Reason, Standing

SINCE = date(2026, 11, 1)
BEFORE, FIRST, LATER = SINCE - timedelta(days=1), SINCE, SINCE + timedelta(days=9)
HOLDOUT, MIXED = Standing.HOLDOUT, Standing.MIXED
MORNING, EVENING = noon(LATER) - timedelta(hours=3), noon(LATER) + timedelta(hours=6)


def seen(standing: Standing = HOLDOUT, **given) -> Evidence:
    """Sent the old way on LATER with Outlook, one submission; nothing else is known."""
    values = {"last_legacy_at": noon(LATER), "legacy_program": "outlook"}
    if given.get("auth_on"):
        values |= {"last_auth_at": noon(given["auth_on"]), "auth_program": "thunderbird"}
    return Evidence(standing=standing, quiet_since=SINCE, **values | given)


def moved_in_part(**given) -> Evidence:
    """Both ways on one day, by the same program at the same address, the old way last."""
    values = {"auth_on": LATER, "last_auth_at": MORNING, "auth_program": "outlook", "beside_auth": 1}
    return seen(MIXED, **values | given)


HOLDS = {
    Reason.AUTH_FAILED: [
        seen(failed_on=LATER),
        seen(failed_on=FIRST),
        seen(auth_on=BEFORE, failed_on=LATER),
        seen(MIXED, auth_on=LATER, failed_on=LATER),  # the other device tries and fails
    ],
    Reason.FORWARDER: [seen(forwarded_on=FIRST), seen(MIXED, auth_on=LATER, forwarded_on=LATER)],
    Reason.DEVICE_OR_PRINTER: [seen(machine_like=True), seen(MIXED, auth_on=LATER, machine_like=True)],
    Reason.OLD_HOST_OR_PORT: [
        moved_in_part(),
        seen(auth_on=BEFORE, at_old_door=1),
        seen(failed_on=BEFORE, legacy_submissions=4, at_old_door=4),
    ],
    Reason.SECOND_DEVICE: [
        seen(MIXED, auth_on=LATER),
        seen(MIXED, auth_on=LATER, failed_on=FIRST),  # failed at first, then got it right on one
        moved_in_part(auth_program="iphone"),
        moved_in_part(legacy_program="", auth_program=""),  # what is not known is not the same
        moved_in_part(beside_auth=0),
        moved_in_part(last_auth_at=EVENING),  # as on the very day of changing
        seen(MIXED, auth_on=LATER, at_old_door=1),  # an old PC may well be the one at the old door
    ],
    Reason.OWN_NETWORK_ONLY: [
        seen(legacy_is_port25=True),
        seen(legacy_is_port25=True, pop_on=BEFORE),
        seen(legacy_is_port25=True, auth_on=BEFORE),
    ],
    Reason.NEVER_TRIED: [
        seen(),
        seen(forwarded_on=BEFORE),
        seen(at_old_door=1),
        seen(legacy_is_port25=True, pop_on=FIRST),
    ],
    "": [
        seen(failed_on=BEFORE),  # tried once and gave up
        seen(auth_on=BEFORE),  # went back; why is not in the logs
        seen(auth_on=BEFORE, legacy_submissions=4, at_old_door=3),
        *(seen(stands, failed_on=LATER) for stands in Standing if stands not in {HOLDOUT, MIXED}),
    ],
}


@pytest.mark.parametrize(("expected", "evidence"), [(name, one) for name, all_ in HOLDS.items() for one in all_])
def test_the_first_reason_that_holds(expected, evidence):
    assert reason(evidence) == expected


def test_every_reason_has_a_rule_of_its_name_in_the_order_in_which_they_are_listed():
    assert list(RULES) == list(Reason)
    assert [rule.__name__ for rule in RULES.values()] == Reason.values


def test_the_reasons_before_go_first():
    everything = {"failed_on": LATER, "forwarded_on": LATER, "machine_like": True, "at_old_door": 1}
    found = []
    for without in ({}, {"failed_on": BEFORE}, {"forwarded_on": None}, {"machine_like": False}, {"at_old_door": 0}):
        everything |= without
        found.append(reason(seen(auth_on=BEFORE, legacy_is_port25=True, **everything)))
    assert found == ["auth_failed", "forwarder", "device_or_printer", "old_host_or_port", "own_network_only"]
