"""The texts of a campaign's mailings: which version is in use, what is waiting, and what the checks say."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from campaign.models import Campaign, Language
from notices import texts
from notices.models import Mailing, TextVersion
from notices.text_checks import Severity


@dataclass(frozen=True)
class Which:
    """One text: of a campaign, for a kind of mailing, in a language."""

    campaign: Campaign
    kind: Mailing.Kind
    language: Language

    @property
    def title(self) -> str:
        return _("%(kind)s, %(language)s") % {"kind": self.kind.label, "language": self.language.label}

    @property
    def names(self) -> dict[str, str]:
        """As its addresses have them."""
        return {"campaign": self.campaign.name, "kind": self.kind.value, "language": self.language.value}

    def url(self, page: str = "text", **ids: object) -> str:
        return reverse(page, kwargs=self.names | ids)

    def version(self, number: int) -> TextVersion | None:
        """None is ours, which has the number 0."""
        if number == 0:
            return None
        found = texts.versions(self.campaign, self.kind, self.language).filter(number=number).first()
        if found is None:
            raise Http404(number)
        return found


@dataclass(frozen=True)
class Line:
    """One text in the list."""

    title: str
    language: str
    url: str
    in_use: str
    state: str
    state_title: str
    by: str
    at: datetime | None
    approved_by: str
    errors: int
    warnings: int


def which(*, campaign: str, kind: str, language: str) -> Which:
    found = Campaign.objects.filter(name=campaign).first()
    if found is None or kind not in Mailing.Kind.values or language not in Language.values:
        raise Http404
    return Which(found, Mailing.Kind(kind), Language(language))


def number_title(number: int) -> str:
    return _("version %(number)s") % {"number": number} if number else _("ours, as it came")


def state_of(version: TextVersion | None) -> tuple[str, str]:
    """As a name for its colour and as a word: draft, asked for approval, approved; ours needs no approval."""
    if version is None or version.approved_at:
        return "approved", _("approved") if version else _("ours")
    return ("asked", _("waiting for approval")) if version.asked_at else ("draft", _("draft"))


def name_of(user: AbstractUser | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "texts.html", {"lines": [], "campaigns": [], "campaign": ""})
    found = [Which(campaign, kind, language) for kind in Mailing.Kind for language in Language]
    values = {
        "lines": [line(each) for each in found],
        "campaigns": campaign_choices(campaign, reverse("texts")),
        "campaign": campaign.name,
    }
    return show(request, "texts.html", values)


def line(text: Which) -> Line:
    newest = texts.newest(text.campaign, text.kind, text.language)
    current = texts.current(text.campaign, text.kind, text.language)
    found = texts.findings(newest, campaign=text.campaign, kind=text.kind, language=text.language)
    severities = Counter(each.severity for each in found)
    state, state_title = state_of(newest.version)
    version = newest.version
    return Line(
        title=text.kind.label,
        language=text.language.label,
        url=text.url(),
        in_use=number_title(current.number),
        state=state,
        state_title=state_title if newest.number == current.number else f"{number_title(newest.number)}: {state_title}",
        by=name_of(version.written_by) if version else "",
        at=version.written_at if version else None,
        approved_by=name_of(version.approved_by) if version else "",
        errors=severities[Severity.ERROR],
        warnings=severities[Severity.WARNING],
    )
