"""One customer: where he stands and why, what to do next, and everything that is known, newest first."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign import roles
from campaign.customers.devices import Device, Use, devices
from campaign.dashboard import audit, charts, delays, guide_mail, lanes, noting, suppression, words
from campaign.dashboard.call_backs import waiting_call
from campaign.dashboard.contact import Entered, desk_of
from campaign.dashboard.next_notice import NextNotice, next_notice
from campaign.dashboard.seen import campaigns_with_a_page
from campaign.dashboard.shell import asked_campaign, pager, show
from campaign.dashboard.timeline import OLD_WAYS, Entry, timeline
from campaign.dashboard.timeline_filter import kinds, narrowed, periods
from campaign.models import Customer, DailyUse, Exemption, Holdout, Standing
from campaign.plan import last_days, records
from campaign.submissions.intake import kept_from
from notices.compose import spelled
from notices.guides import catalog
from notices.models import Notice

NUMBER = ("number", "mailing__kind", "mailing__period", "mailing")
DEVICES_OF = timedelta(days=92)  # older use says little of what stands on the desk today
DEVICES = 8


@dataclass(frozen=True)
class Stand:
    """Where the customer stands in one campaign."""

    name: str  # of the campaign, in addresses
    campaign: str
    standing: str
    title: str
    why: str
    reason: str
    relapsed: bool
    next_step: str
    next_notice: NextNotice


@dataclass(frozen=True)
class Number:
    """An announcement number and the mailing it was in."""

    number: str
    title: str
    mailing: int


@dataclass(frozen=True)
class Person:
    pk: int
    name: str
    login: str
    addresses: tuple[str, ...]
    notice_address: str
    contract: str
    language: str
    program: str
    program_seen_on: date | None
    program_told_on: date | None
    guide: str
    guide_name: str
    guide_url: str
    stands: tuple[Stand, ...]
    numbers: tuple[Number, ...]
    exemptions: tuple[Exemption, ...]


def person(customer: Customer, *, today: date, program: str, campaign: str = "") -> Person:
    """`campaign` names the one that is spoken of: where the customer stands in it comes first.

    `program` is the one whose guide is offered, see `program_to_change`.
    """
    exemptions = tuple(
        Exemption.objects.filter(customer=customer).select_related("campaign", "made_by").order_by("-until")
    )
    holdouts = Holdout.objects.filter(customer=customer).select_related("campaign", "customer").order_by("campaign")
    notices = Notice.objects.filter(holdout__customer=customer).order_by("-pk")
    guide = catalog.client(program)
    return Person(
        pk=customer.pk,
        name=customer.name,
        login=customer.login,
        addresses=tuple(customer.addresses.order_by("address").values_list("address", flat=True)),
        notice_address=customer.notice_address,
        contract=customer.contract,
        language=customer.get_language_display(),
        program=words.program_title(customer.client_program),
        program_seen_on=customer.client_seen_on,
        program_told_on=customer.client_told_on,
        guide=guide.title[get_language()],
        guide_name=guide.name,
        guide_url=reverse("guide", kwargs={"client": guide.name}),
        stands=tuple(
            _stand(holdout, exemptions, today)
            for holdout in sorted(holdouts, key=lambda each: each.campaign.name != campaign)
        ),
        numbers=tuple(
            Number(spelled(number), words.mailing_title(kind, period), mailing)
            for number, kind, period, mailing in notices.values_list(*NUMBER)
        ),
        exemptions=exemptions,
    )


def _stand(holdout: Holdout, exemptions: tuple[Exemption, ...], today: date) -> Stand:
    own = (each for each in exemptions if each.campaign_id == holdout.campaign_id)
    exempt = last_days.spans(own, today=today)
    exempt_until = last_days.exempt_until(exempt, day=today)
    # An exemption holds from the moment on in which it is decided; the standing is made minutes later.
    standing = Standing.EXEMPT if exempt_until else holdout.standing
    why = words.why(
        standing,
        last_legacy=holdout.last_legacy_on,
        last_auth=holdout.last_auth_on,
        quiet_days=holdout.campaign.quiet_days,
        exempt_until=exempt_until,
    )
    return Stand(
        name=holdout.campaign.name,
        campaign=str(holdout.campaign),
        standing=standing,
        title=words.standing_title(standing),
        why=why,
        reason=words.reason_title(holdout.reason) if holdout.reason else "",
        relapsed=holdout.relapsed,
        next_step=words.next_step(standing, holdout.reason),
        next_notice=next_notice(holdout, exempt=exempt, today=today),
    )


def devices_of(customer: Customer, *, today: date) -> list[Device]:
    recent = DailyUse.objects.filter(customer=customer, day__gte=today - DEVICES_OF)
    uses = recent.values_list("submission_class", "last_at", "client_program", "addresses")
    return devices(Use(way in OLD_WAYS, at, program, tuple(addresses)) for way, at, program, addresses in uses)[
        :DEVICES
    ]


def program_to_change(customer: Customer, seen: list[Device]) -> str:
    """The one that the customer has told of, else that of a device still to be changed, else the one last seen."""
    if customer.client_told_on:  # gone as soon as later logs show one
        return customer.client_program
    return next((each.program for each in seen if each.left and each.program), customer.client_program)


def rows_of_days(entries: list[Entry], *, today: date) -> Markup:
    """Two rows of days, the old way and the new: a move is seen at a glance."""
    days = {css: {entry.day for entry in entries if entry.css == css} for css in ("old", "new")}
    marks = [charts.Mark("mailing", entry.day, entry.title) for entry in entries if entry.css == "notice" and entry.at]
    return lanes.lanes(
        name="days",
        title=_("Days with mail sent"),
        description=_("The old way on %(old)s days, with SMTP-AUTH on %(new)s days, since the logs begin.")
        % {"old": len(days["old"]), "new": len(days["new"])},
        rows=[("old", _("The old way"), days["old"]), ("new", _("SMTP-AUTH"), days["new"])],
        marks=marks,
        until=today,
    )


def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    return shown(request, customer, Entered())


def shown(request: HttpRequest, customer: Customer, entered: Entered) -> HttpResponse:
    """With what was `entered` in one of its forms and could not be."""
    noting.seen(request, customer, "customer")
    today, now = timezone.localdate(), timezone.now()
    entries, seen = timeline(customer), devices_of(customer, today=today)
    program = program_to_change(customer, seen)
    chosen = narrowed(request)
    found = [entry for entry in entries if chosen.takes(entry, today=today)]
    pages = pager(request, total=len(found))
    values = {
        "person": person(customer, today=today, campaign=asked_campaign(request), program=program),
        "lanes": rows_of_days(entries, today=today) if entries else "",
        "entries": found[pages.shown],
        "total": len(found),
        "kinds": kinds(request.path, chosen),
        "periods": periods(chosen),
        "chosen": chosen,
        "pager": pages,
        "kept_from": kept_from(now),
        "suppressed": suppression.shown(customer, request.user),
        "guide_mail": guide_mail.offers(customer, request.user, now=now, program=program),
        "may_end": delays.may_end(customer, request.user, today=today),
        "call_back": waiting_call(customer, request.user),
        "devices": seen,
        "program_title": words.program_title,
        "seen_campaigns": campaigns_with_a_page(customer),
        "entered": entered,
        "desk": desk_of(customer, request.user, today=today, campaign=asked_campaign(request)),
        "audited": audit.of_customer(customer) if request.user.has_perm(roles.AUDIT) else [],
        "may_take_back": lambda made: records.may_take_back(made, now=now, user_id=request.user.pk),
    }
    return show(request, "customer.html", values, status=422 if entered.wrong else 200)
