"""Qpopper's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

U = [("u", REAL, "pop3")]


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("popper", f'(v4.1.0) POP login by user "u" at (pc.isp.example) {REAL}', U),
        ("in.qpopper", f'(v4.0.9) POP login by user "u" at (pc.isp.example) {REAL} [pop_log.c:244]', U),
        ("qpopper", f'(v4.0.5fc2) POP login by user "u" at ({REAL}) {REAL}', U),
        ("qpopper", 'v4.1', []),
        ("qpopper", '(v4.1.0) POP login by user "u" at (pc) 2001:db8::1', [("u", "2001:db8::1", "pop3")]),
        ("qpopper", f'(v4.1.0) POP login by user "x" at (pc) {FORGED} y" at (pc) {REAL}',
         [(f'x" at (pc) {FORGED} y', REAL, "pop3")]),
        ("popper", f"Stats: u 0 0 3 8120 pc.isp.example {REAL}", U),
        ("popper", f"Stats: u 0 0 3 8120 {REAL} {REAL} [pop_updt.c:296]", U),
        ("popper", f"Stats: u 0 0 3 8120 {REAL}", U),
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("popper", f'u at pc ({REAL}): -ERR [AUTH] Password supplied for "u" is incorrect. [pop_pass.c:1260]'),
        ("popper", f'(v4.1.0) POP login by user "u" at (pc) {FORGED} at pc ({REAL}): -ERR [AUTH] no'),
        ("popper", f"[AUTH] Failed attempted login to u from host (pc) {REAL} [pop_pass.c:1279]"),
        ("popper", f'(v4.1.0) Servicing request from "pc" at {REAL} [pop_init.c:1408]'),
        ("popper", f'(v4.1.0) Servicing request from "POP login by user "u" at (pc) {FORGED}" at {REAL}'),
        ("popper", f"(v4.1.0) Timeout (120 secs) during nw read from pc ({REAL})"),
        ("popper", "Stats: u 0 0 3 8120"),
        # The attack of 2001: another program of the same log quotes what its client said.
        ("sendmail", f'(v4.1.0) POP login by user "u" at (pc) {FORGED}'),
        (
            "sm-mta",
            f'f5A: ruleset=check_mail, arg1=<POP login by user "u" at (pc) {FORGED}>, relay=pc [{REAL}], reject=553',
        ),
    ],
)
def test_no_login(tag, text):
    assert logins(syslog(tag, text)) == []
