"""What staff write down about a customer: notes, and tags to find customers by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    customer = models.ForeignKey("campaign.Customer", models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    text = models.CharField(max_length=2000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")


class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True, help_text="normalised, without blanks around it")

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A tag is on a customer. A tag that nobody has is no longer offered."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings", db_index=False)  # the constraint begins so
    customer = models.ForeignKey("campaign.Customer", models.CASCADE, related_name="taggings")
    at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        constraints = [models.UniqueConstraint(fields=["tag", "customer"], name="one_tagging_per_tag_and_customer")]
