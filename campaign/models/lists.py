"""The list of customers as staff work with it: views that they keep, and changes to many at once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.plan import Campaign


class SavedView(models.Model):
    """The filters of the list under a name; `query` is what stands in the address, without the page."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False, help_text="everybody sees it; only its owner can delete it")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept view")
        verbose_name_plural = _("kept views")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_owner_and_name")]


class BulkChange(models.Model):
    """One change to many customers at once, and whether it was taken back."""

    class Kind(models.TextChoices):
        WAVE = "wave", _("moved to a wave")
        EXEMPT = "exempt", _("exempted")
        TAG = "tag", _("tagged")
        NOTICE = "notice", _("put into an extra notice")

    class State(models.TextChoices):
        """Few customers are changed at once; many in portions, by a worker."""

        CHOOSING = "choosing", _("collects the customers")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        UNDOING = "undoing", _("being undone")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    values = models.JSONField(help_text="what was entered: wave; reason and until; tag; mailing")
    customers = models.PositiveIntegerField(help_text="that it changed; who had it already is not among them")
    made_at = models.DateTimeField(db_index=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    restored = models.PositiveIntegerField(null=True, help_text="customers; who was changed again since is not")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE, db_default="done")
    query = models.CharField(
        max_length=2000, blank=True, default="", db_default="", help_text="the list's, where a worker collects it"
    )
    chosen = models.PositiveIntegerField(default=0, db_default=0, help_text="customers that a worker collected")
    handled = models.PositiveIntegerField(default=0, db_default=0, help_text="of these: looked at, changed or not")
    trouble = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="why it stopped")

    ENDED = (State.DONE, State.STOPPED)

    class Meta:
        verbose_name = _("change of several customers")
        verbose_name_plural = _("changes of several customers")
        indexes = [
            models.Index(
                fields=["id"],
                name="bulk_changes_under_way",
                condition=models.Q(state__in=("choosing", "running", "undoing")),
            ),
        ]


class BulkChosen(models.Model):
    """A customer whom a change under way has not reached yet."""

    pk = models.CompositePrimaryKey("change_id", "customer_id")
    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="left", db_index=False)  # the key begins so
    customer_id = models.BigIntegerField(help_text="who is gone meanwhile is passed over")

    class Meta:
        verbose_name = _("customer still to be changed")
        verbose_name_plural = _("customers still to be changed")


class BulkReached(models.Model):
    """Whom a change of very many changed, a bit for each key: kept as long as an entry of the audit tells of it.

    A row is a stretch of keys (`campaign/plan/reached.py`): for a million customers a hundred rows of a kilobyte.
    """

    pk = models.CompositePrimaryKey("stretch", "change_id")
    stretch = models.IntegerField(help_text="of customers' keys, counted from 0")
    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="reached", db_index=False)
    changed = models.BinaryField(default=b"", help_text="a bit for each key of the stretch; the rest is 0")
    restored = models.BinaryField(default=b"", help_text="of these: for whom it was undone")

    class Meta:
        verbose_name = _("customers changed together")
        verbose_name_plural = _("customers changed together")


class BulkRow(models.Model):
    """What one change did to one customer: enough to take exactly that back, kept for as long as that is possible."""

    pk = models.CompositePrimaryKey("change_id", "target")
    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows", db_index=False)  # the key begins so
    target = models.BigIntegerField(help_text="the holdout that was moved, or the exemption or tagging that was made")
    wave = models.PositiveSmallIntegerField(null=True, help_text="before")
    wave_pinned = models.BooleanField(default=False, help_text="before")

    class Meta:
        verbose_name = _("changed customer")
        verbose_name_plural = _("changed customers")
