"""Customers who wait for a call: asked for on their page, done by the desk, and forgotten with the number."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import CallBack, Contact
from campaign.models.spellings import narrow
from campaign.plan import calendar
from campaign.plan.campaigns import NotPossible

KEPT = timedelta(days=30)
DAYS_OFFERED = 5
MINUTES_MOST = 600
COUNTRY = "+81"
SEPARATORS = re.compile(r"[\s().・‐‑‒–—―−ー－-]")  # what people and input methods put between groups of digits
# Ten digits of a line at home or at work, eleven of a mobile or IP phone; 0120 and the like cannot be called back.
NUMBER = re.compile(r"0(?![5-9]0)[1-9][0-9]{8}|0[5-9]0[0-9]{8}")
NOT_CALLED = ("0120", "0800", "0570", "0990", "0180")


def phone_in(typed: str) -> str:
    """The number as it is dialled within the country. Raises NotPossible."""
    plain = SEPARATORS.sub("", narrow(typed))
    if plain.startswith(COUNTRY):
        plain = "0" + plain.removeprefix(COUNTRY).removeprefix("0")
    if not NUMBER.fullmatch(plain) or plain.startswith(NOT_CALLED):
        raise NotPossible(_("Please enter a phone number in Japan with its area code, such as 03-1234-5678."))
    return plain


def desk_is_open(day: date) -> bool:
    """Whether customers are called back on a day, by the settings: it may be another one than those for notices."""
    return calendar.is_open(day, weekdays=settings.DESK_WEEKDAYS, closed=settings.NOTICE_HOLIDAYS)


def days_offered(today: date, is_open: Callable[[date], bool]) -> list[date]:
    """The next days on which the desk is there, from tomorrow on: today's may be full or over."""
    return list(islice(calendar.open_days(today + timedelta(days=1), is_open), DAYS_OFFERED))


def ask(
    *, customer_id: int, phone: str, day: date, part: str, now: datetime, today: date, is_open: Callable[[date], bool]
) -> CallBack:
    """One call for each customer: who asks again changes it. Raises NotPossible, with all that is wrong."""
    number, wrong = "", {}
    try:
        number = phone_in(phone)
    except NotPossible as error:
        wrong["phone"] = str(error)
    if day not in days_offered(today, is_open):
        wrong["day"] = _("Please choose one of the days that are offered.")
    if part not in CallBack.Part.values:
        wrong["part"] = _("Please choose when we may call.")
    if wrong:
        raise NotPossible(fields=wrong)
    values = {"phone": number, "day": day, "part": part, "asked_at": now}
    made, _new = CallBack.objects.update_or_create(customer_id=customer_id, defaults=values)
    return made


def forget(*, customer_id: int) -> bool:
    """The customer no longer wants to be called. False when nobody was to be."""
    deleted, _by_model = CallBack.objects.filter(customer=customer_id).delete()
    return deleted > 0


def forget_promised(*, customer_id: int, at: datetime) -> None:
    """The call that was promised with a contact, which was recorded at that moment and is taken back."""
    CallBack.objects.filter(customer=customer_id, asked_at=at).delete()


def wrong_in(*, minutes: int, topic: str, outcome: str) -> dict[str, str]:
    """What is wrong with what a contact is told by, field by field."""
    wrong = {}
    if not 0 < minutes <= MINUTES_MOST:
        wrong["minutes"] = _("Enter the minutes as a whole number from 1 to %(most)s.") % {"most": MINUTES_MOST}
    if topic not in Contact.Topic.values:
        wrong["topic"] = _("Choose what it was about.")
    if outcome not in Contact.Outcome.values:
        wrong["outcome"] = _("Choose how it ended.")
    return wrong


def done(
    *,
    call_back_id: int,
    minutes: int,
    topic: str,
    outcome: str,
    now: datetime,
    today: date,
    is_open: Callable[[date], bool],
    user_id: int,
) -> tuple[Contact, date | None] | None:
    """The call becomes a contact, and its number is deleted; but who is to be called once more waits on, and the day
    comes back as well. None if somebody was quicker. Raises NotPossible."""
    if wrong := wrong_in(minutes=minutes, topic=topic, outcome=outcome):
        raise NotPossible(fields=wrong)
    with transaction.atomic():
        waiting = CallBack.objects.select_for_update(no_key=True).filter(pk=call_back_id).first()
        if waiting is None:
            return None
        values = {"channel": Contact.Channel.PHONE, "minutes": minutes, "topic": topic, "outcome": outcome}
        made = Contact.objects.create(customer_id=waiting.customer_id, at=now, made_by_id=user_id, **values)
        if outcome != Contact.Outcome.CALL_BACK:
            waiting.delete()
            return made, None
        waiting.day = max([waiting.day, *days_offered(today, is_open)[:1]])
        waiting.save(update_fields=["day"])
        return made, waiting.day


def drop_old(*, now: datetime) -> int:
    """Numbers that nobody called are not kept."""
    deleted, _by_model = CallBack.objects.filter(asked_at__lt=now - KEPT).delete()
    return deleted
