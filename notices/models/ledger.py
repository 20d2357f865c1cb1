"""The ledger: one row per mailing and holdout, and what people did with it."""

from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.models import Holdout, Language
from notices.models.mailings import Mailing

BATCH = 10_000  # rows of a statement

# How PostgreSQL's indexes compare: the order of a language, which nobody asks for, makes writing a notice slower.
BYTE_BY_BYTE = ["varchar_pattern_ops"]


class SendingDay(models.Model):
    """How many notices the batches of a day have taken from its cap, over all mailings.

    What the desk allows is decided once, in the day's first moment that needs it, and stands
    here, so that all workers and pages agree.
    """

    day = models.DateField(primary_key=True)
    taken = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(
        null=True, help_text="notices that the relay took, counted when the day is over; null: not yet"
    )
    decided_at = models.DateTimeField(null=True, help_text="when the following were; null: not yet")
    capacity = models.PositiveIntegerField(null=True, help_text="contacts that the desk takes a day; null: no limit")
    contacts_per_hundred = models.FloatField(null=True, help_text="notices, as measured up to the day before")
    contacts_at_least = models.FloatField(null=True, help_text="the lower end of what that may really be")
    contacts_at_most = models.FloatField(null=True, help_text="the upper end")
    desk_cap = models.PositiveIntegerField(null=True, help_text="notices that the desk allows; null: any number")

    class Meta:
        verbose_name = _("day of sending")
        verbose_name_plural = _("days of sending")

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

    def perhaps_out(self) -> "NoticeQuerySet":
        """Those that went out, or may have without our knowledge."""
        return self.filter(state__in=(Notice.State.ACCEPTED, Notice.State.CLAIMED, Notice.State.UNKNOWN))

    def out_or_to_go(self) -> "NoticeQuerySet":
        """All but those that have ended without having gone out."""
        waiting = Notice.State.WAITING
        return self.filter(state__in=(waiting, Notice.State.ACCEPTED, Notice.State.CLAIMED, Notice.State.UNKNOWN))

    def in_utf8_instead(self) -> "NoticeQuerySet":
        """Accepted in UTF-8 although the customer's program is an old one that may show it as rubbish."""
        return self.filter(utf8_instead=True, state=Notice.State.ACCEPTED)

    def accepted_on(self, day: date) -> "NoticeQuerySet":
        """Accepted on a day of the provider's zone; a range, because that is what the index knows."""
        begin = timezone.make_aware(datetime.combine(day, time()))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        return self.filter(accepted_at__gte=begin, accepted_at__lt=end)

    def change_unlocked(self, **values: object) -> int:
        """Change those of this state to another, but for what somebody else changes at this moment; how many.

        So two who change many never wait for each other in a circle. Who is passed over is found the next time. By
        their keys: how many there are the planner does not know, and would read the whole ledger for a few.
        """
        changed, locked = 0, self.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
        with transaction.atomic():
            while keys := list(locked.values_list("pk", flat=True)[:BATCH]):
                changed += Notice.objects.filter(pk__in=keys).update(**values)
        return changed

    def withdraw(self, reason: str, *, now: datetime) -> int:
        """Take those that wait out of their mailings; how many. What is being claimed at this moment is not waiting."""
        return self._waiting().change_unlocked(**_withdrawn(reason, now))

    def withdraw_all(self, reason: str, *, now: datetime) -> int:
        """The same of one mailing, by who has its row: nobody else waits for any of these, so a million go at once."""
        return self._waiting().update(**_withdrawn(reason, now))

    def _waiting(self) -> "NoticeQuerySet":
        return self.filter(state=Notice.State.WAITING)


def _withdrawn(reason: str, now: datetime) -> dict[str, object]:
    return {"state": Notice.State.WITHDRAWN, "reply": reason, "ended_at": now}


class Notice(models.Model):
    """The send ledger. One fixed Message-ID for ever; its token is derived, only the hash is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNKNOWN = "unknown", _("outcome unknown")

    mailing = models.ForeignKey(
        Mailing, models.CASCADE, related_name="notices", db_index=False, verbose_name=_("mailing")
    )  # one begins so
    holdout = models.ForeignKey(
        Holdout, models.PROTECT, related_name="notices", db_index=False, verbose_name=_("holdout")
    )  # one begins so
    number = models.CharField(_("announcement number"), max_length=9, help_text=_("announcement number, nine digits"))
    message_id = models.CharField(_("Message-ID"), max_length=120, help_text=_("without the angle brackets"))
    token_digest = models.CharField(
        _("digest of the link"), max_length=64, help_text=_("SHA-256 of the personal link's token")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    client_program = models.CharField(
        _("mail program"), max_length=64, blank=True, help_text=_("whose steps the mail shows")
    )
    sent_to = models.CharField(
        _("sent to"),
        max_length=254,
        blank=True,
        default="",
        db_default="",
        help_text=_("lower case, as it was claimed for"),
    )
    utf8_instead = models.BooleanField(
        _("sent in UTF-8 instead"),
        default=False,
        db_default=False,
        help_text=_("the old coding of its program lacks a character of its mail"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    send_after = models.DateTimeField(_("not before"))
    slot_on = models.DateField(
        _("planned for the day"), null=True, help_text=_("the day it was planned for, for ever; empty: for none")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, help_text=_("when it left waiting and claimed for good"))
    reply = models.CharField(
        _("reply of the relay"),
        max_length=500,
        blank=True,
        help_text=_("the relay's last words, or the English text of why it did not go out"),
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["holdout", "mailing"], name="one_notice_per_mailing_and_holdout"),
            # Not `unique=True`: for that PostgreSQL gets a second index each, and planning takes so much longer.
            models.UniqueConstraint(fields=["number"], name="one_notice_per_number", opclasses=BYTE_BY_BYTE),
            models.UniqueConstraint(fields=["message_id"], name="one_notice_per_message_id", opclasses=BYTE_BY_BYTE),
            models.UniqueConstraint(fields=["token_digest"], name="one_notice_per_token", opclasses=BYTE_BY_BYTE),
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

    def __str__(self) -> str:
        return self.number

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


class Visit(models.Model):
    """A person acted on a notice's page: opening a link alone counts for nothing, robots do that."""

    class Act(models.TextChoices):
        GUIDE = "guide", _("opened the guide from the personal page")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="visits", verbose_name=_("notice"))
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    client_program = models.CharField(_("mail program"), max_length=64, blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
