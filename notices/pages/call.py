"""A customer asks to be called: the number and when. It is for this call alone."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaign.models import CallBack
from campaign.plan import call_backs
from notices.days import long_day
from notices.pages.asking import Asked, form
from notices.pages.frame import spoken

LONGEST = 40


@dataclass(frozen=True)
class Wanted:
    """What the page shows; of a number that is kept only the end, `wrong` says what was not right with what came in."""

    days: list[tuple[str, str]]
    parts: list[tuple[str, str]]
    phone: str
    day: str
    part: str
    wrong: str
    waiting: CallBack | None
    waiting_on: str


def wanted(asked: Asked, *, wrong: str) -> Wanted:
    waiting = getattr(asked.notice.holdout.customer, "call_back", None)
    days = call_backs.days_offered(asked.today, call_backs.desk_is_open)
    return Wanted(
        days=[(day.isoformat(), long_day(day, spoken())) for day in days],
        parts=[(part.value, str(part.label)) for part in CallBack.Part],
        phone=asked.entered("phone")[:LONGEST],
        day=asked.entered("day") or (waiting.day.isoformat() if waiting else ""),
        part=asked.entered("part") or (waiting.part if waiting else ""),
        wrong=wrong,
        waiting=waiting,
        waiting_on=long_day(waiting.day, spoken()) if waiting else "",
    )


def _act(asked: Asked) -> None:
    customer_id = asked.notice.holdout.customer_id
    if asked.entered("act") == "forget":
        call_backs.forget(customer_id=customer_id)
        return
    call_backs.ask(
        customer_id=customer_id,
        phone=asked.entered("phone")[:LONGEST],
        day=asked.day("day", missing=_("Please choose when we may call.")),
        part=asked.entered("part"),
        now=asked.now,
        today=asked.today,
        is_open=call_backs.desk_is_open,
    )


page = form("pages/call.html", name="wanted", show=wanted, act=_act, then="call")
