"""Where customers stand, and why; the titles are those of the lists."""

from django.utils.translation import gettext as _

from campaign.dashboard.help.term import Group, Term
from campaign.dashboard.words import REASON_TITLES, STANDING_TITLES
from campaign.models import Reason, Standing

STANDINGS = Group(
    "standings",
    lambda: _("Where a customer stands, and why"),
    (
        Term(
            "holdout",
            lambda: _("Identified"),
            lambda: _(
                "A customer who was seen sending the old way at least once (a holdout). Whoever has been identified "
                "stays in the numbers, also after having moved."
            ),
        ),
        Term(
            "left",
            lambda: _("Still sending the old way"),
            lambda: _(
                "The identified who have not moved yet: those who send only the old way, and those with one "
                "device left."
            ),
        ),
        Term(
            "standing",
            lambda: _("Standing"),
            lambda: _("Where an identified customer stands today. It follows from the logs alone; nobody types it in."),
        ),
        Term(
            "quiet-days",
            lambda: _("Quiet days"),
            lambda: _(
                "How many days in a row nothing may come the old way before somebody counts as moved: 30, unless the "
                "campaign says otherwise. Days on which a log is missing do not count."
            ),
        ),
        Term(
            "standing-holdout",
            STANDING_TITLES[Standing.HOLDOUT],
            lambda: _("Sent the old way within the quiet days, and nothing with SMTP-AUTH."),
        ),
        Term(
            "standing-mixed",
            STANDING_TITLES[Standing.MIXED],
            lambda: _("Sends both ways, the old one last: some program or device has not been changed."),
        ),
        Term(
            "standing-moving",
            STANDING_TITLES[Standing.MOVING],
            lambda: _("Sends with SMTP-AUTH since, and waits the quiet days out."),
        ),
        Term(
            "standing-migrated",
            STANDING_TITLES[Standing.MIGRATED],
            lambda: _("Nothing came the old way for all of the quiet days, and mail went out with SMTP-AUTH after it."),
        ),
        Term(
            "standing-silent",
            STANDING_TITLES[Standing.SILENT],
            lambda: _("Nothing came for all of the quiet days, by neither way."),
        ),
        Term(
            "standing-exempt",
            STANDING_TITLES[Standing.EXEMPT],
            lambda: _("Left alone until a day, for a reason that somebody wrote down or the customer gave."),
        ),
        Term(
            "relapsed",
            lambda: _("Fell back"),
            lambda: _("Had moved, and sends the old way again: often an old computer that was switched on once more."),
        ),
        Term(
            "reason",
            lambda: _("Reason"),
            lambda: _(
                "Why somebody has not moved, as far as the logs tell: the first that fits of the following. It chooses "
                "the words of the notice, and what to say on the phone."
            ),
        ),
        Term(
            "reason-auth_failed",
            REASON_TITLES[Reason.AUTH_FAILED],
            lambda: _(
                "The program tries to sign in, and the password is refused. These customers believe to have moved, and "
                "their mail stops at the cut-off."
            ),
        ),
        Term(
            "reason-forwarder",
            REASON_TITLES[Reason.FORWARDER],
            lambda: _("On one day the mailbox sent mail of five or more foreign addresses."),
        ),
        Term(
            "reason-device_or_printer",
            REASON_TITLES[Reason.DEVICE_OR_PRINTER],
            lambda: _("Told by the name that it gives itself, or by mail at all hours or always at the same minute."),
        ),
        Term(
            "reason-old_host_or_port",
            REASON_TITLES[Reason.OLD_HOST_OR_PORT],
            lambda: _("Knows SMTP-AUTH, and still sends through a server name or port at which nobody signs in."),
        ),
        Term(
            "reason-second_device",
            REASON_TITLES[Reason.SECOND_DEVICE],
            lambda: _("Sends both ways from different programs or addresses."),
        ),
        Term(
            "reason-own_network_only",
            REASON_TITLES[Reason.OWN_NETWORK_ONLY],
            lambda: _("Sends without a password only on our own lines, mostly from home."),
        ),
        Term(
            "reason-never_tried",
            REASON_TITLES[Reason.NEVER_TRIED],
            lambda: _("No sign-in has ever been seen, not even a failed one."),
        ),
        Term(
            "exemption",
            lambda: _("Exemption"),
            lambda: _("More time for one customer: no notices until its last day. It has a reason and an end."),
        ),
        Term(
            "tag",
            lambda: _("Tag"),
            lambda: _("A word that staff put on customers, to find them again. Customers do not see it."),
        ),
    ),
)
