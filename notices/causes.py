"""What goes wrong in a mailing, grouped by cause: texts that differ only in ids, addresses and numbers are one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from notices.models import Delivery, Mailing, Notice

LONGEST = 200
AT_ONCE = 2000  # different texts that are looked at, the most frequent first; the rest are counted together
OTHERS = gettext_noop("other words: there are too many to look at each")

# In this order: what comes first is taken as a whole.
# Reply codes (RFC 5321) where a reply begins, and enhanced status codes (RFC 3463).
CODE = r"(?:^|(?<=said: ))[245]\d\d(?=[\s-]|$)|(?<!\d)[245]\d\d(?=[\s-][245]\.\d)"
KEPT = rf"(?P<kept>{CODE}|(?<![\d.])[245]\.\d{{1,3}}\.\d{{1,3}}(?![\d.]))"
ADDRESS = r"(?P<address><?[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+>?)"
LINK = r"(?P<link>https?://[^\s>)\"']+)"
HOST = (
    r"(?P<host>\[?(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])\]?(?::\d+)?|\[(?:IPv6:)?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+\])"
)
ID = r"(?P<id>(?<![\w.])(?=[A-Za-z_-]*\d)(?=\d*[A-Za-z])[\w-]{6,}(?![\w.]*\.[A-Za-z]))"
NUMBER = r"(?P<number>\d+)"
VARIES = re.compile("|".join((KEPT, ADDRESS, LINK, HOST, ID, NUMBER)))
MASKS = {"address": "<…@…>", "link": "https://…", "host": "[…]", "id": "…", "number": "#"}


class Kind(models.TextChoices):
    """Where it went wrong, the worst first."""

    UNKNOWN = "unknown", _("outcome unknown")
    REFUSED = "refused", _("refused by the mail relay")
    BOUNCED = "bounced", _("came back")
    EXPIRED = "expired", _("given up after many tries")
    PUT_OFF = "put_off", _("put off by the mail relay, tried again later")
    DELAYED = "delayed", _("delayed on its way, tried again by the mail server")


@dataclass(frozen=True)
class Cause:
    """Notices that have the same trouble; `text` with what varies masked, `example` as it stood in one of them."""

    kind: Kind
    text: str
    notices: int
    example: str


@lru_cache(maxsize=4 * AT_ONCE)
def masked(text: str) -> str:
    """The cause in a server's words: queue ids, addresses, hosts' numbers and times leave a mark of their kind.

    Reply codes and enhanced status codes stay: they are the cause.
    """
    found = VARIES.sub(lambda hit: MASKS.get(hit.lastgroup or "", hit.group()), " ".join(text.split()))
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def causes(mailing: Mailing) -> list[Cause]:
    """Those of the mailing, in the order of their kinds, the most frequent first."""
    return in_order([*of_notices(mailing), *grouped(_of_deliveries(mailing))])


def of_notices(mailing: Mailing) -> list[Cause]:
    """Those that stand in the ledger itself."""
    return grouped(_of_notices(mailing))


def grouped(rows: Iterable[tuple[Kind, str, int]]) -> list[Cause]:
    """From texts and how many notices have each, in the order of `causes`."""
    found: dict[tuple[Kind, str], Cause] = {}
    for kind, text, notices in rows:
        key = kind, masked(text)
        before = found.get(key)
        found[key] = Cause(*key, notices + (before.notices if before else 0), before.example if before else text)
    return in_order(found.values())


def in_order(found: Iterable[Cause]) -> list[Cause]:
    order = list(Kind)
    return sorted(found, key=lambda cause: (order.index(cause.kind), -cause.notices, cause.text))


KIND_OF_STATE = {
    Notice.State.UNKNOWN.value: Kind.UNKNOWN,
    Notice.State.REFUSED.value: Kind.REFUSED,
    Notice.State.WAITING.value: Kind.PUT_OFF,
}
KIND_OF_FATE = {
    Delivery.Fate.BOUNCED.value: Kind.BOUNCED,
    Delivery.Fate.EXPIRED.value: Kind.EXPIRED,
    Delivery.Fate.DEFERRED.value: Kind.DELAYED,
}


def _of_notices(mailing: Mailing) -> Iterable[tuple[Kind, str, int]]:
    ended = Notice.objects.for_mailing(mailing).filter(state__in=(Notice.State.UNKNOWN, Notice.State.REFUSED))
    # Apart, so that each has its index: of those that wait only those that were tried.
    waiting = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WAITING, attempts__gt=0)
    for found in (ended, waiting):
        for state, text, notices in _counted(found, "state", "reply"):
            yield KIND_OF_STATE[state], text, notices


def _of_deliveries(mailing: Mailing) -> Iterable[tuple[Kind, str, int]]:
    failed = Delivery.objects.filter(notice__mailing=mailing, fate__in=(Delivery.Fate.BOUNCED, Delivery.Fate.EXPIRED))
    delayed = Delivery.objects.filter(notice__mailing=mailing, fate=Delivery.Fate.DEFERRED)
    for found in (failed, delayed):
        for fate, code, text, notices in _counted(found, "fate", "status_code", "text"):
            yield KIND_OF_FATE[fate], f"{code} {text}".strip(), notices


def _counted(found: models.QuerySet, *columns: str) -> list[tuple]:
    """Each different text with how many have it; of more than `AT_ONCE` the rare ones as `OTHERS`."""
    every = found.order_by().values_list(*columns).annotate(notices=Count("pk")).order_by("-notices", *columns)
    rows = list(every[:AT_ONCE])
    if len(rows) < AT_ONCE:
        return rows
    rest = found.order_by().values_list(columns[0]).annotate(notices=Count("pk"))
    seen: dict[str, int] = {}
    for row in rows:
        seen[row[0]] = seen.get(row[0], 0) + row[-1]
    left = ((kind, total - seen.get(kind, 0)) for kind, total in rest)
    return [*rows, *((kind, *[""] * (len(columns) - 2), OTHERS, notices) for kind, notices in left if notices)]
