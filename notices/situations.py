"""What a mail says of one customer's own case: why mail still goes the old way, and what helps."""

import re
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _

from campaign.models import Reason, Standing
from notices.lines import COLUMNS, breathing

SENTENCE = re.compile(r"[^。]+。|.+?[.!?](?: |$)|.+$")
SITUATIONS = {
    Reason.AUTH_FAILED: lambda: _(
        "The setting seems to be changed already, but the password in it is not accepted. "
        "Please enter it again in your mail program."
    ),
    Reason.FORWARDER: lambda: _(
        "What sent it seems to be a mail server or a forwarder that sends for several people. Please pass this on to "
        "whoever looks after it: it has to sign in with the user name and the password of this mailbox."
    ),
    Reason.DEVICE_OR_PRINTER: lambda: _(
        "What sent it seems to be a printer, a scanner, another device or a script, not a mail program. "
        "Please change the settings there."
    ),
    Reason.OLD_HOST_OR_PORT: lambda: _(
        "You have used the new way before, but mail still goes by the old server name or the old port. "
        "Please check both in every account of your mail program."
    ),
    Reason.SECOND_DEVICE: lambda: _(
        "Mail was also sent the new way. So one device seems to be changed already, and another one is not."
    ),
    Reason.OWN_NETWORK_ONLY: lambda: _(
        "The mail was sent over one of our own lines. The password will be needed there, too."
    ),
}


@lru_cache
def situation(standing: str, reason: str, *, language: str) -> str:
    """A line for each sentence; "" where the rest of the mail says all."""
    if reason not in SITUATIONS and standing != Standing.MIXED:
        return ""
    with translation.override(language):
        words = SITUATIONS.get(reason, SITUATIONS[Reason.SECOND_DEVICE])()
    sentences = (sentence.strip() for sentence in SENTENCE.findall(words))
    return breathing(sentences, columns=COLUMNS[language])
