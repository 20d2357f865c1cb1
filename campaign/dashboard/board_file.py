"""The page for the board as a file that a browser opens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language

from campaign.dashboard import noting
from campaign.dashboard.board import board, file_name
from campaign.dashboard.shell import chosen_campaign
from campaign.models import Language
from notices import typeset


def file(request: HttpRequest) -> HttpResponse:
    """As PDF, in the language that the address names, otherwise in that of the pages."""
    from campaign.dashboard import board_paper  # with what draws, which the other pages have no use for

    campaign, now = chosen_campaign(request), timezone.now()
    asked = request.GET.get("language", "")
    language = asked if asked in Language.values else get_language()
    with translation.override(language):
        found = campaign and board(campaign, now=now)
        if not found:
            raise Http404
        content = board_paper.pdf(found)
    name = file_name(campaign, timezone.localdate(now), language)
    noting.exported(request, "board", rows=1, filters={"campaign": campaign.name, "language": language})
    response = HttpResponse(content, content_type=typeset.MEDIA_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
