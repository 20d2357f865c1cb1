"""Where log lines came from, how far each file was read, and what was not understood."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stream(models.TextChoices):
    LOGINS = "logins", _("POP and IMAP logins")
    MAIL = "mail", _("Mail server")


class LogFile(models.Model):
    """One file, known by the digest of its first uncompressed bytes: its name may change.

    All up to `read_to` (uncompressed bytes) is in the segments, the last piece in one that is
    still written anew: the next reading begins at `offset`, with what `state` says of the
    lines before (their number, the year of the last stamp, the counts by program).
    """

    digest = models.CharField(max_length=64)
    digest_length = models.PositiveIntegerField(help_text="bytes that `digest` covers")
    name = models.CharField(max_length=1000, help_text="the path it was last read under")
    segment = models.CharField(max_length=64, blank=True, default="", help_text="what its event files are named by")
    offset = models.BigIntegerField(default=0)
    read_to = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "digest_length"], name="one_row_per_log_file"),
        ]

    def __str__(self) -> str:
        return self.name


class ProgramLines(models.Model):
    """Lines of one program in one file, with an example of what was not understood."""

    log_file = models.ForeignKey(LogFile, models.CASCADE, related_name="programs")
    program = models.CharField(max_length=64)
    lines = models.BigIntegerField(default=0)
    not_understood = models.BigIntegerField(default=0)
    example = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log_file", "program"], name="one_row_per_file_and_program"),
        ]


class SourceLines(models.Model):
    """Lines of one source, which is a host and a program of it, in one file; with the file they are replaced."""

    log_file = models.ForeignKey(LogFile, models.CASCADE, related_name="sources")
    host = models.CharField(max_length=64)
    program = models.CharField(max_length=64)
    lines = models.BigIntegerField()
    not_understood = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    hours = models.JSONField(help_text="lines by the number of the hour since 1970 (UTC)")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log_file", "host", "program"], name="one_row_per_file_and_source"),
        ]


class ClockReading(models.Model):
    """By how much a login server's clock was ahead of a mail server's on one day, as logged; negative: behind."""

    day = models.DateField()
    host = models.CharField(max_length=64, help_text="of the logins")
    against = models.CharField(max_length=64, help_text="the mail server")
    seconds = models.IntegerField()
    votes = models.PositiveIntegerField(help_text="customers whose logins and mails say so")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "host", "against"], name="one_clock_reading_per_day_and_hosts"),
        ]


class SourceGap(models.Model):
    """A source was silent for a part of a day in which it should have spoken: the day proves nothing."""

    day = models.DateField()
    host = models.CharField(max_length=64)
    program = models.CharField(max_length=64)
    missed = models.PositiveIntegerField(help_text="lines that should have come on that day")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "host", "program"], name="one_gap_per_day_and_source"),
        ]


class Coverage(models.Model):
    """Events of one stream on one day; a day without both streams proves nothing."""

    day = models.DateField()
    stream = models.CharField(max_length=8, choices=Stream.choices)
    events = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "stream"], name="one_row_per_day_and_stream")]
