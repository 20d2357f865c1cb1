"""What the desk does on a customer's page: contacts, notes, tags, more time, and whether reminders go out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act as Told
from campaign.audit import Thing
from campaign.dashboard import guide_mail, noting
from campaign.dashboard.acts import number_in
from campaign.dashboard.shell import Choice
from campaign.jinja import day
from campaign.models import CallBack, Contact, Customer, Holdout, Tag
from campaign.models.holdouts import LEFT
from campaign.plan import call_backs, campaigns, exemptions, extensions, last_days, records
from notices import mutes
from notices.models import Mute

MINUTES = 5  # as the form begins: most calls take about so long
TAGS_OFFERED = 50
PHONE_LONGEST = 40


@dataclass(frozen=True)
class Act:
    """Something that staff do for one customer; `do` gives the words for when it is done, or "" for nothing to do.

    The audit keeps that it was `told` of `kind`, with the `fields` of the form: never what a note says.
    """

    permission: str
    do: Callable[[HttpRequest, Customer], str]
    told: Told
    kind: str
    fields: tuple[str, ...] = ()


def done(act: Act, request: HttpRequest, customer: Customer) -> str:
    """Do it and note it; gives the words for when it is done. Raises campaigns.NotPossible."""
    with transaction.atomic():
        words = act.do(request, customer)
        if words:
            given = {name: request.POST.get(name, "")[:300] for name in act.fields}
            on = Thing(act.kind, str(customer.pk), customer.login, customer.pk)
            noting.note(request, act.told, on, **{"before" if act.told == Told.REMOVED else "after": given})
    return words


def _record(request: HttpRequest, customer: Customer) -> str:
    given = {name: request.POST.get(name, "") for name in ("channel", "topic", "outcome")}
    minutes, now = number_in(request.POST.get("minutes", "")) or 0, timezone.now()
    wrong: dict[str, str] = {}
    words = _("The contact is recorded. For ten minutes you can take it back below.")
    with _gathering(wrong):
        made = records.record(customer_id=customer.pk, minutes=minutes, now=now, user_id=request.user.pk, **given)
        now = made.at  # of the first press, where a button was pressed twice
    if given["outcome"] == Contact.Outcome.CALL_BACK:
        with _gathering(wrong):
            on = _promise(request, customer, now=now)
            words = _("The contact is recorded, and the call is on the list for %(day)s.") % {"day": day(on)}
    if wrong:
        raise campaigns.NotPossible(fields=wrong)
    return words


@contextmanager
def _gathering(wrong: dict[str, str]) -> Iterator[None]:
    """What is wrong with several things that belong together is told at once."""
    try:
        yield
    except campaigns.NotPossible as error:
        wrong |= error.fields


def _promise(request: HttpRequest, customer: Customer, *, now: datetime) -> date:
    """The day for which the call is on the list; without a number, the one that the customer left stays."""
    waiting = CallBack.objects.filter(customer=customer).first()
    phone = request.POST.get("phone", "").strip() or (waiting.phone if waiting else "")
    made = call_backs.ask(
        customer_id=customer.pk,
        phone=phone[:PHONE_LONGEST],
        day=day_in(request.POST, "day"),
        part=request.POST.get("part", ""),
        now=now,
        today=timezone.localdate(now),
        is_open=call_backs.desk_is_open,
    )
    return made.day


def _write(request: HttpRequest, customer: Customer) -> str:
    text = request.POST.get("text", "")
    records.write(customer_id=customer.pk, text=text, now=timezone.now(), user_id=request.user.pk)
    return _("The note is kept. For ten minutes you can take it back below.")


def _take_back(request: HttpRequest, customer: Customer) -> str:
    kind, pk = request.POST.get("kind", ""), number_in(request.POST.get("made", ""))
    if kind not in records.KINDS or pk is None:
        raise PermissionDenied
    if not records.take_back(kind=kind, pk=pk, now=timezone.now(), user_id=request.user.pk):
        raise campaigns.NotPossible(_("It can be taken back only for ten minutes, and by who recorded it."))
    return _("It is taken back.")


def _tag(request: HttpRequest, customer: Customer) -> str:
    name = records.tag_name(request.POST.get("tag", ""))
    made = records.tag(customer_id=customer.pk, name=name, now=timezone.now(), user_id=request.user.pk)
    return _("The tag “%(tag)s” is on.") % {"tag": name} if made else ""


def _untag(request: HttpRequest, customer: Customer) -> str:
    tag = get_object_or_404(Tag, pk=number_in(request.POST.get("tag", "")) or 0)
    gone = records.untag(customer_id=customer.pk, tag_id=tag.pk)
    return _("The tag “%(tag)s” is off.") % {"tag": tag.name} if gone else ""


def _exempt(request: HttpRequest, customer: Customer) -> str:
    holdout = _holdout(request, customer)
    until, today = day_in(request.POST), timezone.localdate()
    values = {"until": until, "reason": request.POST.get("reason", ""), "today": today, "user_id": request.user.pk}
    made = exemptions.grant(campaign_id=holdout.campaign_id, customer_ids=[customer.pk], **values)
    return (
        _("Exempt until %(day)s; no notice goes out until then.") % {"day": day(until)}
        if made
        else _so(holdout, values)
    )


def _so(holdout: Holdout, wanted: Mapping[str, object]) -> str:
    """ "" for what is so to the word. Raises NotPossible for another exemption than the one that lasts longer."""
    there, today = extensions.exemptions_of(holdout), wanted["today"]
    reason = exemptions.check(reason=wanted["reason"], until=wanted["until"], today=today)
    if any(each.until == wanted["until"] and each.reason == reason for each in there):
        return ""
    until = last_days.exempt_until(last_days.spans(there, today=today), day=today) or wanted["until"]
    wrong = _("This customer is exempt until %(day)s already. For an earlier day or another reason, end that first.")
    raise campaigns.NotPossible(fields={"until": wrong % {"day": day(until)}})


def day_in(given: QueryDict, name: str = "until") -> date | None:
    try:
        return date.fromisoformat(given.get(name, "").strip())
    except ValueError:
        return None


def _mute(request: HttpRequest, customer: Customer) -> str:
    made = mutes.mute(holdout_id=_holdout(request, customer).pk, by=Mute.By.STAFF, now=timezone.now())
    return _("No more reminders go out. Notices of the last days still do.") if made else ""


def _unmute(request: HttpRequest, customer: Customer) -> str:
    gone = mutes.unmute(holdout_id=_holdout(request, customer).pk)
    return _("Reminders go out again from the next round on.") if gone else ""


def _holdout(request: HttpRequest, customer: Customer) -> Holdout:
    return get_object_or_404(Holdout, customer=customer, campaign__name=request.POST.get("in", ""))


@dataclass(frozen=True)
class Entered:
    """What a form of the page brought and cannot be: the page shows it again, with what is wrong at each field."""

    act: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def value(self, act: str, name: str, otherwise: object = "") -> object:
        """What stands in a field of the form of `act`."""
        return self.given.get(name, "") if act == self.act else otherwise

    def wrong_in(self, act: str) -> Mapping[str, str]:
        return self.wrong if act == self.act else {}


ACTS = {
    "contact": Act("campaign.add_contact", _record, Told.ADDED, "contact", ("channel", "minutes", "topic", "outcome")),
    "note": Act("campaign.add_note", _write, Told.ADDED, "note"),
    "take-back": Act("campaign.add_note", _take_back, Told.REMOVED, "record", ("kind", "made")),
    "tag": Act("campaign.add_tagging", _tag, Told.ADDED, "tag", ("tag",)),
    "untag": Act("campaign.add_tagging", _untag, Told.REMOVED, "tag", ("tag",)),
    "exempt": Act("campaign.add_exemption", _exempt, Told.ADDED, "exemption", ("in", "until", "reason")),
    "guide": Act(guide_mail.MAY, guide_mail.send, Told.SENT, "guide", ("in", "program")),
    "mute": Act("notices.add_mute", _mute, Told.ADDED, "mute", ("in",)),
    "unmute": Act("notices.add_mute", _unmute, Told.REMOVED, "mute", ("in",)),
}


@dataclass(frozen=True)
class Reminded:
    """Whether reminders of one campaign go to the customer."""

    campaign: str
    title: str
    muted: bool


@dataclass(frozen=True)
class Desk:
    """What the page offers: only what this person may do."""

    urls: dict[str, str]  # by act; "" for what this person may not
    channels: list[Choice]
    topics: list[Choice]
    outcomes: list[Choice]
    call_days: list[tuple[str, str]]
    call_parts: list[tuple[str, str]]
    minutes: int
    tags: list[tuple[int, str]]
    known_tags: list[str]
    campaigns: list[tuple[str, str]]  # name and title of those that the customer is in
    reminded: list[Reminded]
    first_day: date
    last_day: date


def desk_of(customer: Customer, user: AbstractUser, *, today: date, campaign: str = "") -> Desk:
    query = f"?campaign={campaign}" if campaign else ""
    may = {name: each for name, each in ACTS.items() if user.has_perm(each.permission)}
    holdouts = list(
        Holdout.objects.filter(customer=customer).select_related("campaign", "mute").order_by("campaign")
        if may
        else Holdout.objects.none()
    )
    return Desk(
        urls={
            name: reverse("customer_act", kwargs={"pk": customer.pk, "act": name}) + query if name in may else ""
            for name in ACTS
        },
        channels=_options(Contact.Channel, Contact.Channel.PHONE),
        topics=_options(Contact.Topic, Contact.Topic.HOW_TO),
        outcomes=_options(Contact.Outcome, ""),
        call_days=[(each.isoformat(), day(each)) for each in call_backs.days_offered(today, call_backs.desk_is_open)],
        call_parts=[(part.value, str(part.label)) for part in CallBack.Part],
        minutes=MINUTES,
        tags=list(Tag.objects.filter(taggings__customer=customer).order_by("name").values_list("pk", "name")),
        known_tags=known_tags() if "tag" in may else [],
        campaigns=[(each.campaign.name, str(each.campaign)) for each in holdouts],
        reminded=[
            Reminded(each.campaign.name, str(each.campaign), hasattr(each, "mute"))
            for each in holdouts
            if hasattr(each, "mute") or each.standing in LEFT
        ],
        first_day=today,
        last_day=today + timedelta(days=exemptions.LONGEST.days),
    )


def _options(kind, chosen: str) -> list[Choice]:
    return [Choice(str(title), value, value == chosen) for value, title in kind.choices]


def known_tags() -> list[str]:
    """Those that somebody has, for a form's suggestions."""
    return list(Tag.objects.filter(taggings__isnull=False).distinct().order_by("name").values_list("name", flat=True))[
        :TAGS_OFFERED
    ]
