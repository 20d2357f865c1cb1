"""Standings, reasons and programs in the words that staff read and say."""

from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.jinja import day
from campaign.models import Reason, Standing
from notices.guides import catalog

UNKNOWN = "unknown"  # in an address, for a program or a reason that nothing is known of

STANDING_TITLES = {
    Standing.HOLDOUT: lambda: _("Sends the old way"),
    Standing.MIXED: lambda: _("One device is left"),
    Standing.MOVING: lambda: _("Moved, in the quiet days"),
    Standing.MIGRATED: lambda: _("Moved"),
    Standing.SILENT: lambda: _("Sends no mail"),
    Standing.EXEMPT: lambda: _("Exempt"),
}
REASON_TITLES = {
    Reason.AUTH_FAILED: lambda: _("Sign-in fails, mail still goes the old way"),
    Reason.SECOND_DEVICE: lambda: _("One device moved, another did not"),
    Reason.NEVER_TRIED: lambda: _("Never tried SMTP-AUTH"),
}


def standing_title(standing: str) -> str:
    return STANDING_TITLES[Standing(standing)]()


def reason_title(reason: str) -> str:
    return REASON_TITLES[Reason(reason)]() if reason else _("Reason not known")


def program_title(name: str) -> str:
    """What people call a mail program; a name that the catalogue has not is shown as it is."""
    if name in {"", UNKNOWN}:
        return _("Not known")
    if name == "script":
        return _("A device or a script")
    return catalog.title(name, get_language()) or name


def program_names() -> tuple[str, ...]:
    """All that a list can be filtered by, in the order of the guides."""
    guides = [client.name for client in catalog.clients() if client.name != catalog.FALLBACK]
    return (*guides, *(name for name in catalog.WITHOUT_GUIDE if name not in guides), "script")


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
        return _("Left alone until %(day)s.") % {"day": day(exempt_until)} if exempt_until else _("Left alone.")
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
    if standing in {Standing.HOLDOUT, Standing.MIXED} and reason == Reason.AUTH_FAILED:
        return _(
            "This customer believes to have moved already. In the program, check the user name (the whole mail "
            "address) and enter the mail password again; then send a test mail."
        )
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
