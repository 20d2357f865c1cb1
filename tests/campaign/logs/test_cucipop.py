"""cucipop's lines, and the logins that must come of them."""

import pytest
from login_lines import REAL, logins, not_understood, syslog


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"u {REAL} 1400, 2 (3024), 0 (0)", [("u", REAL, "pop3")]),
        (f"authentication failure u {REAL}", []),
        (f"u {REAL} 1400, 2 (3024), 0 (0) connection failed", []),
        (f"a b {REAL} 1400, 2 (3024), 0 (0)", []),
    ],
)
def test_the_numbers_at_the_end_of_a_session_are_the_only_trace(text, found):
    assert logins(syslog("cucipop", text)) == found
    assert not not_understood(syslog("cucipop", text))
