"""popa3d's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, joined, not_understood, syslog


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([f"Session from {REAL}", "Authentication passed for u"], [["collecting", 77, REAL], ["u", 77, None]]),
        ([f"connect from {REAL}", "Authentication passed for u@isp.example"],
         [["collecting", 77, REAL], ["u@isp.example", 77, None]]),
        (["Session from ::ffff:192.0.2.1"], [["collecting", 77, REAL]]),
        (["connect from pc.isp.example", "Authentication passed for u"], [["u", 77, None]]),  # nobody's address
        ([f"Authentication passed for u -- [{REAL}]"], [["u", None, REAL]]),
        ([f"Authentication passed for rip={FORGED}"], [[f"rip={FORGED}", 77, None]]),
        ([f"Session from {REAL}", f"Authentication failed for Authentication passed for u -- [{FORGED}]"],
         [["collecting", 77, REAL]]),
        (["Authentication failed for UNKNOWN USER"], []),
        (["Didn't attempt authentication"], []),
        ([f"{REAL}: sessions limit reached"], []),
    ],
)  # fmt: skip
def test_the_address_is_in_one_line_and_the_user_in_another(texts, found):
    assert joined(syslog("popa3d", *texts)) == found
    assert not not_understood(syslog("popa3d", *texts))


@pytest.mark.parametrize(
    "text", ["Session from pc", f"Authentication passed for u -- [{REAL}", "Authentication passed for a b"]
)
def test_what_should_go_on_otherwise_is_not_understood(text):
    assert joined(syslog("popa3d", text)) == []
    assert not_understood(syslog("popa3d", text)) == 1


def test_without_a_process_id_there_is_nothing_to_join_by():
    text = (
        f"May  4 12:00:00 pop1 popa3d: Session from {REAL}\nMay  4 12:00:00 pop1 popa3d: Authentication passed for u\n"
    )
    assert joined(text) == []
    assert not_understood(text) == 1
