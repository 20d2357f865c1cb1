"""What a check of `manage.py doctor` says."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SOON = timedelta(days=21)  # a certificate that ends within is told of


class Verdict(TextChoices):
    """Unchecked is what cannot be looked at from here."""

    OK = "ok", _("ok")
    WARNING = "warning", _("warning")
    PROBLEM = "problem", _("problem")
    UNCHECKED = "unchecked", _("not checkable")


@dataclass(frozen=True)
class Finding:
    """`check` is what was looked at, a word for programs; `said` what was found; `advice` what to do, "" if nothing."""

    check: str
    verdict: Verdict
    said: str
    advice: str = ""


def ok(check: str, said: str) -> Finding:
    return Finding(check, Verdict.OK, said)


def warning(check: str, said: str, advice: str) -> Finding:
    return Finding(check, Verdict.WARNING, said, advice)


def problem(check: str, said: str, advice: str) -> Finding:
    return Finding(check, Verdict.PROBLEM, said, advice)


def unchecked(check: str, said: str, advice: str = "") -> Finding:
    return Finding(check, Verdict.UNCHECKED, said, advice)
