"""A context processor: what the frame of the pages asks about who reads them.

The user is looked up only when a page asks, so that a page for everybody stays one.
"""

from functools import cache
from urllib.parse import urlsplit

from django.http import HttpRequest

from campaign.dashboard.beginning import beginning
from campaign.dashboard.keys import keys_for
from campaign.dashboard.look import look
from campaign.dashboard.shell import may_open


def of_the_reader(request: HttpRequest) -> dict[str, object]:
    @cache
    def opens(path: str) -> bool:
        """Found out once a page: the rows of a table lead to one address, with other filters."""
        return may_open(request.user, path)

    return {
        "look": look(request),
        "may_open": lambda url: opens(urlsplit(url).path),
        "keys": lambda: keys_for(opens),
        "beginning": beginning,
    }
