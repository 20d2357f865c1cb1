"""What stays of a line that nobody understood: enough to know it again, and nothing of anybody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.shape import LONGEST, WORDS, shape


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "(12345-01) Passed CLEAN, LOCAL [192.0.2.7]:50000 <hanako@isp.example> -> <taro@far.example>, "
            'Hits: -1.2, size: 1200, Subject: "my divorce", 320 ms',
            "(#-#) Passed CLEAN, LOCAL […]:# <…@…> -> <…@…>, Hits: …, size: #, Subject …",
        ),
        ("warning: header Subject: my divorce from unknown[192.0.2.7]; proto=ESMTP", "warning: header …"),
        (
            "imap-login: Disconnected (auth failed, 3 attempts): user=<hanako>, rip=192.0.2.7, TLS",
            "imap-login: Disconnected (auth failed, # attempts): user=<…>, rip=…, TLS",
        ),
        ("554 5.7.1 <hanako@isp.example>: Relay access denied; from=<>", "554 5.7.1 <…@…>: Relay access denied; from=<>"),
        ("login failed for 'hanako suzuki' from 2001:db8::550", "login failed for '…' from …"),
        ("user hanako.suzuki@isp.example logged in", "user …@… logged in"),
        ("login hanako, can't open mailbox /var/mail/hanako", "login …, can't open mailbox …"),
        ('user="a \\" hanako" from', 'user="…" from'),
        ("user=hanako suzuki status=ok", "user=… status=…"),
        ("X-Subject: my divorce", "…Subject …"),
        ("件名 離婚の件", "件名 …"),
        ("お客さまの件 090-1234-5678 20261124", "… #-#-# #"),
        ('to "hanako', 'to "…"'),
        ("to <hanako suzuki", "to <…>"),
        ("a<b@c d>hanako", "a<…@…>…"),
        ("", ""),
    ],
)  # fmt: skip
def test_values_quotes_addresses_names_and_numbers_leave_a_mark(text, left):
    assert shape(text) == left


TEXT = st.text(st.sampled_from("aeio59 .-:;,=@<>()[]{}\"'`\\…\tü名") | st.characters(), max_size=80)


@given(TEXT)
def test_whatever_stands_there_only_signs_reply_codes_and_known_words_stay(text):
    left = shape(text)
    assert len(left) <= LONGEST and "\n" not in left
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", left):
        assert word.lower() in WORDS or re.fullmatch("subject|header|body|filename|comment|件名", word, re.I)
    for number in re.findall(r"[\d.]*\d", left):
        assert re.fullmatch(r"[245]\d\d|[245]\.\d{1,3}\.\d{1,3}", number)


@given(before=TEXT, behind=TEXT)
def test_a_name_is_gone_wherever_it_stands(before, behind):
    assert "hanako" not in shape(f"{before}hanako{behind}").lower()


def test_no_ones_first_name_is_a_known_word():
    assert not WORDS & {"hanako", "taro", "max", "mark", "will", "rob", "pat", "art", "info", "root", "admin", "sales"}


def test_a_long_line_is_cut():
    assert len(shape("user, " * 10_000)) == LONGEST
