"""The audit's entries in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

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
    "relayacknowledgement": lambda: _("unexplained relay"),
    "script": lambda: _("words for the phone"),
    "shadowrun": lambda: _("trial cut-off"),
    "signin": lambda: _("a name that there is not"),
    "staffcopy": lambda: _("copy to a colleague"),
    "suppression": lambda: _("address that no mail reaches"),
    "tagging": lambda: _("tag"),
    "textversion": lambda: _("text of a mailing"),
    "unreachable": lambda: _("list of whom no mail reaches"),
    "user": lambda: _("staff member"),
    "waveplan": lambda: _("waves"),
}


def kind_title(kind: str) -> str:
    """A kind that is new is shown as it is written."""
    return KINDS[kind]() if kind in KINDS else kind


def changes(before: dict | None, after: dict | None) -> Iterator[str]:
    """`cutoff_on: 2027-03-31 → 2027-04-30`, a field each."""
    before, after = before or {}, after or {}
    for name in {**before, **after}:
        if name in before and name in after:
            yield f"{name}: {_said(before[name])} → {_said(after[name])}"
        else:
            yield f"{name}: {_said(after.get(name, before.get(name)))}"


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_said(each)}" for name, each in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "–"
    return "–" if value in (None, "") else str(value)
