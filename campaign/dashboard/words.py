"""Standings, reasons and programs in the words that staff read and say."""

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign import brands
from campaign.customers.chosen import NO_WAVE, RELAPSED, UNKNOWN
from campaign.jinja import day
from campaign.logs.client import MACHINES
from campaign.models import Reason, Standing
from campaign.models.holdouts import LEFT
from notices.guides import catalog
from notices.models import Mailing

STANDING_TITLES = {
    Standing.HOLDOUT: lambda: _("Sends the old way"),
    Standing.MIXED: lambda: _("One device is left"),
    Standing.MOVING: lambda: _("Moved, in the quiet days"),
    Standing.MIGRATED: lambda: _("Moved"),
    Standing.SILENT: lambda: _("Sends no mail"),
    Standing.EXEMPT: lambda: _("Exempt"),
}
GROUP_TITLES = {
    "left": lambda: _("All who still send the old way"),
    "moved": lambda: _("All who moved"),
    RELAPSED: lambda: _("Had moved, and fell back"),
}
REASON_TITLES = {
    Reason.AUTH_FAILED: lambda: _("Sign-in fails, mail still goes the old way"),
    Reason.FORWARDER: lambda: _("A mail server sends for others"),
    Reason.DEVICE_OR_PRINTER: lambda: _("A printer, a device or a script sends"),
    Reason.OLD_HOST_OR_PORT: lambda: _("Old server name or port"),
    Reason.SECOND_DEVICE: lambda: _("One device moved, another did not"),
    Reason.OWN_NETWORK_ONLY: lambda: _("Without password only from our own network"),
    Reason.NEVER_TRIED: lambda: _("Never tried SMTP-AUTH"),
}
NEXT_STEPS = {  # for those who are left, where the reason tells more than the standing
    Reason.AUTH_FAILED: lambda: _(
        "This customer believes to have moved already. In the program, check the user name (the whole mail "
        "address) and enter the mail password again; then send a test mail."
    ),
    Reason.FORWARDER: lambda: _(
        "A mail server or a forwarder sends for several people through this mailbox. Ask who looks after that server: "
        "it has to sign in to ours with the user name and password of this mailbox."
    ),
    Reason.DEVICE_OR_PRINTER: lambda: _(
        "A printer, a scanner or a script sends, not a mail program. Ask which device it is, and enter server name, "
        "port, user name and password in its own settings; its manual calls them SMTP authentication."
    ),
    Reason.OLD_HOST_OR_PORT: lambda: _(
        "This customer knows SMTP-AUTH, but mail still goes to the old server name or port. Let the customer read out "
        "the name and the port of the outgoing server in every account of the program, and correct them."
    ),
    Reason.OWN_NETWORK_ONLY: lambda: _(
        "Mail without a password comes only from inside our own network, mostly from home. Go through the guide "
        "together: with it, mail goes out at home and away alike."
    ),
}


def standing_title(standing: str) -> str:
    return STANDING_TITLES[Standing(standing)]()


def reason_title(reason: str) -> str:
    return REASON_TITLES[Reason(reason)]() if reason else _("Reason not known")


def program_title(name: str) -> str:
    """What people call a mail program; a name that the catalogue has not is shown as it is."""
    if name in {"", UNKNOWN}:
        return _("Not known")
    if name == "printer":
        return _("A printer or scanner")
    if name == "script":
        return _("A script or server")
    return catalog.title(name, get_language()) or name


def wave_title(wave: str) -> str:
    return _("In no wave yet") if wave == NO_WAVE else _("Wave %(wave)s") % {"wave": wave}


def brand_title(slug: str) -> str:
    return next((brand.name[get_language()] for brand in brands.brands() if brand.slug == slug), slug)


FILTER_TITLES = {
    "standing": lambda value: GROUP_TITLES[value]() if value in GROUP_TITLES else standing_title(value),
    "reason": lambda value: reason_title("" if value == UNKNOWN else value),
    "program": lambda value: _("Mail program not known") if value == UNKNOWN else program_title(value),
    "wave": wave_title,
    "tag": lambda value: _("Tag: %(tag)s") % {"tag": value},
    "brand": lambda value: _("Brand: %(brand)s") % {"brand": brand_title(value)},
    "range": lambda value: _("Last sent the old way from %(range)s") % {"range": value},
}


def filter_title(field: str, value: str) -> str:
    """A filter's value in words that say what it is of."""
    return FILTER_TITLES[field](value)


def program_names() -> tuple[str, ...]:
    """All that a list can be filtered by, in the order of the guides."""
    guides = [client.name for client in catalog.clients() if client.name != catalog.FALLBACK]
    return (*guides, *(name for name in (*catalog.WITHOUT_GUIDE, *MACHINES) if name not in guides))


RULES = {  # (standing, has sent with SMTP-AUTH)
    (Standing.HOLDOUT, False): lambda: _("Sent the old way on %(legacy)s, and has never sent with SMTP-AUTH."),
    (Standing.HOLDOUT, True): lambda: _(
        "Sent the old way on %(legacy)s; the last mail with SMTP-AUTH, on %(auth)s, is more than %(quiet)s days ago."
    ),
    (Standing.MIXED, True): lambda: _(
        "Sends both ways: the old way on %(legacy)s, with SMTP-AUTH on %(auth)s. A device or program is left."
    ),
    (Standing.MOVING, True): lambda: _(
        "Sends with SMTP-AUTH, last on %(auth)s; the old way was on %(legacy)s. "
        "Counts as moved after %(quiet)s days without the old way, on %(moved)s at the earliest."
    ),
    (Standing.MIGRATED, True): lambda: _(
        "Has not sent the old way since %(legacy)s, more than %(quiet)s days ago; with SMTP-AUTH last on %(auth)s."
    ),
    (Standing.SILENT, False): lambda: _(
        "Sent the old way on %(legacy)s, more than %(quiet)s days ago, and has sent nothing since."
    ),
    (Standing.SILENT, True): lambda: _(
        "Has sent nothing since the old way was used on %(legacy)s, more than %(quiet)s days ago; "
        "with SMTP-AUTH last on %(auth)s."
    ),
}


def why(
    standing: str, *, last_legacy: date | None, last_auth: date | None, quiet_days: int, exempt_until: date | None
) -> str:
    """The rule behind a standing, with this customer's days in it."""
    if standing == Standing.EXEMPT:
        if exempt_until:
            return _("Exempt until %(day)s.") % {"day": day(exempt_until)}
        return _("The exemption is over; where this customer stands is made anew within minutes.")
    if last_legacy is None:
        return _("The evidence of mail sent the old way was withdrawn: later logs showed it to be somebody else's.")
    days = {
        "legacy": day(last_legacy),
        "auth": day(last_auth) if last_auth else "",
        "quiet": quiet_days,
        "moved": day(last_legacy + timedelta(days=quiet_days)),
    }
    return RULES[Standing(standing), last_auth is not None]() % days


def next_step(standing: str, reason: str) -> str:
    """What an agent who has this customer on the phone says or does."""
    if standing in LEFT and reason in NEXT_STEPS:
        return NEXT_STEPS[Reason(reason)]()
    return {
        Standing.HOLDOUT: _("Go through the guide together, step by step, and let the customer send a test mail."),
        Standing.MIXED: _(
            "Ask which second device or program sends mail (an old PC, a phone, a printer), and go through the guide "
            "for it."
        ),
        Standing.MOVING: _("Nothing is left to do. If mail does not go out from another device, use the guide for it."),
        Standing.MIGRATED: _("Nothing is left to do."),
        Standing.SILENT: _("Nothing to do unless the customer wants to send mail again: then use the guide."),
        Standing.EXEMPT: _("No notice goes out while the exemption lasts. Agree on what happens after it."),
    }[Standing(standing)]


SHORT_STEPS = {  # in a list; the customer's page says it in whole sentences
    Reason.AUTH_FAILED: lambda: _("Enter the password again"),
    Reason.FORWARDER: lambda: _("Ask who looks after the server"),
    Reason.DEVICE_OR_PRINTER: lambda: _("Change the device's own settings"),
    Reason.OLD_HOST_OR_PORT: lambda: _("Correct server name and port"),
    Reason.SECOND_DEVICE: lambda: _("Find the second device"),
}
SHORT_BY_STANDING = {
    Standing.HOLDOUT: lambda: _("Go through the guide"),
    Standing.MIXED: lambda: _("Find the second device"),
    Standing.MOVING: lambda: _("Wait for the quiet days"),
    Standing.MIGRATED: lambda: _("Nothing"),
    Standing.SILENT: lambda: _("Nothing, unless asked"),
    Standing.EXEMPT: lambda: _("Agree on what comes after"),
}


def short_step(standing: str, reason: str) -> str:
    """The next step in a few words."""
    if standing in LEFT and reason in SHORT_STEPS:
        return SHORT_STEPS[Reason(reason)]()
    return SHORT_BY_STANDING[Standing(standing)]()


def certainty_title(sure: bool) -> str:
    """Of the last day of mail sent the old way: whether it names the customer beyond doubt."""
    return _("certain") if sure else _("probable")


def mailing_title(kind: str, period: str) -> str:
    """What a mailing is called: its kind, and the month or day that it is for."""
    if kind == Mailing.Kind.REMINDER:
        return _("Reminder of %(period)s") % {"period": period_title(period)}
    return _("%(kind)s, %(period)s") % {"kind": Mailing.Kind(kind).label, "period": period_title(period)}


def period_title(period: str) -> str:
    """A month as 2026-12, a day as 2026-12-31, or a moment as 2026-12-31-093000-000000, as people here write it."""
    year, month, *of_month = map(int, period.split("-"))
    first = date(year, month, *of_month[:1] or [1])
    return day(first) if of_month else date_format(first, "YEAR_MONTH_FORMAT")
