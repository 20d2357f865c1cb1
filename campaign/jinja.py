"""Two Jinja2 engines over one folder: pages are escaped, mail text is not.

An undefined name is an error in both: a hole in a mail must be found before it goes out.
"""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from jinja2 import Environment, StrictUndefined

# Django's own runs the day and the hour together in Japanese, and ends with "p.m." inside sentences in English.
MOMENT = {"ja": "Y年n月j日 G:i", "en": "N j, Y, H:i"}


def day(value) -> str:
    """A date or time as people here write a day: 2026年12月31日 or 31 December 2026."""
    if hasattr(value, "hour"):
        value = timezone.localtime(value)
    return date_format(value, "DATE_FORMAT")


def moment(value) -> str:
    """A time in the provider's zone, to the minute."""
    return date_format(timezone.localtime(value), MOMENT.get(translation.get_language(), "DATETIME_FORMAT"))


def count(value) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def tenths(value) -> str:
    """With one decimal, rounded: `number_format` by itself cuts the rest of a float off."""
    return number_format(round(value, 1), decimal_pos=1)


def _environment(**options: Any) -> Environment:
    options.update(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    made = Environment(extensions=["jinja2.ext.i18n"], **options)
    made.install_gettext_callables(
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    made.filters.update(day=day, moment=moment, count=count)
    return made


def pages(**options: Any) -> Environment:
    made = _environment(**options)
    made.globals.update(static=static, url=reverse, language=translation.get_language)
    return made


def mail(**options: Any) -> Environment:
    return _environment(**options)
