"""Dates that somebody has typed into a text, in the forms in which people here write them."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from notices.days import MONTHS, WEEKDAYS

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before the first
KANJI = {char: number for number, char in enumerate("〇一二三四五六七八九十")}
NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
MONTH = r"(?P<name>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
WEEKDAY = rf"(?:(?:{'|'.join(WEEKDAYS['en'])}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?,?\s+)?"
FORMS = (
    re.compile(
        rf"(?:(?:(?P<year>\d{{4}})|(?P<era>{'|'.join(ERAS)})(?P<era_year>元|\d{{1,2}}))年\s*)?"
        rf"(?P<month>{NUMBER})月\s*(?:(?P<day>{NUMBER})日|(?P<last>末)日?)(?:\s*[（(][月火水木金土日](?:曜日?)?[)）])?"
    ),
    re.compile(r"(?<![\d/.-])(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?![\d/])"),
    re.compile(r"(?<![\d/.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/])"),
    re.compile(rf"\b{WEEKDAY}{MONTH}\s+{DAY}\b(?:,?\s+(?P<year>\d{{4}}))?", re.IGNORECASE),
    re.compile(rf"\b{WEEKDAY}{DAY}(?:\s+of)?\s+{MONTH}(?:,?\s+(?P<year>\d{{4}}))?(?!\w)", re.IGNORECASE),
)


@dataclass(frozen=True)
class TypedDate:
    """`year` None: it was not typed; `day` None: the month's last, 3月末."""

    start: int
    end: int
    year: int | None
    month: int
    day: int | None

    def means(self, day: date) -> bool:
        wanted = self.day or calendar.monthrange(day.year, day.month)[1]
        return (self.month, wanted) == (day.month, day.day) and self.year in (None, day.year)


def typed_dates(text: str) -> Iterator[TypedDate]:
    """In the order of the text; what is no day of any year is none."""
    found = [typed for form in FORMS for match in form.finditer(text) if (typed := _date(match))]
    end = 0
    for typed in sorted(found, key=lambda each: (each.start, -each.end)):
        if typed.start >= end:  # 2027/3/31 is one date, not two
            yield typed
            end = typed.end


def _date(match: re.Match[str]) -> TypedDate | None:
    given = match.groupdict()
    year = int(given["year"]) if given.get("year") else None
    if given.get("era"):
        year = ERAS[given["era"]] + (1 if given["era_year"] == "元" else int(given["era_year"]))
    month = _month(given)
    if not 1 <= month <= 12:
        return None
    if given.get("last"):
        return TypedDate(*match.span(), year, month, None)
    day = _number(given["day"])
    longest = calendar.monthrange(year or 2000, month)[1]
    return TypedDate(*match.span(), year, month, day) if 1 <= day <= longest else None


def _month(given: dict[str, str | None]) -> int:
    if given.get("name"):
        return next(number for number, name in enumerate(MONTHS, 1) if name[:3].lower() == given["name"][:3].lower())
    return _number(given["month"])


def _number(digits: str) -> int:
    """Also in full-width digits and in kanji: 三十一."""
    if digits.isdecimal():
        return int(digits)
    tens, ten, units = digits.rpartition("十")
    return (KANJI.get(tens, 1) * 10 if ten else 0) + (KANJI[units] if len(units) == 1 else 0)
