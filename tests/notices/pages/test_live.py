"""From the log line to the page: while the log is followed, a mail to oneself shows within seconds what has changed."""

import re
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import make_campaign, make_customer
from django.utils import timezone
from loglines import login, message, minutes, smtpd

from campaign.customers.following import Follower
from campaign.models import Holdout, Standing
from notices import links
from notices.models import Mailing, Notice
from notices.pages import limit

pytestmark = pytest.mark.django_db
DAY, NOW = date(2026, 5, 4), datetime(2026, 5, 4, 5, tzinfo=UTC)
HANAKO, HOME, FAR = "hanako@isp.example", "198.51.100.7", "friend@elsewhere.example"
SECONDS = 120  # on a busy machine; else three. The page looks every ten
SUBMISSION = "postfix/submission/smtpd"


class Customer:
    """Somebody with a log that grows, a follower that reads it, and the page that the customer looks at."""

    def __init__(self, client, log: Path, follower: Follower, path: str) -> None:
        self.client, self.log, self.follower, self.path = client, log, follower, path

    def sends(self, *lines: str) -> None:
        with self.log.open("a") as file:
            file.writelines(lines)

    def page(self) -> str:
        return self.client.get(self.path).content.decode()

    def sees(self, words: str) -> float:
        """After how many seconds the page says so."""
        begun = time.monotonic()
        while words not in self.page():
            assert time.monotonic() - begun < SECONDS, f"not seen: {words}"
            self.follower.step(now=NOW, today=DAY)
            time.sleep(0.05)
        return time.monotonic() - begun


@pytest.fixture
def hanako(client, settings, tmp_path, monkeypatch) -> Customer:
    """Sends the old way until noon, and has a notice of it."""
    settings.DATA, settings.SEGMENTS = tmp_path / "data", tmp_path / "segments"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(limit, "allowed", lambda *_, **__: True)  # this customer looks more often than any
    campaign, _customer = make_campaign(), make_customer(HANAKO)
    log = tmp_path / "mail.log"
    log.write_text(login(HANAKO, HOME) + message(HOME, HANAKO, FAR, at=minutes(1), program="Thunderbird"))
    follower = Follower([log], now=datetime.now(UTC))
    follower.step(now=NOW, today=DAY)
    mailing = Mailing.objects.create(campaign=campaign, period="2026-05", planned_at=NOW, expires_on=DAY, daily_cap=10)
    notice = Notice.objects.create(
        mailing=mailing,
        holdout=Holdout.objects.get(),
        number="482913057",
        message_id="notice.1@isp.example",
        token_digest=links.digest(links.token_for("notice.1@isp.example")),
        language="en",
        send_after=NOW,
    )
    return Customer(client, log, follower, f"/en/p/{links.token_of(notice)}/")


def test_a_mail_with_smtp_auth_turns_the_page_green_within_seconds(hanako):
    assert "Your mail still goes the old way." in hanako.page()
    assert re.search(r'id="standing" data-live class="standing open"', hanako.page())
    hanako.sends(message(HOME, HANAKO, HANAKO, at=minutes(5), sasl=HANAKO, tag=SUBMISSION, program="Thunderbird"))
    hanako.sees("Your last mail went the new way.")
    assert 'class="standing good"' in hanako.page()
    assert Holdout.objects.get().standing == Standing.MIXED  # by days; the page goes by the clock


def test_a_refused_password_is_named_within_seconds_and_then_it_turns_green(hanako):
    refused = smtpd(f"warning: unknown[{HOME}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", minutes(6), pid=321)
    hanako.sends(
        smtpd(f"connect from unknown[{HOME}]", minutes(6), pid=321),
        refused,
        message(HOME, HANAKO, HANAKO, at=minutes(6), pid=321, program="Thunderbird"),
    )
    hanako.sees("The password was refused for the last mail.")
    page = hanako.page()
    assert "Almost there: the password does not seem to be right." in page
    assert page.index("The password</strong>") < page.index("Another program or device</strong>")
    hanako.sends(message(HOME, HANAKO, HANAKO, at=minutes(9), sasl=HANAKO, tag=SUBMISSION, program="Thunderbird"))
    hanako.sees("Your last mail went the new way.")


def test_mail_from_a_device_that_was_forgotten_turns_it_back(hanako):
    hanako.sends(message(HOME, HANAKO, HANAKO, at=minutes(5), sasl=HANAKO, tag=SUBMISSION, program="Thunderbird"))
    hanako.sees("Your last mail went the new way.")
    hanako.sends(
        login(HANAKO, HOME, minutes(7)), message(HOME, HANAKO, FAR, at=minutes(8), program="iPhone Mail (22A3354)")
    )
    hanako.sees("One device still sends the old way.")
    assert "Please change this one, too: Mail on iPhone" in hanako.page()
