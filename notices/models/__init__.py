"""The mailings and their ledger: one row per mailing and holdout, and what became of it."""

from notices.models.deliveries import Delivery, Mute, ReturnedMail, Suppression, SuppressionQuerySet
from notices.models.ledger import Notice, NoticeQuerySet, SendingDay, Visit
from notices.models.mailings import Attempt, Mailing, MailingPlan, MailingQuerySet
from notices.models.measured import (
    DueCounts,
    Forecast,
    FunnelCounts,
    Lift,
    Outcome,
    ReportCounts,
    Unreached,
    UnreachedCount,
    WaveNotices,
)
from notices.models.texts import StaffCopy, TextVersion

__all__ = [
    "Attempt",
    "Delivery",
    "DueCounts",
    "Forecast",
    "FunnelCounts",
    "Lift",
    "Mailing",
    "MailingPlan",
    "MailingQuerySet",
    "Mute",
    "Notice",
    "NoticeQuerySet",
    "Outcome",
    "ReportCounts",
    "ReturnedMail",
    "SendingDay",
    "StaffCopy",
    "Suppression",
    "SuppressionQuerySet",
    "TextVersion",
    "Unreached",
    "UnreachedCount",
    "Visit",
    "WaveNotices",
]
