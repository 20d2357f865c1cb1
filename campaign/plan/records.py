"""What the desk writes down of a customer: contacts, notes and tags; a slip is taken back by who made it."""

import unicodedata
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.locks import in_turn
from campaign.models import Contact, Note, Tag, Tagging
from campaign.plan import call_backs
from campaign.plan.campaigns import NotPossible

TAKE_BACK = timedelta(minutes=10)
SAME = timedelta(seconds=30)  # the same again so soon is a button pressed twice
NOTE_LONGEST = 2000
TAG_LONGEST = 40
Made = TypeVar("Made", Contact, Note)
KINDS = {"contact": Contact, "note": Note}  # what can be taken back


def record(
    *, customer_id: int, channel: str, minutes: int, topic: str, outcome: str, now: datetime, user_id: int
) -> Contact:
    """A contact; the one of just now where a button was pressed twice. Raises NotPossible."""
    wrong = call_backs.wrong_in(minutes=minutes, topic=topic, outcome=outcome)
    if channel not in Contact.Channel.values:
        wrong = {"channel": _("Choose how the customer came to us.")} | wrong
    if wrong:
        raise NotPossible(fields=wrong)
    values = {"channel": channel, "minutes": minutes, "topic": topic, "outcome": outcome}
    return _once(Contact, now=now, customer_id=customer_id, made_by_id=user_id, **values)


def write(*, customer_id: int, text: str, now: datetime, user_id: int) -> Note:
    """A note; the one of just now where a button was pressed twice. Raises NotPossible."""
    plain = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not plain:
        raise NotPossible(fields={"text": _("The note is empty: write something.")})
    if len(plain) > NOTE_LONGEST:
        long = _("A note has at most %(most)s characters; this one has %(length)s.")
        raise NotPossible(fields={"text": long % {"most": NOTE_LONGEST, "length": len(plain)}})
    return _once(Note, now=now, customer_id=customer_id, text=plain, made_by_id=user_id)


def _once(model: type[Made], *, now: datetime, customer_id: int, **values: object) -> Made:
    values["customer_id"] = customer_id
    with transaction.atomic():
        in_turn("campaign.records", customer_id)
        again = model.objects.filter(at__gt=now - SAME, at__lte=now, **values).first()
        return again or model.objects.create(at=now, **values)


def may_take_back(made: Contact | Note, *, now: datetime, user_id: int) -> bool:
    """Who wrote it, for ten minutes."""
    return made.made_by_id == user_id and now - TAKE_BACK <= made.at <= now


def take_back(*, kind: str, pk: int, now: datetime, user_id: int) -> bool:
    """As if it had not been written. False for somebody else's, what is older than ten minutes, and what is gone."""
    ours = KINDS[kind].objects.filter(pk=pk, made_by=user_id, at__gte=now - TAKE_BACK, at__lte=now)
    with transaction.atomic():
        made = ours.select_for_update(no_key=True).first()
        if made is None:
            return False
        if kind == "contact" and made.outcome == Contact.Outcome.CALL_BACK:
            call_backs.forget_promised(customer_id=made.customer_id, at=made.at)
        return ours.delete()[0] > 0


def tag_name(typed: str) -> str:
    """One spelling for what input methods write in several. Raises NotPossible."""
    name = " ".join(unicodedata.normalize("NFKC", typed.replace("\0", "")).split())
    if not name:
        raise NotPossible(fields={"tag": _("The tag is empty: write one.")})
    if len(name) > TAG_LONGEST:
        long = _("A tag has at most %(most)s characters; this one has %(length)s.")
        raise NotPossible(fields={"tag": long % {"most": TAG_LONGEST, "length": len(name)}})
    return name


def tag(*, customer_id: int, name: str, now: datetime, user_id: int) -> bool:
    """False when the customer has it already. Raises NotPossible."""
    with transaction.atomic():
        row = tag_named(tag_name(name))
        values = {"at": now, "made_by_id": user_id}
        _tagging, made = Tagging.objects.get_or_create(tag=row, customer_id=customer_id, defaults=values)
    return made


def tag_named(name: str) -> Tag:
    """For one transaction at a time, so that two who put it on the same customers find each other's."""
    row, _new = Tag.objects.get_or_create(name=name)
    return Tag.objects.select_for_update(no_key=True).get(pk=row.pk)


def untag(*, customer_id: int, tag_id: int) -> bool:
    """False where the customer does not have it."""
    removed, _by_model = Tagging.objects.filter(customer=customer_id, tag=tag_id).delete()
    return removed > 0
