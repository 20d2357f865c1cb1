"""Why a message counts, in sentences that an agent reads out to the customer who sent it."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.submissions.proof import DayProof, Proof, Rule, Said

WAYS = {
    "smtp_auth": lambda: _(
        "At %(time)s, mail was sent from the internet address %(ip)s with a user name and a password: the new way."
    ),
    "pop_before_smtp": lambda: _(
        "At %(time)s, mail was sent from the internet address %(ip)s without a user name and a password: the old way."
    ),
    "local_port25": lambda: _(
        "At %(time)s, mail was sent from %(ip)s, an address in our own network, without a user name and a password: "
        "the old way."
    ),
}
WHO: dict[Rule, Callable[[int], str]] = {
    Rule.SMTP_AUTH: lambda n: _("The user name was that of your mailbox, and the password was right."),
    Rule.ONE_CANDIDATE: lambda n: _(
        "In the %(minutes)s minutes before, mail was collected from this address for one mailbox only: yours, last at "
        "%(login)s. So this mail was yours."
    ),
    Rule.SEVERAL_CANDIDATES_SENDER: lambda n: ngettext(
        "In the %(minutes)s minutes before, mail was collected from this address for your mailbox, last at %(login)s, "
        "and for %(n)s other mailbox. The sender is your address. So this mail was probably yours.",
        "In the %(minutes)s minutes before, mail was collected from this address for your mailbox, last at %(login)s, "
        "and for %(n)s other mailboxes. The sender is your address. So this mail was probably yours.",
        n,
    ),
    Rule.CROWDED_ADDRESS_SENDER: lambda n: _(
        "In the %(minutes)s minutes before, mail was collected from this address for one mailbox only: yours, last at "
        "%(login)s; and the sender is your address. But more than %(crowd)s mailboxes use this address in a day, as "
        "with mobile phones. So this mail was only probably yours."
    ),
    Rule.OWN_NETWORK_SENDER: lambda n: _(
        "In the %(minutes)s minutes before, nobody collected mail from this address; but the sender is your address. "
        "So this mail was probably yours."
    ),
}
UNCOUNTED: dict[Rule, Callable[[int], str]] = {
    Rule.ONE_CANDIDATE_OTHER_SENDER: lambda n: ngettext(
        "%(n)s message had another customer's address as the sender, though only this customer had collected "
        "mail from the same internet address.",
        "%(n)s messages had another customer's address as the sender, though only this customer had collected "
        "mail from the same internet address.",
        n,
    ),
    Rule.SEVERAL_CANDIDATES: lambda n: ngettext(
        "%(n)s message came from an internet address from which several customers had collected mail, this one among "
        "them, and its sender does not tell whose it was.",
        "%(n)s messages came from an internet address from which several customers had collected mail, this one among "
        "them, and their senders do not tell whose they were.",
        n,
    ),
    Rule.CROWDED_ADDRESS: lambda n: ngettext(
        "%(n)s message came from an internet address that very many customers share, and its sender is not an address "
        "of this customer.",
        "%(n)s messages came from an internet address that very many customers share, and their senders are not "
        "addresses of this customer.",
        n,
    ),
    Rule.UNEXPLAINED_RELAY: lambda n: ngettext(
        "%(n)s message had an address of this customer as the sender, but nobody had collected mail from the same "
        "internet address. A sender can be forged.",
        "%(n)s messages had an address of this customer as the sender, but nobody had collected mail from the same "
        "internet address. A sender can be forged.",
        n,
    ),
    Rule.INBOUND: lambda n: ngettext(
        "%(n)s message went to mailboxes here only, and its sender is not an address of a customer: incoming mail.",
        "%(n)s messages went to mailboxes here only, and their senders are not addresses of a customer: incoming mail.",
        n,
    ),
}
LINES = {
    Said.ACCEPTED: lambda: _("The mail server took the message"),
    Said.LOGIN: lambda: _("Mail was collected for this mailbox"),
    Said.COLLECTING: lambda: _("The address from which it was collected"),
    Said.AUTH_FAILED: lambda: _("A password was refused in the same connection"),
    Said.AUTHENTICATED: lambda: _("The password was right"),
    Said.PROXIED: lambda: _("The client behind the filter"),
}


def clock(at) -> str:
    """The time of day in the provider's zone, as people say it."""
    return f"{timezone.localtime(at):%H:%M}"


def sentences(proof: Proof, whose: DayProof) -> list[str]:
    """What way the message came, whose it was and how sure that is, why it is no incoming mail, and what else."""
    values = {
        "time": clock(proof.at),
        "ip": proof.ip,
        "minutes": settings.WINDOW_MINUTES,
        "login": clock(proof.login_at) if proof.login_at else "",
        "n": len(proof.others),
        "crowd": whose.crowd,
    }
    said = [WAYS[proof.submission_class]() % values, WHO[proof.rule](len(proof.others)) % values]
    if proof.rule != Rule.SMTP_AUTH:
        said.append(_no_incoming_mail(proof, whose))
    if proof.auth_failed:
        said.append(
            _(
                "In the same connection, a password had been refused just before: your program is set up for the new "
                "way, but with a wrong user name or password."
            )
        )
    if proof.attribution == "probable":
        said.append(_("What is only probable counts from the second day on."))
    return said


def _no_incoming_mail(proof: Proof, whose: DayProof) -> str:
    if proof.remote:
        return _("It went to somebody outside our mail system.")
    if proof.sender in whose.names:
        return _("It went to mailboxes here only, with your address as the sender.")
    return _("It went to mailboxes here only, with an address under our domains as the sender.")


def uncounted(whose: DayProof) -> list[str]:
    """What may be this customer's and is held against nobody, for the agent."""
    return [UNCOUNTED[rule](n) % {"n": n} for rule, n in sorted(whose.uncounted.items())]


TITLES = {
    "smtp_auth": lambda: _("The new way"),
    "pop_before_smtp": lambda: _("The old way"),
    "local_port25": lambda: _("The old way, in our own network"),
}
COUNTED = {
    "smtp_auth": lambda n: ngettext(
        "%(n)s message with a user name and a password", "%(n)s messages with a user name and a password", n
    ),
    "pop_before_smtp": lambda n: ngettext("%(n)s message the old way", "%(n)s messages the old way", n),
    "local_port25": lambda n: ngettext(
        "%(n)s message the old way in our own network", "%(n)s messages the old way in our own network", n
    ),
}


def title(proof: Proof) -> str:
    return TITLES[proof.submission_class]()


def counted(by_class: dict[str, int]) -> list[str]:
    """What the statistics hold of the day."""
    return [COUNTED[name](n) % {"n": n} for name, n in by_class.items()]
