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
    lines before (their number, the year of the last stamp, the counts by program), and by
    `begun` the day on which it was first read, or last written before that.
    """

    digest = models.CharField(_("digest of its beginning"), max_length=64)
    digest_length = models.PositiveIntegerField(_("length of its beginning"), help_text=_("bytes that `digest` covers"))
    name = models.CharField(_("path"), max_length=1000, help_text=_("the path it was last read under"))
    segment = models.CharField(
        _("name of its event files"),
        max_length=64,
        blank=True,
        default="",
        help_text=_("what its event files are named by"),
    )
    offset = models.BigIntegerField(_("next reading begins at"), default=0)
    read_to = models.BigIntegerField(_("read up to"), default=0)
    lines = models.BigIntegerField(_("lines"), default=0)
    state = models.JSONField(_("state of the reading"), default=dict)
    first_at = models.DateTimeField(_("first line"), null=True)
    last_at = models.DateTimeField(_("last line"), null=True)
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("log file")
        verbose_name_plural = _("log files")
        constraints = [
            models.UniqueConstraint(fields=["digest", "digest_length"], name="one_row_per_log_file"),
        ]

    def __str__(self) -> str:
        return self.name


class ProgramLines(models.Model):
    """Lines of one program in one file, with an example of what was not understood for as long as its day is kept."""

    log_file = models.ForeignKey(LogFile, models.CASCADE, related_name="programs")
    program = models.CharField(max_length=64)
    lines = models.BigIntegerField(default=0)
    not_understood = models.BigIntegerField(default=0)
    example = models.CharField(max_length=300, blank=True)
    example_day = models.DateField(null=True, help_text="the day of the line that the example shows the shape of")

    class Meta:
        verbose_name = _("lines of a program")
        verbose_name_plural = _("lines by program")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(example="") | models.Q(example_day__isnull=False), name="no_example_without_a_day"
            ),
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
        verbose_name = _("lines of a log source")
        verbose_name_plural = _("lines by log source")
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
        verbose_name = _("clock reading")
        verbose_name_plural = _("clock readings")
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
        verbose_name = _("gap of a log source")
        verbose_name_plural = _("gaps of the log sources")
        constraints = [
            models.UniqueConstraint(fields=["day", "host", "program"], name="one_gap_per_day_and_source"),
        ]


class Coverage(models.Model):
    """Events of one stream on one day; a day without both streams proves nothing."""

    day = models.DateField(_("day"))
    stream = models.CharField(_("kind of log"), max_length=8, choices=Stream.choices)
    events = models.BigIntegerField(_("events"))
    last_at = models.DateTimeField(_("last event"))

    class Meta:
        verbose_name = _("day of a log")
        verbose_name_plural = _("days of the logs")
        constraints = [models.UniqueConstraint(fields=["day", "stream"], name="one_row_per_day_and_stream")]
