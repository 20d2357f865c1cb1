import pytest
from builders import make_campaign
from desk import make_mailing, make_notice
from hypothesis import given
from hypothesis import strategies as st

from notices import causes as causing
from notices.causes import OTHERS, Kind, causes, grouped, masked
from notices.models import Delivery


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (
            "550 5.1.1 <hanako@isp.example>: Recipient address rejected: User unknown",
            "550 5.1.1 <taro+x@other.example>: Recipient address rejected: User unknown",
            "550 5.1.1 <…@…>: Recipient address rejected: User unknown",
        ),
        (
            "452 4.3.1 Insufficient system storage (id 4F1xQp2Zk8z9)",
            "452 4.3.1 Insufficient system storage (id 4F1yAA0Zk8z1)",
            "452 4.3.1 Insufficient system storage (id …)",
        ),
        (
            "host mx1.example.jp[2001:db8::1] said: 451 greylisted for 300 seconds",
            "host mx2.example.jp[192.0.2.7] said: 451 greylisted for 299 seconds",
            "host mx#.example.jp[…] said: 451 greylisted for # seconds",
        ),
        (
            "421-4.7.28 too much mail from https://a.example/x?id=1 3si.55 - gsmtp",
            "421-4.7.28   too much\tmail from https://a.example/x?id=22 3si.56 - gsmtp",
            "421-4.7.28 too much mail from https://… #si.# - gsmtp",
        ),
        ("connection refused: 127.0.0.1:25", "connection refused: 10.0.0.8:2525", "connection refused: […]"),
    ],
)
def test_texts_that_differ_in_ids_addresses_and_numbers_are_one_cause(one, other, both):
    assert masked(one) == masked(other) == both


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("550 5.1.1 no", "550 5.2.1 no"),
        ("450 try again", "451 try again"),
        ("554 5.7.1 blocked", "554 5.7.1 denied"),
    ],
)
def test_another_code_or_word_is_another_cause(one, other):
    assert masked(one) != masked(other)


@given(st.text(max_size=500))
def test_masking_ends_with_one_short_line_and_no_mail_address(text):
    found = masked(f"550 {text} hanako@isp.example")
    assert len(found) <= 200 and "\n" not in found and "hanako@" not in found


def test_causes_are_counted_with_an_example_and_the_worst_kind_is_first():
    rows = [
        (Kind.PUT_OFF, "450 wait 10 s", 4),
        (Kind.REFUSED, "550 <a@b.example> unknown", 1),
        (Kind.REFUSED, "550 <c@b.example> unknown", 2),
        (Kind.REFUSED, "554 no", 9),
    ]
    assert [(cause.kind, cause.text, cause.notices, cause.example) for cause in grouped(rows)] == [
        (Kind.REFUSED, "554 no", 9, "554 no"),
        (Kind.REFUSED, "550 <…@…> unknown", 3, "550 <a@b.example> unknown"),
        (Kind.PUT_OFF, "450 wait # s", 4, "450 wait 10 s"),
    ]


@pytest.mark.django_db
def test_the_causes_of_a_mailing_are_those_of_its_notices_and_of_what_became_of_them():
    campaign = make_campaign()
    mailing, other = make_mailing(campaign), make_mailing(campaign, period="2026-10")
    make_notice(mailing, state="unknown", reply="")
    make_notice(mailing, state="refused", reply="550 5.1.1 <a@isp.example> unknown")
    make_notice(mailing, state="refused", reply="550 5.1.1 <b@isp.example> unknown")
    make_notice(mailing, state="withdrawn", reply="has moved")
    make_notice(mailing, state="waiting", reply="")
    make_notice(mailing, state="waiting", reply="450 4.7.1 greylisted 60", attempts=1)
    make_notice(mailing, fate="bounced")
    make_notice(mailing, fate="delivered")
    make_notice(mailing, fate="deferred")
    make_notice(other, state="refused", reply="554 not of this mailing")
    assert [(cause.kind, cause.text, cause.notices) for cause in causes(mailing)] == [
        (Kind.UNKNOWN, "", 1),
        (Kind.REFUSED, "550 5.1.1 <…@…> unknown", 2),
        (Kind.BOUNCED, "5.2.2 mailbox full", 1),
        (Kind.PUT_OFF, "450 4.7.1 greylisted #", 1),
        (Kind.DELAYED, "5.2.2 mailbox full", 1),
    ]


@pytest.mark.django_db
def test_of_very_many_different_texts_the_rare_ones_are_still_counted(monkeypatch):
    monkeypatch.setattr(causing, "AT_ONCE", 2)
    mailing = make_mailing(make_campaign())
    for text in ("554 a", "554 a", "554 b", "554 b", "554 c", "554 d"):
        make_notice(mailing, state="refused", reply=text)
    found = causes(mailing)
    assert [(cause.text, cause.notices) for cause in found] == [("554 a", 2), ("554 b", 2), (OTHERS, 2)]
    assert Delivery.objects.count() == 0
