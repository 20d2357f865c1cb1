"""A context processor: what the frame of the pages asks about who reads them.

The user is looked up only when a page asks, so that a page for everybody stays one.
"""

from django.http import HttpRequest

from campaign.dashboard.keys import keys_for
from campaign.dashboard.look import look
from campaign.dashboard.shell import may_open


def of_the_reader(request: HttpRequest) -> dict[str, object]:
    return {
        "look": look(request),
        "may_open": lambda url: may_open(request.user, url),
        "keys": lambda: keys_for(request.user),
    }
