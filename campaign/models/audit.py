"""The audit: who changed, looked at or exported what. Rows are added, and never changed."""

from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(TypeError):
    """Somebody wanted to change or delete an entry; the database would refuse it too."""


def _refuse(name: str) -> Callable[..., None]:
    def refuse(self, *args: object, **values: object) -> None:
        raise AppendOnly(f"the audit is append-only: there is no {name}")

    refuse.__name__ = name
    return refuse


class AuditQuerySet(models.QuerySet):
    update, delete, bulk_update = _refuse("update"), _refuse("delete"), _refuse("bulk_update")
    update.alters_data = delete.alters_data = bulk_update.alters_data = True


class AuditEntry(models.Model):
    """One act of one person. Triggers refuse UPDATE and DELETE, and on PostgreSQL TRUNCATE.

    Django makes a table of SQLite anew to alter it, and the triggers go with the old one: a
    migration that alters this table must make them again, see 0019.
    """

    class Act(models.TextChoices):
        SEEN = "seen", _("looked at")
        EXPORTED = "exported", _("exported")
        ADDED = "added", _("put in")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("taken out")
        ASKED = "asked", _("asked for approval")
        APPROVED = "approved", _("gave approval")
        STARTED = "started", _("started")
        PAUSED = "paused", _("put on hold")
        RESUMED = "resumed", _("resumed")
        CANCELLED = "cancelled", _("called off")
        SENT = "sent", _("sent out")
        SIGNED_IN = "signed_in", _("logged in")
        SIGNED_OUT = "signed_out", _("logged out")
        REFUSED = "refused", _("was not let in")

    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("staff member"),
    )
    by_name = models.CharField(
        _("name at that time"),
        max_length=150,
        help_text=_("the login as it was; of a command without one, the shell's"),
    )
    remote = models.CharField(
        _("from address"), max_length=43, blank=True, help_text=_("the address it came from; empty: a command")
    )
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    kind = models.CharField(
        _("kind of thing"), max_length=40, help_text=_("of what it was done to: a model's name, or a page's")
    )
    key = models.CharField(
        _("key of the thing"), max_length=80, blank=True, help_text=_("of what it was done to, within its kind")
    )
    what = models.CharField(
        _("what it was done to"),
        max_length=200,
        blank=True,
        help_text=_("what it was done to, in words, as it was then"),
    )
    # Without a constraint: an entry outlives the customer.
    customer = models.ForeignKey(
        "campaign.Customer",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("customer"),
    )
    before = models.JSONField(_("before the change"), null=True, help_text=_("of what was changed"))
    after = models.JSONField(
        _("after the change"), null=True, help_text=_("of what was changed; of an export its filter and its rows")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["-at"], name="audit_by_time"),
            models.Index(fields=["by", "-at"], name="audit_by_person"),
            models.Index(fields=["act", "-at"], name="audit_by_act"),
            models.Index(
                fields=["customer", "-at"], name="audit_by_customer", condition=models.Q(customer__isnull=False)
            ),
            models.Index(
                fields=["key"],
                name="audit_of_many",
                condition=models.Q(kind="bulkchange", customer__isnull=True),
            ),
        ]
        permissions = [("export_audit", "Can export the audit")]

    delete = _refuse("delete")

    def save(self, *args: object, **values: object) -> None:
        if not self._state.adding:
            raise AppendOnly("the audit is append-only: there is no update")
        super().save(*args, **values)


class AuditRemoval(models.Model):
    """The key that the triggers ask for: entries before `before` may be deleted while it is there.

    It is there only inside the transaction in which the retention removes old entries.
    """

    before = models.DateTimeField()

    class Meta:
        verbose_name = _("removal of audit entries")
        verbose_name_plural = _("removals of audit entries")
