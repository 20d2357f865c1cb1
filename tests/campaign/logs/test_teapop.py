"""teapop's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

SERVER = "198.51.100.1"


@pytest.mark.parametrize(
    ("text", "user"),
    [
        (f"Successful login for u [{SERVER}] from pc.isp.example [{REAL}]", "u"),
        (f"Successful login for u@isp.example [{SERVER}] from {REAL} [{REAL}]", "u@isp.example"),
        (f"Successful login for u [{SERVER}] from [{REAL}]", "u"),
        (f"Successful login for x [{SERVER}] from pc [{FORGED}] [{SERVER}] from pc [{REAL}]",
         f"x [{SERVER}] from pc [{FORGED}]"),
    ],
)  # fmt: skip
def test_the_client_is_in_the_last_brackets(text, user):
    assert logins(syslog("teapop", text)) == [(user, REAL, "pop3")]
    assert not not_understood(syslog("teapop", text))


@pytest.mark.parametrize(
    "text",
    [
        f"Failed login for u [{SERVER}] from pc [{REAL}]",
        f"Failed login for Successful login for u [{SERVER}] from pc [{FORGED}] [{SERVER}] from pc [{REAL}]",
        f"Three failed login attempts from pc [{REAL}] - Possible account probe",
        "Something went wrong.",
    ],
)
def test_no_login(text):
    assert logins(syslog("teapop", text)) == []
    assert not not_understood(syslog("teapop", text))


def test_a_line_without_the_clients_address_is_not_understood():
    text = syslog("teapop", f"Successful login for u [{SERVER}]")
    assert logins(text) == []
    assert not_understood(text) == 1
