import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.lines import breathing, one_line, width, wrapped


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("短い。", ["短い。"]),
        ("一つ目。二つ目。", ["一つ目。", "二つ目。"]),
        ("あ" * 20 + "、" + "い" * 20 + "。", ["あ" * 20 + "、", "い" * 20 + "。"]),
        ("あ" * 40, ["あ" * 30, "あ" * 10]),
        ("あ" * 30 + "。", ["あ" * 29, "あ。"]),
        ("あ" * 28 + "smtp.isp.example" + "い", ["あ" * 28, "smtp.isp.exampleい"]),
        ("1. " + "あ" * 20 + "、" + "い" * 20, ["1. " + "あ" * 20 + "、", "   " + "い" * 20]),
        ("このとき Windows の" + "確認" * 12 + "が出ます", ["このとき Windows の" + "確認" * 10, "確認確認が出ます"]),
        (
            "設定を変えるときにはお使いのソフトの画面で送信サーバーの名前を確かめます",
            ["設定を変えるときにはお使いのソフトの画面で送信サーバーの", "名前を確かめます"],
        ),
        (
            "メニューの 設定 からパスワードを保存しているところのサーバーのお名前を確かめます",
            ["メニューの 設定 からパスワードを保存しているところの", "サーバーのお名前を確かめます"],
        ),
        ("  あ。い。\u3000う", ["  あ。", "  い。", "  \u3000う"]),
        ("「はい。」と。。言う。", ["「はい。」と。。", "言う。"]),
        ("https://isp.example/" + "a" * 80, ["https://isp.example/" + "a" * 80]),
        ("a" * 100, ["a" * 60, "a" * 40]),
        ("one two " * 10, ["one two one two one two one two one two one two one two one", "two one two one two"]),
    ],
)
def test_lines_break_where_a_reader_would(text, lines):
    assert wrapped(text, columns=60).splitlines() == lines


@given(st.text(alphabet="あいう、。」ー a1.\n", max_size=200))
def test_no_line_is_too_long_and_no_character_is_lost(text):
    got = wrapped(text, columns=20)
    assert max(map(width, got.splitlines()), default=0) <= 20
    assert "\n\n\n" not in got and got.endswith("\n")
    assert "".join(got.split()) == "".join(text.split())


WORDS = [
    "設定",
    "送信サーバー",
    "を",
    "はじめから、",
    "（メール）",
    "「サッカー」",
    "smtp.isp.example ",
    "ください。",
    "31日",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_no_line_begins_with_a_mark_or_ends_with_an_opening_bracket(words):
    lines = wrapped("".join(words), columns=30).splitlines()
    assert max(map(width, lines), default=0) <= 30
    assert not [line for line in lines if line.startswith(tuple("、。」）ーッ")) or line.endswith(("「", "（"))]
    assert all("smtp.isp" not in line or "smtp.isp.example" in line for line in lines)


def test_a_name_loses_what_nobody_sees():
    assert one_line(" 佐藤\u200b\t花子\r\n\x00 ") == "佐藤 花子"


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([], ""),
        (["a", "b", "c"], "a\nb\nc"),
        (["a", "b", "c", "d"], "a\nb\nc\n\nd"),
        (["a", "b\n  c\n  d", "e"], "a\n\nb\n  c\n  d\n\ne"),
        (["a\n b\n c\n d", "e"], "a\n b\n c\n d\n\ne"),
        (["あ" * 31, "い", "う"], "あ" * 31 + "\nい\n\nう"),
    ],
)
def test_a_list_has_room_to_breathe(pieces, text):
    assert breathing(pieces, columns=60) == text


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("あいう", 6), ("ｱ", 1), ("～", 2), ("é", 2)])
def test_a_full_width_character_takes_two_columns(text, columns):
    assert width(text) == columns
