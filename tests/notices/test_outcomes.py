import pytest

from notices.outcomes import Outcome, Stage, enhanced_code, outcome

SENDER, RECIPIENT, CONTENT = Stage.SENDER, Stage.RECIPIENT, Stage.CONTENT


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        (CONTENT, "250 2.0.0 Ok: queued as 4XyzQ1", Outcome.ACCEPTED),
        (RECIPIENT, "251 forwarded", Outcome.ACCEPTED),
        (RECIPIENT, "450 4.2.0 greylisted", Outcome.DEFERRED),
        (CONTENT, "451 try later", Outcome.DEFERRED),
        (CONTENT, "452 4.3.1 disk full", Outcome.DEFERRED),
        (CONTENT, "421 4.3.2 shutting down", Outcome.CLOSING),
        (SENDER, "421 too many messages", Outcome.CLOSING),
        (RECIPIENT, "550 5.1.1 no such user", Outcome.REFUSED),
        (RECIPIENT, "550 no such user", Outcome.REFUSED),
        (RECIPIENT, "552 5.2.2 mailbox full", Outcome.REFUSED),
        (CONTENT, "554 5.7.1 looks like spam", Outcome.REFUSED),
        (RECIPIENT, "554 5.7.1 Relay access denied", Outcome.BARRED),
        (RECIPIENT, "530 5.7.0 Must issue a STARTTLS command first", Outcome.BARRED),
        (SENDER, "530 Authentication required", Outcome.BARRED),
        (SENDER, "553 5.1.8 sender unknown", Outcome.BARRED),
        (SENDER, "451 later", Outcome.DEFERRED),
        (CONTENT, "354 out of turn", Outcome.DEFERRED),
        (CONTENT, "999 nonsense", Outcome.DEFERRED),
    ],
)
def test_what_the_relays_reply_means(stage, reply, expected):
    code, _, text = reply.partition(" ")
    assert outcome(int(code), text, stage=stage) is expected


@pytest.mark.parametrize(
    ("text", "code"), [("5.1.1 no", "5.1.1"), ("4.2.0", "4.2.0"), ("no 5.1.1", ""), ("5.1", ""), ("7.1.1 x", "")]
)
def test_the_enhanced_code_stands_at_the_beginning(text, code):
    assert enhanced_code(text) == code
