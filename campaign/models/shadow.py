"""The shadow cut-off: what would have failed in a past week, had the old way been off."""

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaign.models.customers import Customer
from campaign.models.holdouts import Standing
from campaign.models.submissions import SubmissionClass


class ShadowRun(models.Model):
    """One question of staff, and its answer once a worker has computed it.

    `scope` are the networks that may go on under OUTSIDE, the hosts that refuse under HOSTS; sorted,
    with a blank between. `counts` is what `campaign/cutoff/dryrun.py` describes.
    """

    class Rule(models.TextChoices):
        ALL = "all", _("everywhere")
        OUTSIDE = "outside", _("only outside our own networks")
        HOSTS = "hosts", _("only on some mail servers")

    first_day = models.DateField(_("first day"), help_text=_("the Monday of the week"))
    rule = models.CharField(_("where the old way is off"), max_length=8, choices=Rule.choices)
    scope = models.CharField(_("networks or servers"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    waiting = models.BooleanField(
        _("waiting for the answer"), default=True, help_text=_("for a worker, or being computed")
    )
    tries = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("more than one: a worker died over it")
    )
    days_done = models.PositiveSmallIntegerField(_("days done"), default=0)
    computed_at = models.DateTimeField(
        _("computed at"), null=True, help_text=_("of the answer below; it stays while a new one is computed")
    )
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    counts = models.JSONField(_("answer"), default=dict)

    class Meta:
        verbose_name = _("trial cut-off")
        verbose_name_plural = _("trial cut-offs")
        constraints = [
            models.UniqueConstraint(fields=["first_day", "rule", "scope"], name="one_shadow_run_per_question"),
        ]


class ShadowHitQuerySet(QuerySet):
    def people(self) -> int:
        return self.aggregate(people=models.Count("customer", distinct=True))["people"]


class ShadowHit(models.Model):
    """A customer of whom mail would have failed, by the way it was sent."""

    run = models.ForeignKey(ShadowRun, models.CASCADE, related_name="hits", db_index=False)  # the indexes begin so
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    submission_class = models.CharField(max_length=20, choices=SubmissionClass.choices)
    submissions = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    client_program = models.CharField(max_length=64, blank=True)
    standing_before = models.CharField(
        max_length=8, choices=Standing.choices, blank=True, help_text="on the eve of the week; empty: not found yet"
    )

    objects = ShadowHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer hit by a trial cut-off")
        verbose_name_plural = _("customers hit by a trial cut-off")
        constraints = [
            models.UniqueConstraint(fields=["run", "customer", "submission_class"], name="one_shadow_hit_per_way"),
        ]
        indexes = [models.Index(fields=["run", "-submissions", "id"], name="shadow_hits_by_submissions")]
