"""One text: the words of a version, what the checks say, its way to approval, and its history."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import brands
from campaign.audit import Act as Noted
from campaign.dashboard import noting
from campaign.dashboard.shell import show
from campaign.dashboard.staff_copies import copies, recipients
from campaign.dashboard.texts import Which, name_of, number_title, state_of, which
from notices import texts
from notices.models import TextVersion
from notices.text_checks import Field, Finding, Severity

WRITE, APPROVE, PREVIEW = "notices.write_text", "notices.approve_text", "notices.preview_mail"


@dataclass(frozen=True)
class Marked:
    """A finding with what stands at its place."""

    error: bool
    sentence: str
    field: str
    line: int
    words: str
    replacement: str | None
    key: str


@dataclass(frozen=True)
class Past:
    """A version in the history."""

    number: int
    title: str
    state: str
    state_title: str
    version: TextVersion | None
    by: str
    asked_by: str
    approved_by: str
    url: str


def page(request: HttpRequest, *, campaign: str, kind: str, language: str) -> HttpResponse:
    text = which(campaign=campaign, kind=kind, language=language)
    history = past(text)
    number = asked_number(request.GET.get("version", ""), default=history[0].number)
    shown, brand = texts.of(text.version(number), kind=kind, language=language), brands.main_brand()
    values = {
        "text": text,
        "campaign": campaign,
        "shown": shown,
        "this": next(each for each in history if each.number == number),
        "newest": history[0],
        "current": texts.current(text.campaign, kind, language).number,
        "history": history,
        "findings": marked(shown, text),
        "acts": acts(shown.version, request.user, newest=history[0].number),
        "own": own(shown.version, request.user),
        "may_write": request.user.has_perm(WRITE),
        "may_preview": request.user.has_perm(PREVIEW),
        "recipients": recipients(request.user),
        "copies": copies(text),
        "sender": f"{brand.name[language]} <{brand.notice_from}>",
    }
    return show(request, "text.html", values)


def asked_number(given: str, *, default: int) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else default


def past(text: Which) -> list[Past]:
    """The newest first; ours, which was there before all, is the last."""
    found = texts.versions(text.campaign, text.kind, text.language)
    return [_past(text, each) for each in (*found.select_related("written_by", "asked_by", "approved_by"), None)]


def _past(text: Which, version: TextVersion | None) -> Past:
    number = version.number if version else 0
    state, state_title = state_of(version)
    return Past(
        number=number,
        title=number_title(number),
        state=state,
        state_title=state_title,
        version=version,
        by=name_of(version.written_by) if version else "",
        asked_by=name_of(version.asked_by) if version else "",
        approved_by=name_of(version.approved_by) if version else "",
        url=f"{text.url()}?version={number}",
    )


def marked(shown: texts.Text, text: Which) -> list[Marked]:
    found = texts.findings(shown, campaign=text.campaign, kind=text.kind, language=text.language)
    return [_marked(each, shown) for each in found]


def _marked(finding: Finding, shown: texts.Text) -> Marked:
    source = shown.subject if finding.field == Field.SUBJECT else shown.body
    placed = finding.end > finding.start
    return Marked(
        error=finding.severity == Severity.ERROR,
        sentence=finding.sentence,
        field=_("Subject") if finding.field == Field.SUBJECT else _("Text"),
        line=source.count("\n", 0, finding.start) + 1 if placed and finding.field == Field.BODY else 0,
        words=source[finding.start : finding.end][:80] if placed else "",
        replacement=finding.replacement,
        key=key_of(finding),
    )


def key_of(finding: Finding) -> str:
    """Names a finding in a form, so that it is found again in the same text."""
    return f"{finding.field}-{finding.code}-{finding.start}-{finding.end}"


def own(version: TextVersion | None, user: AbstractUser) -> bool:
    """Whether somebody looks at their own words, which somebody else has to approve."""
    return bool(version) and not version.approved_at and version.written_by_id == user.pk


@dataclass(frozen=True)
class Act:
    """A step with one version."""

    permission: str
    noted: Noted
    done: Callable[[], str]


ACTS = {
    "ask": Act(WRITE, Noted.ASKED, lambda: _("Approval is asked for: a second person has to give it.")),
    "approve": Act(APPROVE, Noted.APPROVED, lambda: _("The text is approved: mailings planned from now on say this.")),
    "restore": Act(
        WRITE, Noted.ADDED, lambda: _("The old text is a new version now: a draft, to be approved as any other.")
    ),
}


def acts(version: TextVersion | None, user: AbstractUser, *, newest: int) -> set[str]:
    """The steps to offer; whether one is possible in the end, `notices.texts` decides."""
    possible = {
        "ask": bool(version) and not version.asked_at and not version.approved_at,
        "approve": bool(version) and version.asked_at and not version.approved_at and version.written_by_id != user.pk,
        "restore": (version.number if version else 0) != newest,
    }
    return {name for name, act in ACTS.items() if possible[name] and user.has_perm(act.permission)}


def act(request: HttpRequest, *, campaign: str, kind: str, language: str, number: int, act: str) -> HttpResponse:
    text = which(campaign=campaign, kind=kind, language=language)
    if act not in ACTS:
        raise Http404
    if not request.user.has_perm(ACTS[act].permission):
        raise PermissionDenied(ACTS[act].permission)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    shown = number
    try:
        with transaction.atomic():
            version = _do(act, text, number=number, user_id=request.user.pk)
            noting.note(request, ACTS[act].noted, noting.text(version))
        shown = version.number
    except texts.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, ACTS[act].done())
    return HttpResponseRedirect(f"{text.url()}?version={shown}", status=303)


def _do(act: str, text: Which, *, number: int, user_id: int) -> TextVersion:
    """Returns the version to look at afterwards."""
    now, version = timezone.now(), text.version(number)
    if act == "restore":
        which_one = {"campaign_id": text.campaign.pk, "kind": text.kind.value, "language": text.language.value}
        return texts.restore(**which_one, number=number, now=now, user_id=user_id)
    if version is None:
        raise texts.NotPossible(_("Our own text needs no approval."))
    step = texts.ask_for_approval if act == "ask" else texts.approve
    step(version_id=version.pk, now=now, user_id=user_id)
    return version
