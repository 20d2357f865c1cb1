"""The days of some of a campaign's customers, counted when somebody asks for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.plan import Campaign


class PastOfSome(models.Model):
    """Nobody waits while a million histories are read: a question stands here until a job has answered it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="pasts", db_index=False)  # one begins so
    query = models.CharField(max_length=400, help_text="by what the customers are chosen, as in an address")
    asked_at = models.DateTimeField(help_text="last")
    waiting = models.BooleanField(default=True)
    last = models.DateField(null=True, help_text="the last of the days; null: not counted yet")
    counted_at = models.DateTimeField(null=True)
    days = models.JSONField(default=list, help_text="lists of a day and how many stood where")

    class Meta:
        verbose_name = _("past of some customers")
        verbose_name_plural = _("pasts of parts of the customers")
        constraints = [models.UniqueConstraint(fields=["campaign", "query"], name="one_past_per_campaign_and_query")]
        indexes = [models.Index(fields=["asked_at"], name="pasts_asked_for", condition=models.Q(waiting=True))]
