"""`bounce`: a message that came back on standard input, or all that lie in a mailbox."""

import os
import sys
from typing import IO

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notices.deliveries import bounces, mailbox
from notices.deliveries.message import LONGEST
from notices.models import ReturnedMail

Kind = ReturnedMail.Kind
TAKEN_IN = {  # so that nobody takes the word "failed" for what the command did
    Kind.FAILED: "taken in: a delivery that failed",
    Kind.DELAYED: "taken in: a delivery that is delayed",
    Kind.DELIVERED: "taken in: a delivery that succeeded, or was handed on",
    Kind.REPLY: "taken in: an automatic reply",
    Kind.COMPLAINT: "taken in: a complaint about unwanted mail",
    Kind.OTHER: "taken in, and not understood: no report of a delivery, no reply, no complaint",
    Kind.FOREIGN: "not taken in: it names no notice of ours",
}
EX_OK, EX_TEMPFAIL = 0, 75  # sysexits.h: the mail server keeps the message and tries again


class Command(BaseCommand):
    help = (
        "Take in a message that came back to an envelope sender of ours: from standard input, as a mail server's "
        "pipe, or all that lie in a mailbox. Nothing is ever sent in return."
    )
    requires_system_checks = ()  # a mail server would take a failed check for a bounce

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", help="the address it came to; Postfix: ${original_recipient}")
        parser.add_argument(
            "--mailbox", metavar="WHERE", help="maildir:/path, or imaps://user:password@host/folder, instead"
        )

    def handle(self, *args: object, **options: object) -> None:
        if options["mailbox"]:
            report = mailbox.read_all(mailbox.parse(options["mailbox"]), clock=timezone.now)
            self.stdout.write(report.in_words())
            return
        recipient = options["recipient"] or os.environ.get("ORIGINAL_RECIPIENT", "")  # Postfix's local(8) sets it
        sys.exit(self._take_in(sys.stdin.buffer, recipient))

    def _take_in(self, stream: IO[bytes], recipient: str) -> int:
        content = stream.read(LONGEST)
        while stream.read(1 << 16):  # the rest too, or the mail server meets a broken pipe
            continue
        try:
            kind = bounces.take_in(content, now=timezone.now(), recipient=recipient)
        except Exception as error:  # whatever it is, the mail server must keep the message
            self.stderr.write(f"not yet: {type(error).__name__}: {error}")
            return EX_TEMPFAIL
        self.stdout.write(TAKEN_IN[Kind(kind)])
        return EX_OK
