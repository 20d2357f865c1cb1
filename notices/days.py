"""Days as a mail writes them, each in the language of its reader."""

from datetime import date
from functools import lru_cache

WEEKDAYS = {
    "ja": tuple("月火水木金土日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@lru_cache
def long_day(day: date, language: str) -> str:
    """With its weekday: people plan by it."""
    weekday = WEEKDAYS[language][day.weekday()]
    if language == "ja":
        return f"{day.year}年{short_day(day, language)}（{weekday}）"
    return f"{weekday}, {short_day(day, language)}, {day.year}"


def short_day(day: date, language: str) -> str:
    return f"{day.month}月{day.day}日" if language == "ja" else f"{MONTHS[day.month - 1]} {day.day}"
