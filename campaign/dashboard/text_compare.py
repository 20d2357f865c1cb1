"""Two versions of a text, and what changed from one to the other."""

from django.http import HttpRequest, HttpResponse

from campaign.dashboard.comparison import compared
from campaign.dashboard.shell import show
from campaign.dashboard.text import asked_number, past
from campaign.dashboard.texts import which
from notices import texts


def page(request: HttpRequest, *, campaign: str, kind: str, language: str) -> HttpResponse:
    text = which(campaign=campaign, kind=kind, language=language)
    history = past(text)
    newest = history[0].number
    new = asked_number(request.GET.get("new", ""), default=newest)
    old = asked_number(request.GET.get("old", ""), default=max(new - 1, 0))
    before, after = (texts.of(text.version(number), kind=kind, language=language) for number in (old, new))
    values = {
        "text": text,
        "campaign": campaign,
        "history": history,
        "old": next(each for each in history if each.number == old),
        "new": next(each for each in history if each.number == new),
        "subject": compared(before.subject, after.subject),
        "body": compared(before.body, after.body),
        "same": (before.subject, before.body) == (after.subject, after.body),
    }
    return show(request, "text_compare.html", values)
