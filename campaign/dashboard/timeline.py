"""What is known of one customer, in the order of time: use, notices and their fates, visits, changes of standing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard import audit, words
from campaign.jinja import day
from campaign.models import (
    AuditEntry,
    BulkChange,
    Campaign,
    Contact,
    Customer,
    DailyUse,
    Exemption,
    Note,
    StandingChange,
    SubmissionClass,
    Tagging,
)
from notices.compose import spelled
from notices.models import Delivery, Mute, Notice, Visit

OLD_WAYS = (SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25)


KINDS = {  # of entries, by their looks, where nothing else is said
    **dict.fromkeys(("old", "new"), "log"),
    **dict.fromkeys(("notice", "bad"), "notice"),
    "visit": "visit",
    "standing": "standing",
    **dict.fromkeys(("contact", "note"), "desk"),
}


@dataclass(frozen=True)
class Entry:
    """`at` is None where only the day is known; `css` names the kind of thing that happened, `kind` the one that it
    is looked for as.

    `made` is what somebody wrote down here and may take back for ten minutes.
    """

    day: date
    at: datetime | None
    css: str
    title: str
    details: tuple[str, ...] = ()
    made: Contact | Note | None = None
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", self.kind or KINDS[self.css])

    @property
    def order(self) -> tuple[date, bool, float]:
        """What has no time goes to the end of its day: it was worked out from the rest."""
        return self.day, self.at is None, self.at.timestamp() if self.at else 0


def timeline(customer: Customer) -> list[Entry]:
    """Newest first."""
    found = [entry for told in TOLD for entry in told(customer)]
    # Turned round after sorting: of two at the same second, such as sent and delivered, the later stays later.
    return sorted(found, key=lambda entry: entry.order)[::-1]


def _use(customer: Customer) -> Iterator[Entry]:
    for use in DailyUse.objects.filter(customer=customer).order_by("day"):
        old = use.submission_class in OLD_WAYS
        yield Entry(use.day, use.last_at, "old" if old else "new", _use_title(use, old), tuple(_use_details(use)))


def _use_title(use: DailyUse, old: bool) -> str:
    if old:
        title = ngettext(
            "Sent %(n)s message the old way: %(way)s", "Sent %(n)s messages the old way: %(way)s", use.submissions
        )
    else:
        title = ngettext("Sent %(n)s message with %(way)s", "Sent %(n)s messages with %(way)s", use.submissions)
    return title % {"n": use.submissions, "way": use.get_submission_class_display()}


def _use_details(use: DailyUse) -> Iterator[str]:
    if use.addresses:
        yield _("from %(addresses)s") % {"addresses": ", ".join(str(address) for address in use.addresses)}
    if use.client_program:
        yield words.program_title(use.client_program)
    if use.auth_failed:
        failed = ngettext(
            "%(n)s time after a failed sign-in with SMTP-AUTH",
            "%(n)s times after a failed sign-in with SMTP-AUTH",
            use.auth_failed,
        )
        yield failed % {"n": use.auth_failed}
    if use.submissions > use.confirmed:
        probable = ngettext(
            "%(n)s only probably by this customer",
            "%(n)s only probably by this customer",
            use.submissions - use.confirmed,
        )
        yield probable % {"n": use.submissions - use.confirmed}


NOTICE_TITLES = {
    Notice.State.WAITING: lambda: _("%(mailing)s: waits to be sent"),
    Notice.State.CLAIMED: lambda: _("%(mailing)s: is being sent"),
    Notice.State.ACCEPTED: lambda: _("%(mailing)s: sent"),
    Notice.State.REFUSED: lambda: _("%(mailing)s: refused by the mail relay"),
    Notice.State.WITHDRAWN: lambda: _("%(mailing)s: withdrawn"),
    Notice.State.UNKNOWN: lambda: _("%(mailing)s: whether it was sent is not known"),
}
FATE_TITLES = {
    Delivery.Fate.DELIVERED: lambda: _("%(mailing)s: delivered to the mailbox"),
    Delivery.Fate.DEFERRED: lambda: _("%(mailing)s: not delivered yet, the mail server tries again"),
    Delivery.Fate.BOUNCED: lambda: _("%(mailing)s: came back"),
    Delivery.Fate.EXPIRED: lambda: _("%(mailing)s: given up after many tries"),
}
BAD = {Notice.State.REFUSED, Notice.State.UNKNOWN, Delivery.Fate.BOUNCED, Delivery.Fate.EXPIRED}


def _notices(customer: Customer) -> Iterator[Entry]:
    notices = (
        Notice.objects.filter(holdout__customer=customer)
        .select_related("mailing__campaign", "mailing__planned_by", "delivery")
        .order_by("pk")
    )
    for notice in notices:
        mailing = {"mailing": words.mailing_title(notice.mailing.kind, notice.mailing.period)}
        number = _("announcement number %(number)s") % {"number": spelled(notice.number)}
        at = notice.accepted_at or notice.ended_at or notice.claimed_at or notice.mailing.planned_at
        title = NOTICE_TITLES[Notice.State(notice.state)]() % mailing
        asked = _asked_for(notice) if notice.mailing.asked_for else ()
        yield _timed(
            at,
            "bad" if notice.state in BAD else "notice",
            title,
            *asked,
            number,
            str(notice.mailing.campaign),
            _(notice.reply),
        )
        delivery = getattr(notice, "delivery", None)
        if delivery:
            title = FATE_TITLES[Delivery.Fate(delivery.fate)]() % mailing
            reply = f"{delivery.status_code} {delivery.text}".strip()
            css = "bad" if delivery.fate in BAD else "notice"
            yield _timed(delivery.at, css, title, reply, kind="delivery")


def _asked_for(notice: Notice) -> tuple[str, ...]:
    """Which guide, and who mailed it."""
    return words.program_title(notice.client_program), _by(notice.mailing.planned_by)


def _visits(customer: Customer) -> Iterator[Entry]:
    for visit in Visit.objects.filter(notice__holdout__customer=customer).order_by("at"):
        title = _("Opened the guide from the personal page")
        yield _timed(visit.at, "visit", title, words.program_title(visit.client_program))


def _changes(customer: Customer) -> Iterator[Entry]:
    changes = StandingChange.objects.filter(holdout__customer=customer).select_related("holdout__campaign")
    for change in changes.order_by("day"):
        now = words.standing_title(change.standing)
        if change.previous:
            values = {"before": words.standing_title(change.previous), "now": now}
            title = _("Standing: “%(before)s” became “%(now)s”") % values
        else:
            title = _("Identified: “%(now)s”") % {"now": now}
        yield Entry(change.day, None, "standing", title, (str(change.holdout.campaign),))


def _exemptions(customer: Customer) -> Iterator[Entry]:
    made = Exemption.objects.filter(customer=customer).select_related("made_by", "ended_by").order_by("from_day")
    for exemption in made:
        title = _("Exempt until %(day)s") % {"day": day(exemption.until)}
        by = (exemption.why, _by(exemption.made_by))
        yield Entry(exemption.from_day, None, "standing", title, tuple(each for each in by if each))
        if exemption.ended_at:
            yield _timed(exemption.ended_at, "standing", _("The exemption was ended"), _by(exemption.ended_by))


def _contacts(customer: Customer) -> Iterator[Entry]:
    for contact in Contact.objects.filter(customer=customer).select_related("made_by").order_by("at"):
        values = {"channel": contact.get_channel_display(), "topic": contact.get_topic_display()}
        minutes = ngettext("%(n)s minute", "%(n)s minutes", contact.minutes) % {"n": contact.minutes}
        details = (contact.get_outcome_display(), minutes, _by(contact.made_by))
        title = _("Contact (%(channel)s): %(topic)s") % values
        yield _timed(contact.at, "contact", title, *details, made=contact)


def _notes(customer: Customer) -> Iterator[Entry]:
    for note in Note.objects.filter(customer=customer).select_related("made_by").order_by("at"):
        yield _timed(note.at, "note", note.text, _by(note.made_by), made=note)
    for tagging in Tagging.objects.filter(customer=customer).select_related("tag", "made_by").order_by("at"):
        yield _timed(tagging.at, "note", _("Tag “%(tag)s”") % {"tag": tagging.tag.name}, _by(tagging.made_by))


def _mutes(customer: Customer) -> Iterator[Entry]:
    for mute in Mute.objects.filter(holdout__customer=customer).select_related("holdout__campaign").order_by("at"):
        campaign = str(mute.holdout.campaign)
        yield _timed(mute.at, "standing", _("Wants no more reminders"), mute.get_by_display(), campaign)


def _made_together(customer: Customer) -> Iterator[Entry]:
    """What was changed for many at once, where the audit alone keeps it: moves between waves, and what was undone."""
    found = AuditEntry.objects.filter(audit.about([customer.pk]), kind=audit.BULK).select_related("by")
    entries = list(found.order_by("at", "pk"))
    undone = {entry.key for entry in entries if entry.act == AuditEntry.Act.REMOVED}
    for entry in entries:
        told, back = entry.after or entry.before or {}, entry.act == AuditEntry.Act.REMOVED
        details = (_by(entry.by) or entry.by_name, str(Campaign.Name(entry.what).label))
        if told.get("kind") == BulkChange.Kind.WAVE:
            title = _("The move to wave %(wave)s was undone") if back else _("Moved to wave %(wave)s")
            yield _timed(entry.at, "standing", title % {"wave": told.get("wave")}, *details)
        elif told.get("kind") == BulkChange.Kind.EXEMPT and entry.key in undone:  # the exemption itself is gone
            title = _("The exemption until %(day)s was undone") if back else _("Exempt until %(day)s")
            until = day(date.fromisoformat(told["until"]))
            yield _timed(entry.at, "standing", title % {"day": until}, told["reason"], *details)


def _by(user: AbstractUser | None) -> str:
    return user.get_full_name() or user.get_username() if user else ""


TOLD = (_use, _notices, _visits, _changes, _exemptions, _contacts, _notes, _mutes, _made_together)


def _timed(
    at: datetime, css: str, title: str, *details: str, made: Contact | Note | None = None, kind: str = ""
) -> Entry:
    return Entry(timezone.localdate(at), at, css, title, tuple(detail for detail in details if detail), made, kind)
