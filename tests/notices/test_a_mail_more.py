"""What a mail more costs where thousands go out together."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from relays import Relay, running
from rounds import AFTERNOON, clock, sending

from notices.dispatch import send_batch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis", "a_fast_pace")]


def test_a_mail_more_takes_no_pattern_and_no_statement_more(settings, monkeypatch):
    """A million mails are sent: what is made anew for each of them is made a million times."""
    mailing, compiled, compile = sending(100), [], re._compiler.compile

    def seen(*given):
        compiled.append(given)
        return compile(*given)

    def counted(limit: int) -> tuple[int, int]:
        compiled.clear()
        with CaptureQueriesContext(connection) as statements:
            assert send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=limit) == limit
        return len(compiled), len(statements)

    monkeypatch.setattr(re._compiler, "compile", seen)
    with running(Relay(), settings):
        counted(10)
        few, many = counted(10), counted(70)
    assert few == many
