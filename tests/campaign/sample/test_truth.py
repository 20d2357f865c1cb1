import io
import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from campaign.sample.relay import Journal
from campaign.sample.state import State
from campaign.sample.world import Day, World
from campaign.sample.writer import STAMP

DAYS = [date(2026, 5, number) for number in (11, 12, 13)]


@pytest.fixture(scope="module")
def truth_and_findings(tmp_path_factory):
    """What a small provider's people did in three days, and what the product says of their logs, by queue id."""
    folder = tmp_path_factory.mktemp("truth")
    world = World(State(1, 800, "2026-05-01", "2026-06-01", 0), zone=ZoneInfo("Asia/Tokyo"))
    truth, mail, logins = [], [], []
    for number in DAYS:
        day = Day(world, number, Journal(folder), truth=truth)
        written = day.until(day.end)
        mail += sorted(written[0], key=STAMP)
        logins += sorted(written[1], key=STAMP)
    (folder / "maillog").write_text("\n".join(mail) + "\n")
    (folder / "dovecot.log").write_text("\n".join(logins) + "\n")
    out = io.StringIO()
    logs = ["--login-log", str(folder / "dovecot.log"), "--smtp-log", str(folder / "maillog"), "--year=2026"]
    domains = ["--local-domain=isp.example", "--local-domain=minato.example"]
    provider = [*domains, "--own-network=10.64.0.0/10", "--default-domain=isp.example"]
    call_command("classify", *logs, *provider, stdout=out)
    found = {row["queue_id"]: row for row in map(json.loads, out.getvalue().splitlines())}
    return {row.queue_id: row for row in truth}, found, world


def test_every_submission_is_found_and_nothing_else(truth_and_findings):
    truth, found, _ = truth_and_findings
    assert len(truth) > 200
    assert set(found) == set(truth)


def test_the_way_is_the_one_that_was_taken(truth_and_findings):
    truth, found, _ = truth_and_findings
    assert {key: found[key]["class"] for key in truth} == {key: row.submission_class for key, row in truth.items()}
    assert {row.submission_class for row in truth.values()} == {
        "smtp_auth",
        "pop_before_smtp",
        "local_port25",
        "inbound",
        "unexplained_relay",
    }


def test_who_is_named_did_it_and_most_are_named(truth_and_findings):
    truth, found, world = truth_and_findings
    owners = {address: person.login for person in world.persons for address in person.addresses}
    named = {key: owners.get(row["user"], row["user"]) for key, row in found.items() if row["user"]}
    assert named == {key: truth[key].login for key in named}
    people = [row for row in truth.values() if row.login]
    assert len(named) > 0.9 * len(people)


def test_failed_passwords_before_the_old_way_are_seen(truth_and_findings):
    truth, found, _ = truth_and_findings
    failed = {key for key, row in truth.items() if row.auth_failed}
    assert failed and {key for key, row in found.items() if row["auth_failed"]} == failed
