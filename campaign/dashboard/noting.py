"""What pages write into the audit: who it was, from the request."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from campaign import audit
from campaign.audit import Act, Actor, Thing
from campaign.models import Customer
from notices.models import TextVersion
from notices.pages.limit import visitor


def actor(request: HttpRequest) -> Actor:
    return Actor(request.user.pk, request.user.get_username(), visitor(request))


def note(request: HttpRequest, act: Act, on: Thing, **values: object) -> None:
    """To be called in the transaction of the change."""
    audit.note(actor(request), act, on, now=timezone.now(), **values)


def note_each(request: HttpRequest, act: Act, on: Thing, customer_ids: Iterable[int], **values: object) -> None:
    """The same of each of these customers; in the transaction of the change, too."""
    audit.note_each(actor(request), act, on, customer_ids, now=timezone.now(), **values)


def seen(request: HttpRequest, customer: Customer, kind: str, *, key: str = "", what: str = "") -> None:
    """Somebody looks at a customer; `kind` names the page."""
    on = Thing(kind, key or str(customer.pk), what or customer.login, customer.pk)
    audit.seen(actor(request), on, now=timezone.now())


def exported(request: HttpRequest, kind: str, *, rows: int, filters: dict[str, object], what: str = "") -> None:
    """Before the file goes out: what is on its way cannot be called back."""
    note(request, Act.EXPORTED, Thing(kind, what=what), after={"rows": rows, "filter": filters})


def text(version: TextVersion) -> Thing:
    return Thing("textversion", str(version.pk), str(version))
