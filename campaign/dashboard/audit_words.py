"""The audit's entries in words."""

from collections.abc import Iterator

from django.apps import apps
from django.utils.translation import gettext as _

from campaign.dashboard.audit_fields import field, joined, said
from campaign.dashboard.words import mailing_title
from campaign.models import Campaign, Language
from notices.models import Mailing

OURS = ("campaign", "notices", "auth")  # whose records the administration shows
SPELLED = {"bulkchange", "campaign", "mailing", "mailingplan", "textversion", "waveplan"}  # by the code's names
KINDS = {
    "audit": lambda: _("audit"),
    "board": lambda: _("page for the board"),
    "authenticator": lambda: _("second factor"),
    "bulkchange": lambda: _("change of several customers"),
    "callback": lambda: _("call back"),
    "campaign": lambda: _("campaign"),
    "contact": lambda: _("contact"),
    "customer": lambda: _("customer"),
    "customers": lambda: _("list of customers"),
    "desk": lambda: _("help desk"),
    "digest": lambda: _("numbers by mail"),
    "exemption": lambda: _("exemption"),
    "guide": lambda: _("guide by mail"),
    "letter": lambda: _("letter"),
    "letters": lambda: _("letters"),
    "mailing": lambda: _("mailing"),
    "mailingplan": lambda: _("plan of mailings"),
    "mute": lambda: _("reminders switched off"),
    "note": lambda: _("note"),
    "personal": lambda: _("the customer's own page"),
    "preview": lambda: _("preview of the mail"),
    "proof": lambda: _("evidence of a day"),
    "record": lambda: _("contact or note"),
    "relayacknowledgement": lambda: _("unexplained relay"),
    "script": lambda: _("words for the phone"),
    "shadowrun": lambda: _("trial cut-off"),
    "signin": lambda: _("a name that there is not"),
    "staffcopy": lambda: _("copy to a colleague"),
    "suppression": lambda: _("address that no mail reaches"),
    "tag": lambda: _("tag"),
    "tagging": lambda: _("tag"),
    "textversion": lambda: _("text of a mailing"),
    "unreachable": lambda: _("list of whom no mail reaches"),
    "user": lambda: _("staff member"),
    "waveplan": lambda: _("waves"),
}


def kind_title(kind: str) -> str:
    """Of a page or a record; a kind that neither this table nor a model has is shown as it is written."""
    if kind in KINDS:
        return KINDS[kind]()
    named = [model for app in OURS if (model := apps.get_app_config(app).models.get(kind))]
    return str(named[0]._meta.verbose_name) if named else kind


def thing_title(kind: str, what: str) -> str:
    """What it was done to: the names of campaigns, mailings and languages in words, all others as they were then."""
    parts = what.split()
    if kind not in SPELLED or not parts or parts[0] not in Campaign.Name.values:
        return what
    campaign, *others = parts
    if kind == "mailing" and len(others) == 2 and others[0] in Mailing.Kind.values:
        others = [mailing_title(*others)]
    return joined([str(Campaign.Name(campaign).label), *map(_spelled, others)])


def _spelled(part: str) -> str:
    for names in (Mailing.Kind, Language):
        if part in names.values:
            return str(names(part).label)
    return part


def changes(before: dict | None, after: dict | None) -> Iterator[str]:
    """`cut-off date: 31 March 2027 → 30 April 2027`, a field each."""
    before, after = before or {}, after or {}
    for name in {**before, **after}:
        if name in before and name in after:
            yield _("%(field)s: %(before)s → %(after)s") % {
                "field": field(name),
                "before": said(name, before[name]),
                "after": said(name, after[name]),
            }
        else:
            value = said(name, after.get(name, before.get(name)))
            yield _("%(field)s: %(value)s") % {"field": field(name), "value": value}
