"""What is stored, one noun a file."""

from campaign.models.audit import AppendOnly, AuditEntry, AuditRemoval
from campaign.models.contacts import CallBack, Contact
from campaign.models.customers import Address, Customer, Language
from campaign.models.digests import Digest, DigestWish
from campaign.models.holdouts import Holdout, HoldoutCounts, Reason, Standing, StandingChange, StandingCount
from campaign.models.lists import BulkChange, BulkChosen, BulkReached, BulkRow, SavedView
from campaign.models.notes import Note, Tag, Tagging
from campaign.models.open_doors import OpenDoor
from campaign.models.pasts import PastOfSome
from campaign.models.plan import Campaign, CutoffChange, Desk, Exemption, WavePlan
from campaign.models.relays import RelayAcknowledgement, RelayedDay
from campaign.models.shadow import ShadowHit, ShadowRun
from campaign.models.sources import ClockReading, Coverage, LogFile, ProgramLines, SourceGap, SourceLines, Stream
from campaign.models.submissions import (
    AttributedDay,
    Attribution,
    DailyCount,
    DailyUse,
    SubmissionClass,
    UnknownProgram,
)

__all__ = [
    "Address",
    "AppendOnly",
    "AttributedDay",
    "Attribution",
    "AuditEntry",
    "AuditRemoval",
    "BulkChange",
    "BulkChosen",
    "BulkReached",
    "BulkRow",
    "CallBack",
    "Campaign",
    "ClockReading",
    "Contact",
    "Coverage",
    "Customer",
    "CutoffChange",
    "DailyCount",
    "DailyUse",
    "Desk",
    "Digest",
    "DigestWish",
    "Exemption",
    "Holdout",
    "HoldoutCounts",
    "Language",
    "LogFile",
    "Note",
    "OpenDoor",
    "PastOfSome",
    "ProgramLines",
    "Reason",
    "RelayAcknowledgement",
    "RelayedDay",
    "SavedView",
    "ShadowHit",
    "ShadowRun",
    "SourceGap",
    "SourceLines",
    "Standing",
    "StandingChange",
    "StandingCount",
    "Stream",
    "SubmissionClass",
    "Tag",
    "Tagging",
    "UnknownProgram",
    "WavePlan",
]
