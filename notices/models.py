"""The mailings and their ledger: one row per mailing and holdout, and what became of it."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Concat, Lower, NullIf, Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Holdout, Language
from notices.measured import Lift, WaveNotices  # noqa: F401, models need to be found here


class MailingQuerySet(models.QuerySet):
    def sending(self, *, now: datetime) -> "MailingQuerySet":
        """Whose notices may go out: started, and out of the hold after the start."""
        held = models.Q(hold_until__isnull=False, hold_until__gt=now)
        return self.filter(~held, state=Mailing.State.SENDING)

    def to_try(self) -> "MailingQuerySet":
        """Paused by themselves for the relay's sake: they go on once it takes mail again."""
        return self.filter(state=Mailing.State.PAUSED, pause_cause=Mailing.PauseCause.RELAY)


class Mailing(models.Model):
    """One round of a campaign: who was due on the day it was planned, and how far it got."""

    class Kind(models.TextChoices):
        """In the order in which a holdout meets them."""

        ANNOUNCEMENT = "announcement", _("First announcement")
        FIRST = "first", _("First notice of a new holdout")
        REMINDER = "reminder", _("Monthly reminder")
        TWO_WEEKS = "two_weeks", _("Two weeks before the cut-off")
        THREE_DAYS = "three_days", _("Three days before the cut-off")
        LAST_DAY = "last_day", _("The last day")
        THANKS = "thanks", _("Thanks to who has moved")

    class State(models.TextChoices):
        PLANNED = "planned", _("waiting for approval")
        APPROVED = "approved", _("approved, not started")
        SENDING = "sending", _("being sent")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    class PauseCause(models.TextChoices):
        """Who or what paused it; only a pause for the relay's sake ends by itself."""

        PERSON = "person", _("paused by a person")
        RELAY = "relay", _("paused by itself: the relay takes no mail")
        REFUSALS = "refusals", _("paused by itself: too many notices were refused")
        TEXT = "text", _("paused by itself: its text cannot be made")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mailings")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REMINDER)
    period = models.CharField(
        max_length=10, help_text="what it is the only one of its kind for: a month as 2026-12, or a day"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True, help_text="nothing goes out before, so that cancelling leaves nothing")
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    pause_cause = models.CharField(max_length=10, choices=PauseCause.choices, blank=True, default="", db_default="")
    try_again_at = models.DateTimeField(null=True, help_text="of a pause for the relay's sake: when to try it next")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="of the relay in this pause, in vain")
    ended_at = models.DateTimeField(null=True, help_text="finished or cancelled")
    expires_on = models.DateField(help_text="the last day on which its notices may go out")
    daily_cap = models.PositiveIntegerField()
    audience = models.JSONField(default=dict, blank=True, help_text="the rule it was planned by, as in `MailingPlan`")
    text_ja = models.ForeignKey("TextVersion", models.PROTECT, null=True, related_name="+", help_text="null: ours")
    text_en = models.ForeignKey("TextVersion", models.PROTECT, null=True, related_name="+", help_text="null: ours")
    recent_attempts = models.CharField(
        max_length=20, blank=True, help_text="the last ones, newest last, as letters of `Attempt`; empty: all is well"
    )

    objects = MailingQuerySet.as_manager()

    ENDED = (State.FINISHED, State.CANCELLED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "period"], name="one_mailing_per_campaign_and_period"),
        ]
        permissions = [
            ("approve_mailing", "Can approve a mailing"),
            ("run_mailing", "Can plan, start, pause, resume and cancel a mailing"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.name} {self.kind} {self.period}"

    def holds(self, now: datetime) -> bool:
        """Whether it was started and nothing may go out yet."""
        return self.hold_until is not None and now < self.hold_until

    def move(self, to: State, *, since: tuple[State, ...], **fields: object) -> bool:
        """Change the state if it still is one of `since`; False when somebody was faster."""
        return Mailing.objects.filter(pk=self.pk, state__in=since).update(state=to, **fields) == 1

    def note(self, attempts: str) -> str:
        """Keep how attempts ended, if anything went wrong lately, and return the recent ones.

        A healthy mailing costs no write: the row is the one that all workers share.
        """
        if not self.recent_attempts and set(attempts) <= {Attempt.SENT.value}:
            return ""
        row = Mailing.objects.filter(pk=self.pk)
        row.update(recent_attempts=Right(Concat("recent_attempts", models.Value(attempts[-20:])), 20))
        self.recent_attempts = row.values_list("recent_attempts", flat=True).get()
        if set(self.recent_attempts) == {Attempt.SENT.value} and len(self.recent_attempts) == 20:
            row.update(recent_attempts="")
        return self.recent_attempts


class Attempt(models.TextChoices):
    """How one attempt to send ended, as the mailing remembers it."""

    SENT = ".", _("sent")
    DEFERRED = "d", _("deferred by the relay")
    REFUSED = "r", _("refused by the relay")
    BARRED = "b", _("the relay does not take our mail")
    NO_CONNECTION = "c", _("no connection to the relay")
    LOST = "l", _("connection lost while the text went over")


class MailingPlan(models.Model):
    """Whether a campaign has a kind of mailing, to whom it goes, and how long it is good for.

    `audience` narrows those who are due: lists by the keys standings, reasons, programs, waves
    and languages; a key that is not there leaves nobody out.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mailing_plans")
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    active = models.BooleanField(default=True)
    audience = models.JSONField(default=dict, blank=True)
    good_for_days = models.PositiveSmallIntegerField(help_text="after its last regular slot")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="one_plan_per_campaign_and_kind")]


class TextVersion(models.Model):
    """What staff wrote for a kind of mailing in one language. Never changed: an edit is the next version."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within campaign, kind and language")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    remark = models.CharField(max_length=200, blank=True, help_text="what was changed, for colleagues")
    restored_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, help_text="when somebody asked for its approval")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "language", "number"], name="versions_in_a_row"),
        ]
        permissions = [
            ("write_text", "Can write the texts of mailings"),
            ("approve_text", "Can approve texts"),
            ("preview_mail", "Can see the mail to any customer before it goes out"),
        ]


class StaffCopy(models.Model):
    """A text that went to a colleague's own address for a look: no notice, and in no customer's ledger."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        NOT_SENT = "not_sent", _("the relay could not be reached")
        UNKNOWN = "unknown", _("outcome unknown")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    version = models.ForeignKey(TextVersion, models.PROTECT, null=True, related_name="+", help_text="null: ours")
    sent_at = models.DateTimeField(db_index=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    address = models.CharField(max_length=254, help_text="the recipient's own, as it was then")
    message_id = models.CharField(max_length=120, unique=True, help_text="without the angle brackets")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reply = models.CharField(max_length=500, blank=True, help_text="the relay's last words")


class SendingDay(models.Model):
    """How many notices the batches of a day have taken from its cap, over all mailings.

    What the desk allows is decided once, in the day's first moment that needs it, and stands
    here, so that all workers and pages agree.
    """

    day = models.DateField(primary_key=True)
    taken = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, help_text="when the following were; null: not yet")
    capacity = models.PositiveIntegerField(null=True, help_text="contacts that the desk takes a day; null: no limit")
    contacts_per_hundred = models.FloatField(null=True, help_text="notices, as measured up to the day before")
    contacts_at_least = models.FloatField(null=True, help_text="the lower end of what that may really be")
    contacts_at_most = models.FloatField(null=True, help_text="the upper end")
    desk_cap = models.PositiveIntegerField(null=True, help_text="notices that the desk allows; null: any number")

    def bound(self, cap: int) -> int:
        """A mailing's own cap, or what the desk allows where that is less."""
        return cap if self.desk_cap is None else min(cap, self.desk_cap)


class NoticeQuerySet(models.QuerySet):
    def for_mailing(self, mailing: Mailing) -> "NoticeQuerySet":
        return self.filter(mailing=mailing)

    def claimable(self, *, now: datetime) -> "NoticeQuerySet":
        return self.filter(state=Notice.State.WAITING, send_after__lte=now)

    def unsettled(self) -> "NoticeQuerySet":
        """Whose outcome is not known yet: being sent, or gone missing while being sent."""
        return self.filter(state__in=(Notice.State.CLAIMED, Notice.State.UNKNOWN))

    def open(self) -> "NoticeQuerySet":
        """Those that may still go out, or may have gone out unnoticed."""
        return self.filter(state__in=(Notice.State.WAITING, Notice.State.CLAIMED, Notice.State.UNKNOWN))

    def in_utf8_instead(self) -> "NoticeQuerySet":
        """Accepted in UTF-8 although the customer's program is an old one that may show it as rubbish."""
        return self.filter(utf8_instead=True, state=Notice.State.ACCEPTED)

    def accepted_on(self, day: date) -> "NoticeQuerySet":
        """Accepted on a day of the provider's zone; a range, because that is what the index knows."""
        begin = timezone.make_aware(datetime.combine(day, time()))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        return self.filter(accepted_at__gte=begin, accepted_at__lt=end)

    def withdraw(self, reason: str, *, now: datetime) -> int:
        """Take those that wait out of their mailings; how many."""
        waiting = self.filter(state=Notice.State.WAITING)
        return waiting.update(state=Notice.State.WITHDRAWN, reply=reason, ended_at=now)


class Notice(models.Model):
    """The send ledger. One fixed Message-ID for ever; its token is derived, only the hash is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNKNOWN = "unknown", _("outcome unknown")

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="notices", db_index=False)  # two begin so
    holdout = models.ForeignKey(Holdout, models.PROTECT, related_name="notices")
    number = models.CharField(max_length=9, help_text="announcement number, nine digits")
    message_id = models.CharField(max_length=120, help_text="without the angle brackets")
    token_digest = models.CharField(max_length=64, help_text="SHA-256 of the personal link's token")
    language = models.CharField(max_length=2, choices=Language.choices)
    client_program = models.CharField(max_length=64, blank=True, help_text="whose steps the mail shows")
    sent_to = models.CharField(
        max_length=254, blank=True, default="", db_default="", help_text="lower case, as it was claimed for"
    )
    utf8_instead = models.BooleanField(
        default=False, db_default=False, help_text="the old coding of its program lacks a character of its mail"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    send_after = models.DateTimeField()
    slot_on = models.DateField(null=True, help_text="the day it was planned for, for ever; null: for none")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it left waiting and claimed for good")
    reply = models.CharField(
        max_length=500, blank=True, help_text="the relay's last words, or the English text of why it did not go out"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "holdout"], name="one_notice_per_mailing_and_holdout"),
            # Not `unique=True`: for that PostgreSQL gets a second index each, and planning takes so much longer.
            models.UniqueConstraint(fields=["number"], name="one_notice_per_number"),
            models.UniqueConstraint(fields=["message_id"], name="one_notice_per_message_id"),
            models.UniqueConstraint(fields=["token_digest"], name="one_notice_per_token"),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "send_after", "id"],
                name="waiting_notices",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["claimed_at"], name="claimed_notices", condition=models.Q(state="claimed")),
            models.Index(fields=["claimed_at"], name="unknown_notices", condition=models.Q(state="unknown")),
            models.Index(
                fields=["accepted_at"], name="notices_by_acceptance", condition=models.Q(accepted_at__isnull=False)
            ),
            # Reports and the list of mailings count from this index alone, without the rows.
            models.Index(fields=["mailing", "state"], name="notices_by_state"),
            models.Index(fields=["mailing"], name="notices_in_utf8_instead", condition=models.Q(utf8_instead=True)),
            models.Index(
                fields=["mailing"],
                name="notices_tried_in_vain",
                condition=models.Q(state="waiting", attempts__gt=0),
            ),
        ]

    def claim(self, *, now: datetime) -> bool:
        """Take the notice for sending, in its customer's language and program of this moment.

        Conditional: False when another worker has it, or the mailing is no longer being sent.
        """
        customer = self.holdout.customer
        values = {"claimed_at": now, "language": customer.language, "client_program": customer.client_program}
        values["sent_to"] = customer.notice_address.lower()[:254]
        # Both conditions stand on the row's own statement: a join would become a subquery, which
        # PostgreSQL does not look at again after it has waited for another worker's claim.
        sending = Mailing.objects.sending(now=now).filter(pk=models.OuterRef("mailing"))
        waiting = Notice.objects.filter(models.Exists(sending), pk=self.pk, state=self.State.WAITING)
        claimed = waiting.update(state=self.State.CLAIMED, attempts=models.F("attempts") + 1, **values)
        if claimed:
            self.attempts += 1
            self.claimed_at = now
        return claimed == 1

    def keep_coding(self, *, utf8_instead: bool) -> None:
        """Seldom a write: nearly every mail goes out in the coding that its program reads."""
        if utf8_instead != self.utf8_instead:
            Notice.objects.filter(pk=self.pk).update(utf8_instead=utf8_instead)
            self.utf8_instead = utf8_instead

    def accept(self, reply: str, *, now: datetime) -> bool:
        return self._settle(self.State.ACCEPTED, reply=reply, accepted_at=now, ended_at=now)

    def refuse(self, reply: str, *, now: datetime) -> bool:
        return self._settle(self.State.REFUSED, reply=reply, ended_at=now)

    def put_back(self, reply: str, *, send_after: datetime) -> bool:
        """It certainly did not go out and may go again."""
        return self._settle(self.State.WAITING, reply=reply, send_after=send_after, claimed_at=None)

    def _settle(self, state: State, **values: object) -> bool:
        """Only the claim that was made: one that came in the meantime is another attempt."""
        unsettled = Notice.objects.unsettled().filter(pk=self.pk, claimed_at=self.claimed_at)
        return unsettled.update(state=state, **values) == 1


class Delivery(models.Model):
    """What the mail system did with an accepted notice, as its log or a message that came back says."""

    class Fate(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        DEFERRED = "deferred", _("deferred")
        BOUNCED = "bounced", _("bounced")
        EXPIRED = "expired", _("expired")

    class Source(models.TextChoices):
        LOG = "log", _("the mail server's log")
        RETURNED = "returned", _("a message that came back")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="delivery")
    fate = models.CharField(max_length=10, choices=Fate.choices)
    at = models.DateTimeField()
    status_code = models.CharField(max_length=12, blank=True, help_text="enhanced status code, RFC 3463")
    text = models.CharField(max_length=300, blank=True)
    host = models.CharField(max_length=255, blank=True)
    queue_id = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.LOG, db_default="log")

    class Meta:
        indexes = [
            # A report looks up the fate of every notice of a mailing: here it is without the row.
            models.Index(fields=["notice", "fate"], name="deliveries_by_notice_and_fate"),
            models.Index(
                fields=["notice"], name="deliveries_that_failed", condition=models.Q(fate__in=("bounced", "expired"))
            ),
        ]


class ReturnedMail(models.Model):
    """A message that came to an envelope sender of ours; its digest lets it count only once."""

    class Kind(models.TextChoices):
        FAILED = "failed", _("could not be delivered")
        DELAYED = "delayed", _("is delayed")
        DELIVERED = "delivered", _("was delivered or handed on")
        REPLY = "reply", _("automatic reply")
        COMPLAINT = "complaint", _("reported as unwanted mail")
        OTHER = "other", _("not understood")
        FOREIGN = "foreign", _("refused: names no notice of ours")

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of address and message")
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="returned")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(db_index=True, help_text="when it was read")
    status_code = models.CharField(max_length=12, blank=True, help_text="enhanced status code, RFC 3463")
    text = models.CharField(max_length=300, blank=True)


class Mute(models.Model):
    """A holdout wants no more reminders; notices of dates that do not come again still go out."""

    class By(models.TextChoices):
        ONE_CLICK = "one_click", _("by one click in the mail program")  # RFC 8058
        PAGE = "page", _("on the page that the mail links to")
        STAFF = "staff", _("by the help desk")
        COMPLAINT = "complaint", _("reported as unwanted mail by the mail program")  # RFC 5965

    holdout = models.OneToOneField(Holdout, models.CASCADE, related_name="mute")
    notice = models.ForeignKey(Notice, models.SET_NULL, null=True, related_name="+", help_text="whose link it was")
    by = models.CharField(max_length=10, choices=By.choices)
    at = models.DateTimeField()


class SuppressionQuerySet(models.QuerySet):
    def open(self) -> "SuppressionQuerySet":
        return self.filter(ended_at=None)

    def in_the_way(self, *, customer: str) -> models.Exists:
        """Whether mail to a customer's present address is suppressed; `customer` names the outer query's path."""
        contact, login = models.OuterRef(f"{customer}__contact_address"), models.OuterRef(f"{customer}__login")
        address = Lower(Coalesce(NullIf(contact, models.Value("")), login))
        return models.Exists(self.open().filter(customer=models.OuterRef(customer), address=address))


class Suppression(models.Model):
    """No mail reaches this address: nothing is sent to it until mail gets through again or staff clear it."""

    class End(models.TextChoices):
        DELIVERED = "delivered", _("mail got through again")
        STAFF = "staff", _("cleared by staff")

    customer = models.ForeignKey("campaign.Customer", models.CASCADE, related_name="suppressions")
    address = models.CharField(max_length=254, help_text="lower case, as notices went to it")
    notice = models.ForeignKey(Notice, models.SET_NULL, null=True, related_name="+", help_text="that bounced last")
    since = models.DateTimeField()
    status_code = models.CharField(max_length=12, blank=True, help_text="enhanced status code, RFC 3463")
    text = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=End.choices, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "address"],
                condition=models.Q(ended_at=None),
                name="one_open_suppression_per_customer_and_address",
            ),
        ]
        permissions = [
            ("clear_suppression", "Can let mail go to an address again"),
            ("export_unreachable", "Can export the customers whom no mail reaches"),
        ]


class Visit(models.Model):
    """A person acted on a notice's page: opening a link alone counts for nothing, robots do that."""

    class Act(models.TextChoices):
        GUIDE = "guide", _("opened the guide from the personal page")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="visits")
    act = models.CharField(max_length=10, choices=Act.choices)
    client_program = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
