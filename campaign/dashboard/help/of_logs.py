"""What the logs tell, and the campaign itself."""

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.dashboard.help.term import Group, Term

LOGS = Group(
    "campaign-and-logs",
    lambda: _("The campaign and the logs"),
    (
        Term(
            "campaign",
            lambda: _("Campaign"),
            lambda: _("The end of one old way of sending, by a date. It has customers, dates and texts of its own."),
        ),
        Term(
            "customer",
            lambda: _("Customer"),
            lambda: _("One mailbox: a login, its addresses, a language, and the mail program where the logs name it."),
        ),
        Term(
            "old-way",
            lambda: _("The old way"),
            lambda: (
                _(
                    "Sending mail without a password: because the same internet address collected mail up to "
                    "%(minutes)s minutes before (POP before SMTP), or because it lies in our own network (port 25)."
                )
                % {"minutes": settings.WINDOW_MINUTES}
            ),
        ),
        Term(
            "smtp-auth",
            lambda: _("SMTP-AUTH"),
            lambda: _("The new way: the mail program signs in with a user name and a password for each mail it sends."),
        ),
        Term(
            "cut-off",
            lambda: _("Cut-off"),
            lambda: _("The date of the campaign: from this day on the old way is refused."),
        ),
        Term(
            "trial",
            lambda: _("Trial cut-off"),
            lambda: _(
                "Which mail would have failed in a past week, had the old way been off. It is computed from the logs; "
                "nothing is switched."
            ),
        ),
        Term(
            "source",
            lambda: _("Source"),
            lambda: _(
                "A host and a program on it whose lines are read. It is late when lines should long have come by what "
                "it wrote at this time on other days."
            ),
        ),
        Term(
            "gap",
            lambda: _("Gaps"),
            lambda: _(
                "Hours in which a source wrote nothing although it usually does. A day on which a log is missing "
                "proves nothing: it counts neither for nor against anybody."
            ),
        ),
        Term(
            "submission",
            lambda: _("Mail sent by customers"),
            lambda: _(
                "One message that our mail server took from a program or a device, counted once, however many "
                "recipients it has. Mail from other servers is not among it."
            ),
        ),
        Term(
            "evidence",
            lambda: _("Evidence"),
            lambda: _(
                "What the logs of a day say about a customer: how many mails by which way, when the last, from where. "
                "A day is counted anew when its logs come late, so nothing counts twice."
            ),
        ),
        Term(
            "confidence",
            lambda: _("Confidence: confirmed or probable"),
            lambda: _(
                "Confirmed: only this customer can have sent the mail. Probable: several could, and the sender's "
                "address is this customer's; it counts from the second day on. What could be anybody's is held "
                "against nobody."
            ),
        ),
        Term(
            "unexplained-relay",
            lambda: _("Unexplained relay"),
            lambda: _(
                "Mail that our server passed on for somebody who had neither signed in nor collected mail: a hole in "
                "the logs, or a server that strangers can use."
            ),
        ),
        Term(
            "open-minutes",
            lambda: _("Open minutes"),
            lambda: _(
                "For how many minutes a day anybody behind some address could have sent mail without a password, "
                "because somebody there had just collected mail; summed over all addresses. They end with the cut-off. "
                "What falls before it, as people move, are those at addresses that somebody used the old way."
            ),
        ),
    ),
)
