"""What is previewed: a text or a mailing, the people whom it is for, and what it would say to each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaign.dashboard.texts import number_title, which
from campaign.dashboard.words import mailing_title
from campaign.models import Holdout, Language, Standing
from notices import cases, filling, situations, staff_copies, texts
from notices.cases import Case
from notices.models import Mailing, Notice
from notices.placeholders import PLACEHOLDERS

EMPTY = {  # by placeholder: for whom there is nothing to put in
    "name": Q(customer__name=""),
    "program": Q(customer__client_program=""),
    "situation": ~Q(reason__in=situations.SITUATIONS) & ~Q(standing=Standing.MIXED),
    "moved_on": Q(last_auth_on=None),
}


@dataclass(frozen=True)
class Subject:
    """What is previewed, to whom it goes, and the case of each of them."""

    title: str
    campaign: str
    url: str
    back: str
    of_text: bool
    people: QuerySet[Holdout]
    mailing: Mailing
    case: Callable[[Holdout], Case]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """How many people have nothing to put in for a placeholder of the text."""

    meaning: str
    people: int
    url: str
    chosen: bool


def of_text(*, campaign: str, kind: str, language: str, number: int) -> Subject:
    text = which(campaign=campaign, kind=kind, language=language)
    version = text.version(number)
    words = texts.of(version, kind=kind, language=language)
    people = Holdout.objects.filter(campaign=text.campaign, customer__language=language)

    mailing = staff_copies.specimen(text.campaign, kind=kind, language=language, version=version, now=timezone.now())

    def case(holdout: Holdout) -> Case:
        number, message_id = staff_copies.NUMBER, staff_copies.new_message_id()
        return cases.of_holdout(holdout.pk, text.campaign, number=number, message_id=message_id)

    return Subject(
        title=f"{text.title}: {number_title(number)}",
        campaign=campaign,
        url=text.url("text_preview", number=number),
        back=f"{text.url()}?version={number}",
        of_text=True,
        people=people.moved() if kind == Mailing.Kind.THANKS else people.left(),
        mailing=mailing,
        case=case,
        sources=(words.subject, words.body),
    )


def of_mailing(*, pk: int) -> Subject:
    mailing = get_object_or_404(Mailing.objects.select_related("campaign", "text_ja", "text_en"), pk=pk)
    words = [texts.of_mailing(mailing, language) for language in Language.values]

    def case(holdout: Holdout) -> Case:
        return cases.of_notice(Notice.objects.select_related("mailing__campaign").get(mailing=mailing, holdout=holdout))

    return Subject(
        title=mailing_title(mailing.kind, mailing.period),
        campaign=mailing.campaign.name,
        url=reverse("mailing_preview", kwargs={"pk": pk}),
        back=reverse("mailing", kwargs={"pk": pk}),
        of_text=False,
        people=Holdout.objects.filter(notices__mailing=mailing),
        mailing=mailing,
        case=case,
        sources=tuple(source for each in words for source in (each.subject, each.body)),
    )


def missing(subject: Subject, view: str, without: str) -> list[Missing]:
    """For each placeholder of the text that is empty for somebody: how many people have nothing to put in."""
    used = {use.name for source in subject.sources for use in _uses(source)}
    found = {name: subject.people.filter(condition).count() for name, condition in EMPTY.items() if name in used}
    return [
        Missing(
            meaning=str(PLACEHOLDERS[name].meaning),
            people=people,
            url=address(subject, view, name, None),
            chosen=name == without,
        )
        for name, people in found.items()
        if people or name == without
    ]


def _uses(source: str) -> tuple[filling.Use, ...]:
    """A text that cannot be filled in has no placeholders to look for; the preview says what is wrong."""
    try:
        return filling.uses(source)
    except filling.WrongText:
        return ()


def address(subject: Subject, view: str, without: str, person: int | None) -> str:
    asked = {"view": view, "without": without, "person": person}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{subject.url}?{query}" if query else subject.url
