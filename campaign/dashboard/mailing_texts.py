"""What a mailing says and to whom: the texts that it took when it was planned, and what the checks say of them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.dashboard.text import Marked, marked
from campaign.dashboard.texts import Which, number_title
from campaign.jinja import count
from campaign.models import Language, Reason, Standing
from notices import reports, texts
from notices.audience import UNKNOWN
from notices.guides import catalog
from notices.models import Mailing


@dataclass(frozen=True)
class Said:
    """The mailing's text in one language; `newer` is the version that is approved since, "" where there is none."""

    code: str
    language: str
    version: str
    url: str
    newer: str
    compare_url: str
    subject: str
    body: str
    findings: list[Marked]


def said(mailing: Mailing) -> list[Said]:
    return [_said(mailing, language) for language in Language]


def _said(mailing: Mailing, language: Language) -> Said:
    which = Which(mailing.campaign, Mailing.Kind(mailing.kind), language)
    text = texts.of_mailing(mailing, language)
    current = texts.current(mailing.campaign, mailing.kind, language)
    newer = current.number > text.number
    return Said(
        code=language.value,
        language=str(language.label),
        version=number_title(text.number),
        url=f"{which.url()}?version={text.number}",
        newer=number_title(current.number) if newer else "",
        compare_url=f"{which.url('text_compare')}?old={text.number}&new={current.number}" if newer else "",
        subject=text.subject,
        body=text.body,
        findings=marked(text, which),
    )


def audience(mailing: Mailing, *, now: datetime) -> list[tuple[str, str]]:
    """To whom it goes, in words: how many in each language, and what narrows them."""
    titles = {
        "standings": _("Only who stands so"),
        "reasons": _("Only for the reason"),
        "programs": _("Only with the program"),
        "waves": _("Only of the wave"),
        "languages": _("Only in the language"),
    }
    narrowed = [
        (titles[field], ", ".join(_title(field, value) for value in values))
        for field, values in mailing.audience.items()
        if values
    ]
    return [(_("Planned for"), _by_language(mailing, now)), *(narrowed or [(_("Narrowed to"), _("nobody left out"))])]


def _title(field: str, value: str | int) -> str:
    if value == UNKNOWN:
        return _("not known")
    if field == "programs":
        return catalog.title(str(value), get_language()) or str(value)
    choices = {"standings": Standing, "reasons": Reason, "languages": Language}
    return str(choices[field](value).label) if field in choices else str(value)


def _by_language(mailing: Mailing, now: datetime) -> str:
    planned = reports.by_language(mailing, now=now)
    return ", ".join(f"{Language(language).label}: {count(notices)}" for language, notices in planned) or "0"
