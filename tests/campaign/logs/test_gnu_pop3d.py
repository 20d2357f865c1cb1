"""The lines of GNU pop3d and vm-pop3d, and the logins that must come of them."""

import pytest
from login_lines import REAL, joined, not_understood, syslog

CONNECTED = ["collecting", 77, REAL]


@pytest.mark.parametrize(
    ("tag", "texts", "found"),
    [
        ("gnu-pop3d", [f"Connect from {REAL}", "User 'u' logged in with mailbox '/var/mail/u' (3 msgs)"],
         [CONNECTED, ["u", 77, None]]),
        ("gnu-pop3d", ["User u logged in with mailbox /var/mail/u"], [["u", 77, None]]),
        ("pop3d", [f"connect from {REAL}", "user `u' logged in with mailbox `/var/mail/u' (1 message)"],
         [CONNECTED, ["u", 77, None]]),
        ("vm-pop3d", [f"Connect from {REAL}", "User 'u' of 'isp.example' logged in"],
         [CONNECTED, ["u@isp.example", 77, None]]),
        ("vm-pop3d", ["User 'u' logged in"], [["u", 77, None]]),
        ("vm-pop3d", [f"User 'u' of 'isp.example' logged in from {REAL}"], [["u@isp.example", None, REAL]]),
        ("gnu-pop3d", [f"User 'u' logged in with mailbox '/var/mail/u' from {REAL}"], [["u", None, REAL]]),
        ("gnu-pop3d", ["User 'u': authentication failed"], []),
        ("gnu-pop3d", ["User 'u': nonexistent"], []),
        ("gnu-pop3d", ["Possible probe of account 'u'"], []),
        ("gnu-pop3d", ["Incoming connection opened"], []),
        ("gnu-pop3d", ["User 'u' logged in with mailbox '/var/mail/u'x: authentication failed"], []),
        ("pop3d", ["connect from pc.isp.example"], []),
    ],
)  # fmt: skip
def test_the_address_is_in_one_line_and_the_user_in_another(tag, texts, found):
    assert joined(syslog(tag, *texts)) == found
    assert not not_understood(syslog(tag, *texts))
