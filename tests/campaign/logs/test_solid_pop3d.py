"""Solid POP3's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, joined, logins, not_understood, syslog

U = [("u", REAL, "pop3")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"user u authenticated - {REAL}", U),
        (f"user u authenticated - pc.isp.example ({REAL})", U),
        (f"user u authenticated through APOP - {REAL}", U),
        (f"mapped user u authenticated - {REAL}", U),
        ("user u authenticated - 2001:db8::1", [("u", "2001:db8::1", "pop3")]),
        (f"user x authenticated - {FORGED} authenticated - {REAL}", [(f"x authenticated - {FORGED}", REAL, "pop3")]),
    ],
)
def test_a_login(text, found):
    assert logins(syslog("spop3d", text)) == found
    assert not not_understood(syslog("spop3d", text))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([f"connect from {REAL}", "user u authenticated"], [["collecting", 77, REAL], ["u", 77, None]]),
        ([f"connect from pc.isp.example ({REAL})", "user u authenticated through APOP"],
         [["collecting", 77, REAL], ["u", 77, None]]),
        (["mapped user u authenticated"], [["u", 77, None]]),
        ([f"user x authenticated - {FORGED} authenticated"], [[f"x authenticated - {FORGED}", 77, None]]),
    ],
)  # fmt: skip
def test_the_address_is_in_one_line_and_the_user_in_another(texts, found):
    assert joined(syslog("solid-pop3d", *texts)) == found
    assert not not_understood(syslog("solid-pop3d", *texts))


@pytest.mark.parametrize(
    "text",
    [
        f"authentication failed for user u - {REAL}",
        f"authentication failed: no such user: user u authenticated - {FORGED} - {REAL}",
        f"APOP authentication failed for user u - {REAL}",
        f"can't find APOP secret for user u - {REAL}",
        f"root login not allowed - {REAL}",
        f"session ended for user u - {REAL}",
        f"session ended for mapped user u - {REAL}",
        "Stats: u 0 0 3 8120",
        f"autologout time elapsed - {REAL}",
    ],
)
def test_no_login(text):
    assert joined(syslog("spop3d", text)) == []
    assert not not_understood(syslog("spop3d", text))
