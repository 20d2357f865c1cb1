import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.dashboard.comparison import Change, compared

TEXTS = st.text(alphabet="ab 、。送信設定がをアイ{%} \n1", max_size=60)


def marked(old: str, new: str) -> str:
    marks = {Change.SAME: "{}", Change.GONE: "[-{}-]", Change.NEW: "[+{}+]"}
    return "".join(marks[piece.change].format(piece.text) for piece in compared(old, new))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("send mail soon", "send mail today", "send mail [-soon-][+today+]"),
        ("Dear {{ name }},", "Dear {{ program }},", "Dear [-{{ name }}-][+{{ program }}+],"),
        ("{% if name %}a", "{% if program %}a", "[-{% if name %}-][+{% if program %}+]a"),
        ("送信の設定を変えてください。", "送信の方法を変えてください。", "送信の[-設定を-][+方法を+]変えてください。"),
        ("アウトルックの設定", "サンダーバードの設定", "[-アウトルック-][+サンダーバード+]の設定"),
        ("12月30日まで", "1月31日まで", "[-12-][+1+]月[-30-][+31+]日まで"),
        ("one, two", "three, four", "[-one, two-][+three, four+]"),
        ("first\nlast\n", "first\nmiddle\nlast\n", "first\n[+middle\n+]last\n"),
        ("the same\r\n", "the same\n", "the same\n"),
        ("", "new", "[+new+]"),
        ("", "", ""),
    ],
)
def test_only_the_words_that_differ_are_marked(old, new, wanted):
    assert marked(old, new) == wanted


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_comparison(old, new):
    pieces = compared(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != Change.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.change != Change.GONE) == new
    assert all(piece.text for piece in pieces)
