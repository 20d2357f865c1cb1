"""Writing a text: the next version is saved, and what somebody else saved meanwhile is neither lost nor overwritten."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act
from campaign.dashboard import noting
from campaign.dashboard.comparison import Piece, compared
from campaign.dashboard.shell import show
from campaign.dashboard.text import asked_number, key_of, marked
from campaign.dashboard.texts import Which, name_of, number_title, which
from notices import texts
from notices.models import TextVersion
from notices.placeholders import PLACEHOLDERS, required
from notices.text_checks import Field


@dataclass(frozen=True)
class Draft:
    """What stands in the form; `after` is the number of the version that it was written from."""

    subject: str
    body: str
    remark: str
    after: int

    @property
    def text(self) -> texts.Text:
        return texts.Text(self.subject, self.body)


@dataclass(frozen=True)
class Name:
    """A placeholder beside the form."""

    written: str
    meaning: str
    example: str
    optional: bool
    condition: bool
    needed: bool


@dataclass(frozen=True)
class Other:
    """What somebody else saved in the meantime, against what stands in the form."""

    title: str
    by: str
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]


def page(request: HttpRequest, *, campaign: str, kind: str, language: str) -> HttpResponse:
    text = which(campaign=campaign, kind=kind, language=language)
    if request.method != "POST":
        newest = texts.newest(text.campaign, kind, language)
        return _form(request, text, Draft(newest.subject, newest.body, "", newest.number))
    if "after" not in request.POST:  # the last field: a button was pressed before the text had come whole
        messages.warning(request, _("The page was not there as a whole yet. Nothing is changed; please try again."))
        return HttpResponseRedirect(request.path, status=303)
    draft = draft_of(request)
    asked = request.POST.get("act", "")
    if asked.startswith("replace "):
        return _form(request, text, replaced(draft, text, key=asked.removeprefix("replace ")), changed=True)
    if asked != "save":
        return _form(request, text, draft, changed=True)
    return _save(request, text, draft)


def draft_of(request: HttpRequest) -> Draft:
    """As typed: browsers end lines by CR LF, and places are counted without the CR."""
    given = {name: request.POST.get(name, "").replace("\0", "") for name in ("subject", "body", "remark", "after")}
    after = asked_number(given["after"], default=0)
    return Draft(given["subject"], given["body"].replace("\r\n", "\n"), given["remark"], after)


def replaced(draft: Draft, text: Which, *, key: str) -> Draft:
    """With the finding's words replaced; as it was, where there is no such finding in it."""
    for finding in texts.findings(draft.text, campaign=text.campaign, kind=text.kind, language=text.language):
        if key_of(finding) != key or finding.replacement is None:
            continue
        in_subject = finding.field == Field.SUBJECT
        source = draft.subject if in_subject else draft.body
        new = source[: finding.start] + finding.replacement + source[finding.end :]
        return Draft(new if in_subject else draft.subject, draft.body if in_subject else new, draft.remark, draft.after)
    return draft


def _save(request: HttpRequest, text: Which, draft: Draft) -> HttpResponse:
    newest = texts.newest(text.campaign, text.kind, text.language)
    if newest.version and newest.number > draft.after:
        return _meanwhile(request, text, draft, newest.version)
    if (draft.subject.strip(), draft.body.strip()) == (newest.subject, newest.body.strip()):
        messages.info(request, _("Nothing has changed, so there is no new version."))
        return HttpResponseRedirect(text.url(), status=303)
    try:
        made = _write(request, text, draft)
    except texts.NotPossible as error:
        newest = texts.newest(text.campaign, text.kind, text.language)
        if newest.version and newest.number > draft.after:  # in this very moment
            return _meanwhile(request, text, draft, newest.version)
        return _form(request, text, draft, wrong=error.wrong, status=422)
    messages.success(request, _("Saved as %(version)s, a draft.") % {"version": number_title(made.number)})
    return HttpResponseRedirect(f"{text.url()}?version={made.number}", status=303)


def _write(request: HttpRequest, text: Which, draft: Draft) -> TextVersion:
    with transaction.atomic():
        made = texts.write(
            campaign_id=text.campaign.pk,
            kind=text.kind.value,
            language=text.language.value,
            subject=draft.subject,
            body=draft.body,
            remark=draft.remark,
            after=draft.after,
            now=timezone.now(),
            user_id=request.user.pk,
        )
        noting.note(request, Act.ADDED, noting.text(made), reason=made.remark)
    return made


def _meanwhile(request: HttpRequest, text: Which, draft: Draft, version: TextVersion) -> HttpResponse:
    """Both are shown; to save once more, with both seen, goes on from the other's version."""
    other = Other(
        title=number_title(version.number),
        by=name_of(version.written_by),
        subject=compared(version.subject, draft.subject),
        body=compared(version.body, draft.body),
    )
    return _form(request, text, Draft(draft.subject, draft.body, draft.remark, version.number), other=other, status=409)


def _form(
    request: HttpRequest,
    text: Which,
    draft: Draft,
    *,
    other: Other | None = None,
    wrong: dict[str, str] | None = None,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    values = {
        "text": text,
        "campaign": text.campaign.name,
        "draft": draft,
        "base": number_title(draft.after),
        "findings": marked(draft.text, text),
        "changed": changed,
        "names": names(text),
        "other": other,
        "wrong": wrong or {},
        "longest": {"subject": texts.LONGEST_SUBJECT, "body": texts.LONGEST_BODY, "remark": texts.LONGEST_REMARK},
    }
    return show(request, "text_edit.html", values, status=status)


def names(text: Which) -> list[Name]:
    """The fixed list, with the campaign's own dates; those that may not be missing first."""
    needed, values = required(text.kind), texts.facts(text.campaign, text.language).values(text.language)
    found = [
        Name(
            written=each.written,
            meaning=str(each.meaning),
            example="" if each.condition else str(values[each.name]),
            optional=each.optional,
            condition=each.condition,
            needed=each.name in needed,
        )
        for each in PLACEHOLDERS.values()
    ]
    return sorted(found, key=lambda each: not each.needed)
