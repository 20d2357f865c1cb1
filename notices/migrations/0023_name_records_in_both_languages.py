"""Records have names that staff can read, in each language; the database does not change."""

from django.db import migrations
from django.db.migrations.operations.base import Operation

# A model's name and the name of many; then its fields'.
NAMES = {
    "delivery": (
        "delivery",
        "deliveries",
        {
            "notice": "notice",
            "fate": "fate",
            "at": "time",
            "status_code": "status code",
            "text": "what was said",
            "host": "answering server",
            "queue_id": "queue ID",
            "source": "known from",
        },
    ),
    "forecast": ("forecast", "forecasts", {}),
    "funnelcounts": ("counts of how far notices get people", "counts of how far notices get people by mailing", {}),
    "lift": ("effect of a mailing", "effects of mailings", {}),
    "mailing": (
        "mailing",
        "mailings",
        {
            "campaign": "campaign",
            "kind": "kind of mailing",
            "only_for": "only for",
            "period": "period",
            "attempt": "planned for the time",
            "state": "state",
            "planned_at": "planned at",
            "planned_by": "planned by",
            "approved_at": "approved at",
            "approved_by": "approved by",
            "started_at": "started at",
            "hold_until": "held until",
            "paused_at": "paused at",
            "pause_reason": "reason of the pause",
            "pause_cause": "cause of the pause",
            "try_again_at": "next try at",
            "tries": "tries in vain",
            "ended_at": "ended at",
            "expires_on": "last day to send",
            "daily_cap": "daily cap",
            "audience": "chosen by",
            "text_ja": "Japanese text",
            "text_en": "English text",
            "recent_attempts": "how the last attempts ended",
        },
    ),
    "mailingplan": (
        "plan of a mailing",
        "plans of mailings",
        {
            "campaign": "campaign",
            "kind": "kind of mailing",
            "active": "active",
            "audience": "chosen by",
            "good_for_days": "good for days",
            "changed_at": "changed at",
            "changed_by": "changed by",
        },
    ),
    "mute": (
        "customer without reminders",
        "customers without reminders",
        {"holdout": "holdout", "notice": "notice", "by": "how it was said", "at": "time"},
    ),
    "notice": (
        "notice",
        "notices",
        {
            "mailing": "mailing",
            "holdout": "holdout",
            "number": "announcement number",
            "message_id": "Message-ID",
            "token_digest": "digest of the link",
            "language": "language",
            "client_program": "mail program",
            "sent_to": "sent to",
            "utf8_instead": "sent in UTF-8 instead",
            "state": "state",
            "send_after": "not before",
            "slot_on": "planned for the day",
            "attempts": "attempts",
            "claimed_at": "claimed at",
            "accepted_at": "accepted at",
            "ended_at": "ended at",
            "reply": "reply of the relay",
        },
    ),
    "reportcounts": ("counts of a report", "counts of reports", {}),
    "returnedmail": (
        "returned mail",
        "returned mails",
        {
            "digest": "digest",
            "notice": "notice",
            "kind": "kind of return",
            "at": "time",
            "status_code": "status code",
            "text": "what was said",
        },
    ),
    "sendingday": ("day of sending", "days of sending", {}),
    "staffcopy": (
        "copy to a colleague",
        "copies to colleagues",
        {
            "campaign": "campaign",
            "kind": "kind of mailing",
            "language": "language",
            "version": "version of the text",
            "sent_at": "sent at",
            "sent_by": "sent by",
            "recipient": "recipient",
            "address": "mail address",
            "message_id": "Message-ID",
            "outcome": "outcome",
            "reply": "reply of the relay",
        },
    ),
    "suppression": (
        "address that no mail reaches",
        "addresses that no mail reaches",
        {
            "customer": "customer",
            "address": "mail address",
            "notice": "notice",
            "since": "since",
            "status_code": "status code",
            "text": "what was said",
            "ended_at": "ended at",
            "ended_why": "why it ended",
            "ended_by": "ended by",
        },
    ),
    "textversion": (
        "version of a text",
        "versions of texts",
        {
            "campaign": "campaign",
            "kind": "kind of mailing",
            "language": "language",
            "number": "number of the version",
            "subject": "subject",
            "body": "body",
            "remark": "remark",
            "restored_from": "restored from",
            "written_at": "written at",
            "written_by": "written by",
            "asked_at": "asked at",
            "asked_by": "asked by",
            "approved_at": "approved at",
            "approved_by": "approved by",
        },
    ),
    "unreached": ("customer whom no mail reaches", "customers whom no mail reaches", {}),
    "unreachedcount": ("count of whom no mail reaches", "counts of whom no mail reaches", {}),
    "visit": ("visit", "visits", {"notice": "notice", "act": "act", "client_program": "mail program", "at": "time"}),
    "wavenotices": ("notices of a wave", "notices by wave", {}),
}
# The words that staff read in the administration: an empty field is shown there, and no null.
HELP = {
    ("mailing", "only_for"): "the one who asked for it; empty: a round",
    ("mailing", "text_en"): "empty: ours",
    ("mailing", "text_ja"): "empty: ours",
    ("notice", "slot_on"): "the day it was planned for, for ever; empty: for none",
    ("staffcopy", "version"): "empty: ours",
}


class Name(Operation):
    """Names of models and fields, which no database knows: one look at each model, where AlterField takes one for each field."""

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label, state):
        for model, (one, many, fields) in NAMES.items():
            known = state.models[app_label, model]
            known.options |= {"verbose_name": one, "verbose_name_plural": many}
            for field, name in fields.items():
                named = known.fields[field] = known.fields[field].clone()
                named.verbose_name = named._verbose_name = name
                named.help_text = HELP.get((model, field), named.help_text)
        state.reload_models([(app_label, model) for model in NAMES])

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Nothing to do."""

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Nothing to do."""

    def describe(self):
        return "Name models and fields"


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0022_find_mailings_that_ended_lately"),
    ]

    operations = [Name()]
