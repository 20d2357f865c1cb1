from datetime import date

import pytest

from notices.typed_dates import typed_dates


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("2027年3月31日から", "2027年3月31日", date(2027, 3, 31)),
        ("2027年3月31日（水）から", "2027年3月31日（水）", date(2027, 3, 31)),
        ("締切は3月31日(水曜日)です", "3月31日(水曜日)", date(2027, 3, 31)),
        ("２０２７年３月３１日", "２０２７年３月３１日", date(2027, 3, 31)),
        ("令和9年3月31日", "令和9年3月31日", date(2027, 3, 31)),
        ("令和元年5月1日", "令和元年5月1日", date(2019, 5, 1)),
        ("三月三十一日", "三月三十一日", date(2027, 3, 31)),
        ("十二月十日", "十二月十日", date(2026, 12, 10)),
        ("2月末まで", "2月末", date(2027, 2, 28)),
        ("2028年2月末日まで", "2028年2月末日", date(2028, 2, 29)),
        ("2027/3/31", "2027/3/31", date(2027, 3, 31)),
        ("2027-03-31", "2027-03-31", date(2027, 3, 31)),
        ("2027.3.31", "2027.3.31", date(2027, 3, 31)),
        ("by 3/31 at noon", "3/31", date(2027, 3, 31)),
        ("on March 31, 2027,", "March 31, 2027", date(2027, 3, 31)),
        ("on Wednesday, March 31st 2027", "Wednesday, March 31st 2027", date(2027, 3, 31)),
        ("on Mar. 31.", "Mar. 31", date(2027, 3, 31)),
        ("on 31 March 2027.", "31 March 2027", date(2027, 3, 31)),
        ("on the 1st of April", "1st of April", date(2027, 4, 1)),
        ("on Wed 31 march", "Wed 31 march", date(2027, 3, 31)),
    ],
)
def test_a_date_is_found_as_people_write_it(text, words, day):
    [found] = typed_dates(text)
    assert text[found.start : found.end] == words
    assert found.means(day)
    assert not found.means(day.replace(month=day.month % 12 + 1, day=15))


@pytest.mark.parametrize(
    "text",
    [
        "13月1日",
        "2月30日",
        "0月0日",
        "3月",
        "3日間",
        "24/7",
        "ports 465/587",
        "192.0.2.31",
        "0120-000-000",
        "482-913-057",
        "9:00～18:00",
        "March",
        "May we ask you",
        "31 people",
        "March 32",
        "version 3.31.2027.1",
    ],
)
def test_what_is_no_day_is_none(text):
    assert not list(typed_dates(text))


def test_without_a_year_it_means_that_day_of_any_year():
    [found] = typed_dates("3月31日")
    assert found.means(date(2026, 3, 31)) and found.means(date(2027, 3, 31))
    [found] = typed_dates("2026年3月31日")
    assert not found.means(date(2027, 3, 31))


def test_several_dates_come_in_their_order():
    text = "from 31 March 2027, not 2026/12/31 or 1月5日"
    assert [text[each.start : each.end] for each in typed_dates(text)] == ["31 March 2027", "2026/12/31", "1月5日"]
