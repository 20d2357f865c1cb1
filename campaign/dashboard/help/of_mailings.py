"""Mailings, the help desk, and what is foretold."""

from django.utils.translation import gettext as _

from campaign.dashboard.help.term import Group, Term

MAILINGS = Group(
    "mailings",
    lambda: _("Mailings and the help desk"),
    (
        Term(
            "mailing",
            lambda: _("Mailing (round)"),
            lambda: _(
                "One round of notices, such as the reminder of a month. It goes out after a second person has approved "
                "it, and whoever has moved in the meantime is left out."
            ),
        ),
        Term(
            "notice",
            lambda: _("Notice"),
            lambda: _(
                "The mail of one mailing to one customer. Nobody gets one twice: planned = accepted + refused + "
                "withdrawn + waiting + outcome not known."
            ),
        ),
        Term(
            "fate",
            lambda: _("Accepted, delivered, came back"),
            lambda: _(
                "Accepted: our mail relay took the notice. Delivered: its log says that the mailbox has it. "
                "Came back: it could not be delivered."
            ),
        ),
        Term(
            "outcome-unknown",
            lambda: _("Outcome not known"),
            lambda: _(
                "The sending process ended while the notice was being handed over. The log settles it: it is there, "
                "or it goes out again. Nothing is guessed."
            ),
        ),
        Term(
            "announcement-number",
            lambda: _("Announcement number"),
            lambda: _(
                "The nine digits in each notice. Customers can check with it whether a mail is from us, and the search "
                "finds the customer by it."
            ),
        ),
        Term(
            "hold",
            lambda: _("Hold"),
            lambda: _(
                "The minutes between the start of a mailing and its first notice: cancel in them, and nothing has gone "
                "out."
            ),
        ),
        Term(
            "daily-cap",
            lambda: _("Daily cap"),
            lambda: _("How many notices go out on a day at most. It follows what the help desk can take."),
        ),
        Term(
            "wave",
            lambda: _("Wave"),
            lambda: _(
                "A part of the customers, drawn by lot, that gets the first announcement on the same days. Those whose "
                "turn comes later show what would have happened without it."
            ),
        ),
        Term(
            "lift",
            lambda: _("Because of the round (lift)"),
            lambda: _(
                "How many more of a hundred written to moved than of those whose turn had not come. The range beside "
                "it holds the truth in 95 of 100 cases; if it reaches zero, the round may have done nothing."
            ),
        ),
        Term(
            "contact",
            lambda: _("Contact"),
            lambda: _("A call, a mail or a chat of a customer with the help desk: channel, minutes, topic, outcome."),
        ),
        Term(
            "contact-rate",
            lambda: _("Contacts per hundred notices"),
            lambda: _("How many contacts a hundred notices bring, on their day and the four working days after it."),
        ),
        Term(
            "unreachable",
            lambda: _("Whom no mail reaches"),
            lambda: _("Customers to whom notices do not get through. They need a letter or a call."),
        ),
    ),
)

NUMBERS = Group(
    "numbers",
    lambda: _("What is foretold"),
    (
        Term(
            "needed",
            lambda: _("Needed a day to make the date"),
            lambda: _(
                "Those who still send the old way, divided by the days until the cut-off; beside it, by how many a day "
                "they became fewer on the average of the last four weeks."
            ),
        ),
        Term(
            "share",
            lambda: _("Customers' mail sent with SMTP-AUTH"),
            lambda: _(
                "Of all mail sent by customers in the last seven whole days of the logs, the part that was sent with a "
                "password. Mail that no login explains is not known to be theirs, and does not count here."
            ),
        ),
        Term(
            "band",
            lambda: _("Forecast band"),
            lambda: _(
                "The range in which the number of those left will lie eight times out of ten. The middle line is the "
                "most likely. What nobody can foresee, such as a long failure of the mail servers, is in neither."
            ),
        ),
    ),
)
