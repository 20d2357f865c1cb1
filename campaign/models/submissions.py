"""What the attribution of a day leaves behind: daily use per customer, and counts for all mail."""

import json
from collections.abc import Iterable
from datetime import date
from ipaddress import IPv4Network, ip_address

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from campaign.models.customers import Customer

FORWARDED_SENDERS = 5  # different foreign senders on one day: a mail server sends for others, a person does not


class SubmissionClass(models.TextChoices):
    """By what right the mail server took a mail."""

    SMTP_AUTH = "smtp_auth", _("SMTP-AUTH")
    POP_BEFORE_SMTP = "pop_before_smtp", _("POP before SMTP")
    LOCAL_PORT25 = "local_port25", _("Port 25 without password in our own network")
    INBOUND = "inbound", _("Inbound")
    UNEXPLAINED_RELAY = "unexplained_relay", _("Unexplained relay")


class Attribution(models.TextChoices):
    """How sure it is whose a submission was."""

    CONFIRMED = "confirmed", _("confirmed")
    PROBABLE = "probable", _("probable")
    AMBIGUOUS = "ambiguous", _("ambiguous")
    NONE = "none", _("none")


# By a join, and not by ANY: of that PostgreSQL expects so many rows that it would rather read them all.
FROM_ANY = """
SELECT daily.customer_id, MAX(daily.day)
FROM unnest(%(addresses)s::jsonb[]) AS wanted (address)
JOIN campaign_dailyuse AS daily ON daily.addresses @> wanted.address
WHERE daily.day >= %(since)s
GROUP BY daily.customer_id
"""
BEGINS_LIKE = """
SELECT customer_id, day, addresses FROM campaign_dailyuse
WHERE day >= %(since)s AND instr(addresses, %(begins)s) > 0
ORDER BY day
"""


class DailyUseQuerySet(models.QuerySet):
    def customers_at(self, address: str, *, since: date, at_most: int) -> list[int]:
        """Keys of customers who sent from a client address on `since` or later, the last first: so many and no more.

        Without LIMIT: with it, PostgreSQL would go through all use in the order of its key, hoping for an early end.
        """
        used = self.filter(addresses__lists=address, day__gte=since).order_by()
        days = used.values_list("customer").annotate(last=models.Max("day"))
        return [customer for customer, _last in sorted(days, key=lambda row: (row[1], row[0]), reverse=True)[:at_most]]

    def customers_in(self, network: IPv4Network, *, since: date, at_most: int) -> list[int]:
        """The same of a network of few addresses: PostgreSQL looks up each, SQLite reads what begins like it."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(FROM_ANY, {"since": since, "addresses": [json.dumps([str(each)]) for each in network]})
                rows = cursor.fetchall()
            else:
                octets = str(network.network_address).split(".")[: network.prefixlen // 8]
                cursor.execute(BEGINS_LIKE, {"since": since, "begins": '"' + "".join(f"{each}." for each in octets)})
                rows = _inside(network, cursor)
        return [customer for customer, _last in sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)[:at_most]]


def _inside(network: IPv4Network, rows: Iterable[tuple[int, object, str]]) -> list[tuple[int, object]]:
    """Customers with the last day on which one of their addresses is in the network; rows by day."""
    last: dict[int, object] = {}
    for customer, day, addresses in rows:
        if any(":" not in each and ip_address(each) in network for each in json.loads(addresses)):
            last[customer] = day
    return list(last.items())


class DailyUse(models.Model):
    """Submissions of one customer, day and class; the day's rows are replaced as a whole."""

    pk = models.CompositePrimaryKey("customer_id", "submission_class", "day")
    # Without an index of its own: the key's begins with it.
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="daily_use", db_index=False)
    submission_class = models.CharField(max_length=20, choices=SubmissionClass.choices)
    day = models.DateField()
    submissions = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField(help_text="of these, attributed as confirmed; the rest is probable")
    auth_failed = models.PositiveIntegerField(help_text="of these, after a failed AUTH in the same session")
    last_at = models.DateTimeField()
    addresses = models.JSONField(help_text="client addresses used, at most ten")
    client_program = models.CharField(max_length=64, blank=True)
    beside_auth = models.PositiveIntegerField(
        db_default=0, help_text="of `addresses`, from which the customer also sent with SMTP-AUTH that day"
    )
    at_old_door = models.PositiveIntegerField(
        db_default=0, help_text="of these, taken by a server or port where nobody used SMTP-AUTH that day"
    )
    foreign_senders = models.PositiveIntegerField(
        db_default=0, help_text="different envelope senders that are no local addresses"
    )
    machine_like = models.BooleanField(
        db_default=False, help_text="by their headers, or their times, no person sent these"
    )

    objects = DailyUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily use")
        verbose_name_plural = _("days of use by customers")
        indexes = [
            models.Index(fields=["day"], name="daily_use_by_day"),
            models.Index(
                fields=["customer", "submission_class", "day"],
                name="daily_use_for_many_senders",
                condition=models.Q(foreign_senders__gte=FORWARDED_SENDERS),
            ),
            models.Index(
                fields=["customer", "submission_class", "day"],
                name="daily_use_after_failed_auth",
                condition=models.Q(auth_failed__gt=0),
            ),
        ]


class DailyCount(models.Model):
    """All submissions of one day by class and attribution, whoever sent them."""

    pk = models.CompositePrimaryKey("day", "submission_class", "attribution")
    day = models.DateField()
    submission_class = models.CharField(max_length=20, choices=SubmissionClass.choices)
    attribution = models.CharField(max_length=10, choices=Attribution.choices)
    submissions = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of a day")


class UnknownProgram(models.Model):
    """A header value of customers' mail that names no program of the table; the day's most frequent ones."""

    pk = models.CompositePrimaryKey("day", "value")
    day = models.DateField()
    value = models.CharField(max_length=200, help_text="without control characters and mail addresses")
    submissions = models.PositiveIntegerField()
    people = models.PositiveIntegerField(help_text="different customers; those that nobody knows count as none")

    class Meta:
        verbose_name = _("unknown mail program")
        verbose_name_plural = _("unknown mail programs")


class AttributedDay(models.Model):
    """When a day was last attributed, whether later events have made that stale, and what was made of it."""

    day = models.DateField(_("day"), primary_key=True)
    attributed_at = models.DateTimeField(_("attributed at"), null=True)
    stale = models.BooleanField(_("out of date"), default=True)
    touched = models.PositiveIntegerField(
        _("times new log lines came"), default=0, help_text=_("how often new events came; tells a late one")
    )
    rolled_up_at = models.DateTimeField(
        _("in the standings since"), null=True, help_text=_("the `attributed_at` that the standings rest on")
    )

    class Meta:
        verbose_name = _("attributed day")
        verbose_name_plural = _("attributed days")
