"""What is only looked at: evidence, the ledger, the audit, and what the staff's own pages change.

Tables whose key is of several columns (DailyUse, StandingChange, ...) cannot be in Django's
administration; a customer's page shows what they hold.
"""

from django.db import models

from campaign import models as ours
from campaign.dashboard.admin import cells
from campaign.dashboard.admin.frame import ReadOnly, site
from notices import models as notices

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    ours.AttributedDay: ("day", "attributed_at", "stale", "rolled_up_at"),
    ours.AuditEntry: ("at", "by_name", "act", "kind", "what", "customer_id", "reason"),
    ours.Contact: ("at", "customer", "channel", "minutes", "topic", "outcome", "made_by"),
    ours.Coverage: ("day", "stream", "events", "last_at"),
    ours.Customer: ("login", "name", "language", "contract", "client_program"),
    ours.CutoffChange: ("campaign", "changed_at", "changed_by", "old", "new", "reason"),
    ours.Desk: ("from_day", "seats", "contacts_per_seat", "changed_at", "changed_by"),
    ours.Digest: ("week", "recipient", "language", "state", "attempts", "ended_at"),
    ours.Holdout: ("customer", "campaign", "standing", "standing_since", "last_legacy_on", "last_auth_on", "wave"),
    ours.LogFile: ("name", "lines", "state", "first_at", "last_at", "read_at"),
    ours.RelayAcknowledgement: ("address", "allowed", "note", "made_by", "made_at"),
    ours.RelayedDay: ("day", "address", "relayed", "inbound", "first_at", "last_at"),
    ours.ShadowRun: ("first_day", "rule", "scope", "asked_by", "computed_at"),
    ours.WavePlan: ("campaign", "waves", "first_day", "days_between", "decided_at", "decided_by"),
    notices.Delivery: ("notice_id", "fate", "at", "status_code", "host", "source"),
    notices.Mailing: ("campaign", "kind", "period", "state", "planned_at", "approved_by", "started_at", "ended_at"),
    notices.MailingPlan: ("campaign", "kind", "active", "good_for_days", "changed_at", "changed_by"),
    notices.Mute: ("holdout_id", "by", "at"),
    notices.Notice: ("number", "mailing", "holdout_id", "state", "send_after", "accepted_at"),
    notices.ReturnedMail: ("at", "kind", "notice_id", "status_code"),
    notices.StaffCopy: ("sent_at", "sent_by", "recipient", "kind", "language", "outcome"),
    notices.Suppression: ("address", "customer", "since", "status_code", "ended_at", "ended_why"),
    notices.TextVersion: ("campaign", "kind", "language", "number", "written_by", "approved_by", "approved_at"),
    notices.Visit: ("notice_id", "act", "client_program", "at"),
}
SEARCHED = {
    ours.Customer: ("login__startswith", "contract__startswith"),
    ours.Holdout: ("customer__login__startswith",),
    notices.Notice: ("number__exact",),
    notices.Suppression: ("address__startswith",),
}

RELATED = {"approved_by", "campaign", "changed_by", "customer", "made_by", "mailing", "recipient", "sent_by"}

FURTHER = {"mailing": "mailing__campaign"}  # whose name it begins with

for model, columns in COLUMNS.items():
    rows = {
        "list_display": cells.columns(model, columns),
        "list_select_related": tuple(FURTHER.get(name, name) for name in columns if name in RELATED),
        "search_fields": SEARCHED.get(model, ()),
        "ordering": ("-pk",),
    }
    site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), rows))
