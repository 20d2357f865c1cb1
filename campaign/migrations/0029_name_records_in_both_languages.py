"""Records have names that staff can read, in each language; the database does not change."""

from django.db import migrations
from django.db.migrations.operations.base import Operation

# A model's name and the name of many; then its fields'.
NAMES = {
    "address": ("sender address", "sender addresses", {}),
    "attributedday": (
        "attributed day",
        "attributed days",
        {
            "day": "day",
            "attributed_at": "attributed at",
            "stale": "out of date",
            "touched": "times new log lines came",
            "rolled_up_at": "in the standings since",
        },
    ),
    "auditentry": (
        "audit entry",
        "audit entries",
        {
            "at": "time",
            "by": "staff member",
            "by_name": "name at that time",
            "remote": "from address",
            "act": "act",
            "kind": "kind of thing",
            "key": "key of the thing",
            "what": "what it was done to",
            "customer": "customer",
            "before": "before the change",
            "after": "after the change",
            "reason": "reason",
        },
    ),
    "auditremoval": ("removal of audit entries", "removals of audit entries", {}),
    "bulkchange": ("change of several customers", "changes of several customers", {}),
    "bulkchosen": ("customer still to be changed", "customers still to be changed", {}),
    "bulkrow": ("changed customer", "changed customers", {}),
    "callback": ("call back", "calls to return", {}),
    "campaign": (
        "campaign",
        "campaigns",
        {"name": "old way", "starts_on": "first day", "cutoff_on": "cut-off date", "quiet_days": "quiet days"},
    ),
    "clockreading": ("clock reading", "clock readings", {}),
    "contact": (
        "contact",
        "contacts",
        {
            "customer": "customer",
            "at": "time",
            "channel": "channel",
            "minutes": "minutes",
            "topic": "topic",
            "outcome": "outcome",
            "made_by": "recorded by",
        },
    ),
    "coverage": (
        "day of a log",
        "days of the logs",
        {"day": "day", "stream": "kind of log", "events": "events", "last_at": "last event"},
    ),
    "customer": (
        "customer",
        "customers",
        {
            "login": "login",
            "name": "name",
            "language": "language",
            "contact_address": "contact address",
            "contract": "contract",
            "client_program": "mail program",
            "client_seen_on": "mail program seen on",
            "client_told_on": "mail program told on",
            "domain": "domain",
            "name_key": "name for the search",
        },
    ),
    "cutoffchange": (
        "change of the cut-off date",
        "changes of the cut-off date",
        {
            "campaign": "campaign",
            "changed_at": "changed at",
            "changed_by": "changed by",
            "old": "old date",
            "new": "new date",
            "reason": "reason",
        },
    ),
    "dailycount": ("count of a day", "counts of a day", {}),
    "dailyuse": ("daily use", "days of use by customers", {}),
    "desk": (
        "help desk setting",
        "help desk settings",
        {
            "from_day": "first day",
            "seats": "seats",
            "contacts_per_seat": "contacts a seat takes",
            "changed_at": "changed at",
            "changed_by": "changed by",
        },
    ),
    "digest": (
        "weekly mail",
        "weekly mails",
        {
            "week": "week",
            "recipient": "recipient",
            "language": "language",
            "address": "mail address",
            "message_id": "Message-ID",
            "state": "state",
            "attempts": "attempts",
            "claimed_at": "claimed at",
            "ended_at": "ended at",
            "reply": "reply of the relay",
        },
    ),
    "digestwish": ("subscription to the weekly mail", "subscriptions to the weekly mail", {}),
    "exemption": (
        "exemption",
        "exemptions",
        {
            "campaign": "campaign",
            "customer": "customer",
            "reason": "reason",
            "from_day": "first day",
            "until": "last day",
            "made_by": "granted by",
            "asked_at": "asked at",
            "asked_why": "why the customer asked",
            "ended_at": "ended at",
            "ended_by": "ended by",
        },
    ),
    "holdout": (
        "holdout",
        "holdouts",
        {
            "campaign": "campaign",
            "customer": "customer",
            "identified_on": "found on",
            "first_legacy_on": "first day of the old way",
            "last_legacy_on": "last day of the old way",
            "last_legacy_at": "last mail sent the old way",
            "last_auth_on": "last day with SMTP-AUTH",
            "last_auth_at": "last mail sent with SMTP-AUTH",
            "standing": "standing",
            "standing_since": "standing since",
            "migrated_on": "counted as moved on",
            "relapsed": "fell back",
            "reason": "reason",
            "client_program": "mail program",
            "wave": "wave",
            "wave_pinned": "wave chosen by hand",
            "last_sign": "what the last day shows",
            "last_range": "last address range",
        },
    ),
    "holdoutcounts": ("counts of the holdouts", "counts of the holdouts by campaign", {}),
    "logfile": (
        "log file",
        "log files",
        {
            "digest": "digest of its beginning",
            "digest_length": "length of its beginning",
            "name": "path",
            "segment": "name of its event files",
            "offset": "next reading begins at",
            "read_to": "read up to",
            "lines": "lines",
            "state": "state of the reading",
            "first_at": "first line",
            "last_at": "last line",
            "read_at": "read at",
        },
    ),
    "note": ("note", "notes", {}),
    "opendoor": ("day of open addresses", "days of open addresses", {}),
    "pastofsome": ("past of some customers", "pasts of parts of the customers", {}),
    "programlines": ("lines of a program", "lines by program", {}),
    "relayacknowledgement": (
        "acknowledged relay",
        "acknowledged relays",
        {
            "address": "IP address",
            "allowed": "allowed a day",
            "note": "note",
            "made_by": "recorded by",
            "made_on": "recorded on",
            "made_at": "recorded at",
        },
    ),
    "relayedday": (
        "day of unexplained relays",
        "days of unexplained relays",
        {
            "day": "day",
            "address": "IP address",
            "range": "address range",
            "relayed": "relayed mails",
            "inbound": "mails to own customers",
            "first_at": "first mail",
            "last_at": "last mail",
            "hosts": "mail servers",
            "without_logins": "without any login",
            "nearest_login": "nearest login",
            "family_logs_in": "logins by this version of IP",
        },
    ),
    "savedview": ("kept view", "kept views", {}),
    "shadowhit": ("customer hit by a trial cut-off", "customers hit by a trial cut-off", {}),
    "shadowrun": (
        "trial cut-off",
        "trial cut-offs",
        {
            "first_day": "first day",
            "rule": "where the old way is off",
            "scope": "networks or servers",
            "asked_at": "asked at",
            "asked_by": "asked by",
            "waiting": "waiting for the answer",
            "tries": "attempts",
            "days_done": "days done",
            "computed_at": "computed at",
            "failure": "failure",
            "counts": "answer",
        },
    ),
    "sourcegap": ("gap of a log source", "gaps of the log sources", {}),
    "sourcelines": ("lines of a log source", "lines by log source", {}),
    "standingchange": ("change of standing", "changes of standing", {}),
    "standingcount": ("count of a standing", "counts by standing", {}),
    "tag": ("tag", "tags", {}),
    "tagging": ("tag of a customer", "tags of customers", {}),
    "unknownprogram": ("unknown mail program", "unknown mail programs", {}),
    "waveplan": (
        "plan of the waves",
        "plans of the waves",
        {
            "campaign": "campaign",
            "waves": "number of waves",
            "first_day": "first day",
            "days_between": "days between two waves",
            "seed": "seed of the lot",
            "decided_at": "decided at",
            "decided_by": "decided by",
            "drawn": "lots are drawn",
        },
    ),
}
# The words that staff read in the administration: an empty field is shown there, and no null.
HELP = {
    ("exemption", "asked_at"): "when the customer asked for it; empty: staff decided",
    ("holdout", "wave"): "1 is written to first; empty: in no wave yet",
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
        ("campaign", "0028_find_names_however_their_parts_are_divided"),
    ]

    operations = [Name()]
