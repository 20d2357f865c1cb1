"""A pattern of the operator's own, for a program that no dialect knows."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

from campaign.logs.own_pattern import OwnPattern, WrongPattern, own_pattern

LINE = f"ok user u from {REAL} via IMAPS in 12 ms"
PATTERN = r"ok user (?P<user>.*) from (?P<ip>\S+) via (?P<service>\w+) .*"


def test_a_login_is_what_all_of_the_pattern_fits():
    assert logins(syslog("mypopd", LINE), OwnPattern(PATTERN)) == [("u", REAL, "imap")]
    assert logins(syslog("mypopd", f"is {LINE}"), OwnPattern(PATTERN)) == []
    assert logins(syslog("mypopd", LINE.partition(" in ")[0]), OwnPattern(PATTERN)) == []


def test_it_is_as_safe_as_it_is_written():
    text = syslog("mypopd", f"ok user x from {FORGED} via POP3 from {REAL} via POP3 in 12 ms")
    assert logins(text, OwnPattern(PATTERN)) == [(f"x from {FORGED} via POP3", REAL, "pop3")]


def test_user_and_domain_are_one_name_and_an_address_may_be_in_brackets():
    own = OwnPattern(r"in (?P<user>\w+)(?:/(?P<domain>\S+))? (?P<ip>\S+)")
    text = syslog("mypopd", f"in u/isp.example [{REAL}]", f"in u ::ffff:{REAL}", "in u nowhere")
    assert logins(text, own) == [("u@isp.example", REAL, "pop3"), ("u", REAL, "pop3")]


def test_without_programs_it_is_asked_of_lines_that_no_dialect_knows():
    text = syslog("mypopd", LINE) + syslog("postfix/smtpd", LINE) + syslog("pop3d", LINE)
    assert len(logins(text, OwnPattern(PATTERN))) == 1


def test_with_programs_it_is_asked_of_these_alone_be_they_known_or_not():
    text = syslog("mypopd", LINE) + syslog("popper", LINE) + syslog("other", LINE)
    assert len(logins(text, OwnPattern(PATTERN, frozenset({"mypopd", "popper"})))) == 2


def test_what_it_understands_is_understood_and_the_rest_of_an_unknown_program_is_not():
    text = syslog("mypopd", LINE, "bad user u")
    assert not_understood(text) == 2
    assert not_understood(text, OwnPattern(PATTERN)) == 1
    assert not_understood(text, OwnPattern(PATTERN, frozenset({"mypopd"}))) == 1


def test_it_does_not_take_away_from_what_a_dialect_reads():
    text = syslog("pop3d", f"LOGIN, user=u, ip=[{REAL}]", LINE)
    assert len(logins(text, OwnPattern(PATTERN, frozenset({"pop3d"})))) == 2


@pytest.mark.parametrize(
    ("regex", "said"),
    [
        ("ok user (", "missing )"),
        (r"ok user (?P<user>\S+)(?= x) (?P<ip>\S+)", "invalid perl operator: (?="),
        (r"(\S+) from (?P<ip>\S+)", "unnamed groups"),
        (r"(?P<user>\S+) logged in", "has no group `ip`"),
        (r"(?P<user>\S+) (?P<ip>\S+) (?P<host>\S+)", "has a group `host`; wanted only `domain`, `ip`, `service`, `user`"),
        (r"(?P<user>a)|(?P<user>b) (?P<ip>\S+)", "twice"),
        (r"(?P<user>.*)(?P<ip>.*)", "matches an empty line"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_pattern_is_said(regex, said):
    with pytest.raises(WrongPattern) as error:
        own_pattern(regex)
    assert said in str(error.value)
    assert regex in str(error.value)
    assert "wanted" in str(error.value)


def test_without_a_setting_there_is_none():
    assert own_pattern("") is None
    with pytest.raises(WrongPattern, match=r"programs \(mypopd\) without a pattern"):
        own_pattern("", ("mypopd",))
