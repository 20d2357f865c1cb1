"""What is shown as proof: each rule has its lines, others stay unnamed, and who decides by the lines agrees."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from loglines import HOST, NOON, login, message, minutes, smtpd

from campaign.logs.events import LOGIN, MESSAGE, SESSION, Events, table
from campaign.logs.files import LogFile
from campaign.submissions import proof
from campaign.submissions.attribution import HOUR, Rules, attribute, connect
from campaign.submissions.days import start_of
from campaign.submissions.proof import Rule, Said, prove
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = NOON.date()
HANAKO, TARO, AKIRA = "hanako@isp.example", "taro@isp.example", "akira@isp.example"
HOME, FAR = "198.51.100.7", "friend@elsewhere.example"
OWN = {"own_networks": [ip_network("198.51.100.0/24")]}
CORPUS = Path(__file__).parents[2] / "corpus"


def read(folder: Path, *paths: Path) -> Segments:
    segments = Segments(folder, TOKYO)
    reading = Reading(TOKYO, {"isp.example"}, latest=2**62, today=date(2026, 12, 1), year=2026)
    for path in paths:
        with LogFile(str(path)) as log:
            assert not read_file(log, reading, segments, place=Place(), last_line_too=True).problems
    return segments


@pytest.fixture
def proofs(tmp_path) -> Callable[..., proof.DayProof]:
    """What proves a customer's submissions, by default Hanako's, in the given lines."""
    turn = count()

    def run(*lines: str, of: str = HANAKO, day: date = DAY, **rules) -> proof.DayProof:
        path = tmp_path / f"mail{next(turn)}.log"
        path.write_text("".join(lines))
        segments = read(tmp_path / f"segments{next(turn)}", path)
        return prove(segments, Rules({"isp.example"}, **rules), day, of, scratch=tmp_path / f"scratch{next(turn)}")

    return run


def said(found: proof.DayProof) -> list[tuple]:
    """(rule, what its lines prove) of each submission."""
    return [(one.rule, [line.said.value for line in one.lines]) for one in found.proofs]


def test_smtp_auth_is_proved_by_the_acceptance_alone(proofs):
    found = proofs(login(TARO, HOME), message(HOME, TARO, FAR, sasl=HANAKO, at=minutes(1)))
    assert said(found) == [(Rule.SMTP_AUTH, ["accepted"])]
    assert found.proofs[0].others == ()
    assert found.proofs[0].lines[0].user == HANAKO


def test_one_candidate_is_proved_by_his_login_and_the_acceptance(proofs):
    found = proofs(login(HANAKO, HOME), login(HANAKO, HOME, minutes(4)), message(HOME, "", FAR, at=minutes(5)))
    assert said(found) == [(Rule.ONE_CANDIDATE, ["login", "accepted"])]
    (one,) = found.proofs
    assert one.logins == 2 and one.login_at == one.at - timedelta(minutes=1)
    assert [line.number for line in one.lines] == [2, 3]


def test_of_several_only_the_own_login_is_shown_and_the_others_are_masked(proofs):
    found = proofs(
        login(TARO, HOME), login(HANAKO, HOME), login(AKIRA, HOME), message(HOME, HANAKO, FAR, at=minutes(5))
    )
    assert said(found) == [(Rule.SEVERAL_CANDIDATES_SENDER, ["login", "accepted"])]
    assert found.proofs[0].others == ("a***@isp.example", "t***@isp.example")
    assert "taro" not in repr(found) and "akira" not in repr(found)


def test_behind_a_carriers_address_the_sender_makes_it_probable(proofs):
    crowd = [login(f"guest{number}@isp.example", HOME, minutes(-60)) for number in range(25)]
    lines = *crowd, login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5))
    assert said(proofs(*lines)) == [(Rule.CROWDED_ADDRESS_SENDER, ["login", "accepted"])]
    foreign = proofs(*crowd, login(HANAKO, HOME), message(HOME, "", FAR, at=minutes(5)))
    assert foreign.proofs == () and foreign.uncounted == {Rule.CROWDED_ADDRESS: 1}


def test_in_an_own_network_the_senders_address_alone_is_shown_as_that(proofs):
    found = proofs(message(HOME, HANAKO, FAR), **OWN)
    assert said(found) == [(Rule.OWN_NETWORK_SENDER, ["accepted"])]
    assert found.proofs[0].sender == HANAKO and found.proofs[0].login_at is None


def test_what_names_nobody_is_counted_by_its_rule_for_everybody_it_may_be_of(proofs):
    lines = (
        login(HANAKO, HOME),
        message(HOME, TARO, FAR, at=minutes(1)),
        message(HOME, "x@elsewhere.example", TARO, at=minutes(2)),
        login(TARO, HOME, minutes(3)),
        message(HOME, "", FAR, at=minutes(4)),
        message("192.0.2.99", HANAKO, FAR, at=minutes(5)),
        message("192.0.2.98", AKIRA, FAR, at=minutes(6)),
        message("192.0.2.98", "x@elsewhere.example", HANAKO, at=minutes(6)),
    )
    assert proofs(*lines).uncounted == {
        Rule.ONE_CANDIDATE_OTHER_SENDER: 1,
        Rule.INBOUND: 1,
        Rule.SEVERAL_CANDIDATES: 1,
        Rule.UNEXPLAINED_RELAY: 1,
    }
    assert proofs(*lines, of=TARO).uncounted == {Rule.SEVERAL_CANDIDATES: 1}
    assert proofs(*lines).proofs == ()


def test_the_messages_of_others_at_the_same_address_are_not_shown(proofs):
    lines = (
        login(HANAKO, HOME),
        login(TARO, HOME),
        message(HOME, TARO, FAR, at=minutes(1)),
        message(HOME, TARO, FAR, at=minutes(2), sasl=TARO),
        message(HOME, HANAKO, FAR, at=minutes(3)),
    )
    assert [one.sender for one in proofs(*lines).proofs] == [HANAKO]


def refused(at, pid=100):
    return smtpd(f"warning: unknown[{HOME}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", at, pid=pid)


def test_a_refused_password_of_the_same_session_is_shown_and_no_other(proofs):
    lines = (
        login(HANAKO, HOME),
        smtpd(f"connect from unknown[{HOME}]", minutes(1)),
        refused(minutes(1)),
        refused(minutes(1)),
        message(HOME, HANAKO, FAR, at=minutes(1)),
        smtpd(f"connect from unknown[{HOME}]", minutes(2)),
        message(HOME, HANAKO, FAR, at=minutes(2)),
    )
    first, second = proofs(*lines).proofs
    assert [line.said for line in first.lines] == [Said.LOGIN, Said.AUTH_FAILED, Said.ACCEPTED]
    assert next(line.number for line in first.lines if line.said == Said.AUTH_FAILED) == 4
    assert not second.auth_failed and [line.said for line in second.lines] == [Said.LOGIN, Said.ACCEPTED]


def test_logins_are_found_however_the_customer_types_the_name(proofs):
    for typed in ("HANAKO", "hanako%isp.example", " Hanako@ISP.example"):
        found = proofs(login(typed, HOME), message(HOME, "", FAR, at=minutes(5)), default_domain="isp.example")
        assert said(found) == [(Rule.ONE_CANDIDATE, ["login", "accepted"])], typed


def test_with_a_list_of_customers_all_listed_addresses_are_the_customers(proofs):
    listed = pa.table({"address": ["info@sato.example", TARO], "login": [HANAKO, TARO]})
    lines = login(HANAKO, HOME), login(TARO, HOME), message(HOME, "Info@sato.example", FAR, at=minutes(5))
    assert said(proofs(*lines, directory=listed)) == [(Rule.SEVERAL_CANDIDATES_SENDER, ["login", "accepted"])]
    lines = login(HANAKO, HOME), message(HOME, "Info@sato.example", TARO, at=minutes(5))
    assert not proofs(*lines, directory=listed).proofs[0].remote


def test_a_login_before_midnight_proves_mail_after_it(proofs):
    evening = NOON.replace(hour=23, minute=50)
    lines = login(HANAKO, HOME, evening), message(HOME, HANAKO, FAR, at=evening + timedelta(minutes=15))
    assert proofs(*lines).proofs == ()
    assert said(proofs(*lines, day=DAY + timedelta(days=1))) == [(Rule.ONE_CANDIDATE, ["login", "accepted"])]


def test_a_day_without_events_proves_nothing(proofs):
    found = proofs(login(HANAKO, HOME), message(HOME, HANAKO, FAR), day=DAY + timedelta(days=20))
    assert found.proofs == () and not found.uncounted
    assert proofs().proofs == ()


# --- Programs that say in another line who the client was: their events, whatever the dialect -----


@pytest.fixture
def events(tmp_path) -> Callable[..., proof.DayProof]:
    """What proves Hanako's submissions in the given events: (schema, columns), at so many minutes after noon."""

    def run(*given: tuple[pa.Schema, dict]) -> proof.DayProof:
        found = Events()
        for number, (schema, columns) in enumerate(given, 1):
            at = start_of(DAY, TOKYO) + 12 * HOUR + columns.pop("at") * 60_000_000
            values = {"moment": at, "line": number, "host": HOST, "started": at, "pid": 700} | columns
            if schema is MESSAGE:
                values |= {
                    "accepted": at,
                    "queued": at,
                    "mta": "mta",
                    "sender": HANAKO,
                    "remote": True,
                    "passed_on": False,
                }
            known = {name: [value] for name, value in values.items() if name in schema.names}
            row = table(schema, **{name: pa.array(value, schema.field(name).type) for name, value in known.items()})
            {LOGIN: found.logins, MESSAGE: found.messages, SESSION: found.sessions}[schema].append(row)
        segments = Segments(tmp_path / "segments", TOKYO)
        segments.write(found, name="0" * 32, offset=0)
        return prove(segments, Rules({"isp.example"}), DAY, HANAKO, scratch=tmp_path / "scratch")

    return run


def test_behind_a_filter_before_the_queue_the_line_that_names_its_client_is_shown(events):
    found = events(
        (LOGIN, {"at": 0, "user": HANAKO, "ip": HOME, "service": "pop3", "pid": None}),
        (SESSION, {"at": 2, "kind": "proxied", "ip": HOME}),
        (MESSAGE, {"at": 2, "queue_id": "9F2B3C4D5E", "ip": "127.0.0.1", "pid": 800}),
        (SESSION, {"at": 2, "kind": "handed_on", "queue_id": "9F2B3C4D5E"}),
    )
    assert said(found) == [(Rule.ONE_CANDIDATE, ["login", "proxied", "accepted"])]
    assert found.proofs[0].ip == HOME


def test_where_the_password_is_in_a_line_of_its_own_that_line_is_shown(events):
    found = events(
        (SESSION, {"at": 1, "kind": "authenticated", "ip": HOME, "user": "Hanako@isp.example"}),
        (MESSAGE, {"at": 2, "queue_id": "9F2B3C4D5E", "ip": HOME}),
    )
    assert said(found) == [(Rule.SMTP_AUTH, ["authenticated", "accepted"])]


def test_where_the_address_of_a_login_is_in_a_line_of_its_own_both_are_shown(events):
    found = events(
        (SESSION, {"at": 0, "kind": "collecting", "ip": HOME, "host": "pop1"}),
        (LOGIN, {"at": 0, "user": HANAKO, "ip": None, "service": "pop3", "host": "pop1"}),
        (MESSAGE, {"at": 2, "queue_id": "9F2B3C4D5E", "ip": HOME, "pid": 800}),
    )
    assert said(found) == [(Rule.ONE_CANDIDATE, ["collecting", "login", "accepted"])]


# --- Who decides by what is shown decides the same -------------------------------------------------


def decided(one: proof.Proof, login_: str, rules: Rules) -> tuple[str, str | None, str]:
    """docs/attribution.md in words of Python, from nothing but the proof (whose names are not masked here)."""
    if any(line.user for line in one.lines if line.said in (Said.ACCEPTED, Said.AUTHENTICATED, Said.PROXIED)):
        return "smtp_auth", login_, "confirmed"
    directory = dict(zip(*rules.directory.to_pydict().values(), strict=True)) if rules.directory else None
    sender = one.sender or ""
    if directory is None:
        owner = sender if sender.rpartition("@")[2] in rules.local_domains else None
    else:
        owner = directory.get(sender)
    candidates = {*one.others, *([login_] if one.logins else [])}
    is_local = owner is not None or sender.rpartition("@")[2] in rules.local_domains
    if any(ip_address(one.ip) in network for network in rules.own_networks):
        way = "local_port25" if one.remote or is_local else "inbound"
    elif candidates:
        way = "pop_before_smtp" if one.remote or owner in candidates else "inbound"
    else:
        way = "unexplained_relay" if one.remote else "inbound"
    if way in ("inbound", "unexplained_relay"):
        return way, None, "none"
    crowd = one.rule in (Rule.CROWDED_ADDRESS, Rule.CROWDED_ADDRESS_SENDER)
    if len(candidates) == 1 and not crowd and (owner in candidates or owner is None):
        return way, *candidates, "confirmed"
    if candidates:
        return (way, owner, "probable") if owner in candidates else (way, None, "ambiguous")
    return (way, owner, "probable") if owner else (way, None, "none")


def compare(segments: Segments, rules: Rules, days: list[date], folder: Path, monkeypatch) -> int:
    """Attributes everybody's days, then proves each customer's; returns how many submissions were compared."""
    monkeypatch.setattr(proof, "masked_address", lambda login: login)
    compared = 0
    for day in days:
        with connect(folder / "whole") as con:
            attribute(con, segments, day, rules)
            rows = con.execute(
                'SELECT class, "user", attribution, auth_failed, queue_id FROM submission'
                " ORDER BY moment, host, queue_id, started, line"
            ).fetchall()
        for user in sorted({row[1] for row in rows if row[1]}):
            found = prove(segments, rules, day, user, scratch=folder / "one")
            wanted = [row for row in rows if row[1] == user]
            assert [(*decided(one, user, rules), one.auth_failed, one.queue_id) for one in found.proofs] == wanted
            for one in found.proofs:
                kinds = [line.said for line in one.lines]
                assert Said.ACCEPTED in kinds
                assert (Said.AUTH_FAILED in kinds) == one.auth_failed
                assert (Said.LOGIN in kinds) == (one.logins > 0)
            compared += len(wanted)
    return compared


@pytest.mark.parametrize("name", ["real", "real-long-ids"])
def test_the_proofs_of_real_logs_agree_with_the_attribution(tmp_path, monkeypatch, name):
    segments = read(tmp_path / "segments", *sorted((CORPUS / name).glob("*.log")))
    rules = Rules({"isp.example"}, own_networks=[ip_network("127.64.0.0/16")], default_domain="isp.example")
    assert compare(segments, rules, segments.days(), tmp_path, monkeypatch) > 20


@pytest.mark.parametrize("seed", range(6))
def test_the_proofs_of_random_logs_agree_with_the_attribution(tmp_path, monkeypatch, seed):
    (tmp_path / "mail.log").write_text("".join(random_log(random.Random(seed))))
    segments = read(tmp_path / "segments", tmp_path / "mail.log")
    listed = pa.table({"address": [HANAKO, "h@sato.example", TARO], "login": [HANAKO, HANAKO, TARO]})
    rules = Rules(
        {"isp.example"},
        own_networks=[ip_network("198.51.100.2/31")],
        filter_addresses=[ip_network("192.0.2.0/29")],
        crowd=3,
        default_domain="isp.example",
        directory=listed if seed % 2 else None,
    )
    days = [DAY, DAY + timedelta(days=1)]
    assert compare(segments, rules, days, tmp_path, monkeypatch) > 30


def random_log(chance: random.Random, size: int = 300) -> list[str]:
    """Few people, addresses, queue ids and processes, so that everything gets in everything's way."""
    people = ["hanako", "Taro@isp.example", "akira%isp.example", "beniko@isp.example", "chie@isp.example"]
    addresses = [f"198.51.100.{number}" for number in range(1, 6)] + ["192.0.2.1", "127.0.0.1", "2001:db8::7"]
    senders = [HANAKO, TARO, AKIRA, "h@sato.example", "nobody@isp.example", "x@elsewhere.example", ""]
    at, lines = NOON - timedelta(hours=3), []
    for _ in range(size):
        at += timedelta(seconds=chance.choice([0, 1, 5, 60, 300]))
        address, pid = chance.choice(addresses), chance.choice([100, 200])
        kind = chance.random()
        if kind < 0.3:
            lines.append(login(chance.choice(people), address, at, service=chance.choice(["pop3-login", "imap-login"])))
        elif kind < 0.4:
            lines.append(smtpd(f"connect from unknown[{address}]", at, pid=pid))
        elif kind < 0.5:
            lines.append(smtpd(f"warning: unknown[{address}]: SASL PLAIN authentication failed: x", at, pid=pid))
        else:
            sasl = chance.choice(["", "", "", "hanako", TARO])
            short = f"9F2B3C{chance.randrange(40):04X}"
            if kind < 0.65:  # a filter has it first, and hands it on, mostly on the same host
                front, named = (
                    chance.choice([HOST, "mx2"]),
                    f", sasl_method=PLAIN, sasl_username={sasl}" if sasl else "",
                )
                lines.append(smtpd(f"NOQUEUE: client=unknown[{address}]{named}", at, pid=300, host=front))
                lines += message(
                    "127.0.0.1", chance.choice(senders), FAR, at=at, pid=pid, qid=short, message_id=f"{len(lines)}@pc",
                    host=chance.choice([front, front, front, "mx3"]),
                ).splitlines(keepends=True)  # fmt: skip
                answer = f"proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as {short}; from=<> to=<{FAR}>"
                lines.append(smtpd(answer, at, pid=300, host=front))
                continue
            to = chance.sample([FAR, TARO, "z@elsewhere.example", "chie@isp.example"], chance.choice([1, 2]))
            lines += message(
                address, chance.choice(senders), *to, at=at, sasl=sasl, pid=pid, qid=short,
                message_id=f"{len(lines)}@pc", host=chance.choice([HOST, "mx2"]), removed=chance.random() < 0.9,
            ).splitlines(keepends=True)  # fmt: skip
    return lines
