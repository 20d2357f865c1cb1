"""What is looked at before a mailing is approved: the words that it goes out with, and what speaks against them."""

from campaign.models import Language
from notices import texts
from notices.models import Mailing
from notices.text_checks import Finding, Severity


def findings(mailing: Mailing, language: str) -> list[Finding]:
    """As of today: a cut-off date that moved since makes an error of what was right."""
    text = texts.of_mailing(mailing, language)
    return texts.findings(text, campaign=mailing.campaign, kind=mailing.kind, language=language)


def errors(mailing: Mailing) -> list[str]:
    """Why the mailing cannot be approved; empty where nothing stands in its way."""
    found = [each for language in Language.values for each in findings(mailing, language)]
    return list(dict.fromkeys(each.sentence for each in found if each.severity == Severity.ERROR))


def has_warnings(mailing: Mailing) -> bool:
    """Whether whoever approves has something to read first."""
    found = (each for language in Language.values for each in findings(mailing, language))
    return any(each.severity == Severity.WARNING for each in found)
