"""For each page that staff open, by its route: what it is for, the words that its numbers need, and what to do next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.dashboard.help.term import Term
from campaign.dashboard.help.terms import BY_NAME


@dataclass(frozen=True)
class Help:
    """`names` are those of its terms."""

    purpose: Promise
    then: Promise
    names: tuple[str, ...] = ()

    @property
    def terms(self) -> list[Term]:
        return [BY_NAME[name] for name in self.names]


PAGES = {
    "progress": Help(
        _("How far the campaign is: how many still send the old way, and whether the date can be kept."),
        _(
            "Begin with “To do now”. A row of a table narrows the whole page to its customers, and another one "
            "further; the address of the page can be handed on. One press lists the customers, where you may see them."
        ),
        ("holdout", "left", "standing", "quiet-days", "reason", "share", "needed", "band", "lift"),
    ),
    "forecast": Help(
        _("How many will be left at the cut-off, and what one more round or another daily cap would change."),
        _("If the band lies above what the date needs, plan a round, or move the date in good time."),
        ("left", "band", "needed", "lift", "daily-cap"),
    ),
    "benefit": Help(
        _("What the old way costs while it is open, in minutes, mail and money, for those who decide."),
        _("Check the assumptions: each is a setting. Then print the page or take the file."),
        ("open-minutes", "unexplained-relay", "confidence", "share"),
    ),
    "digest": Help(
        _("The numbers for the board by mail, each week, to you alone."),
        _("Switch it on or off, and choose its language. Below is what would go out now."),
        ("left", "share", "band"),
    ),
    "unknown_programs": Help(
        _("Mail programs that customers use and that have no guide yet, as their mail names them."),
        _("Ask for a guide where many use one; the page says below how to add it."),
        ("submission",),
    ),
    "customers": Help(
        _(
            "Finds customers by login, address, any part of the name, contract, announcement number, internet address "
            "or a range of these. Ranges wider than /22, and those of IPv6, go by the last mail sent the old way."
        ),
        _("Open one by the name. Filters can be kept as a view; below the list, many are changed at once."),
        ("standing", "left", "reason", "wave", "tag", "announcement-number"),
    ),
    "bulk": Help(
        _("Asks once more before all customers of a list are changed."),
        _("Type the number to confirm, or go back. It can be undone for a day."),
        ("wave", "tag", "exemption"),
    ),
    "customer": Help(
        _("All about one customer, for who has them on the phone: where they stand, and what helps next."),
        _("Follow the next step, read out the script, and record the contact. Looking at this page is noted."),
        ("standing", "reason", "evidence", "confidence", "announcement-number", "exemption", "relapsed"),
    ),
    "proof": Help(
        _("Why the mail of one day counts as this customer's: the rule, the lines, and words to read out."),
        _("If the customer doubts it, read the sentences out. Do not rely on a day that the page warns of."),
        ("evidence", "confidence", "old-way"),
    ),
    "script": Help(
        _("What to say on the phone, step by step, for the customer's own mail program."),
        _("Choose the program that the customer has in front of them; record the contact afterwards."),
        ("smtp-auth", "contact"),
    ),
    "call_backs": Help(
        _("Customers who asked on their page to be called, the most urgent first."),
        _("Call, then record how it ended: that removes the number."),
        ("contact",),
    ),
    "delays": Help(
        _("Customers who asked for more time on their page, and until when they have it."),
        _("End a delay that is not justified. While it lasts, the old way has to stay open for that customer."),
        ("exemption", "cut-off"),
    ),
    "unreachable": Help(
        _("Customers who still send the old way, and to whom notices do not get through."),
        _("Call them, or print letters; correct the address in the list of customers where it is wrong."),
        ("unreachable", "fate", "left"),
    ),
    "mailings": Help(
        _("All rounds of notices with their state, the newest first."),
        _("Open one to approve, start, pause or cancel it. The plan says which come by themselves."),
        ("mailing", "notice", "fate"),
    ),
    "mailing": Help(
        _("One round: what it says and to whom, how it goes, and what became of every notice."),
        _("Read its texts before you approve it. While it goes, look at the causes of what goes wrong."),
        ("mailing", "notice", "fate", "outcome-unknown", "hold", "daily-cap", "contact-rate"),
    ),
    "mailing_act": Help(
        _("Asks once more before a round is started or cancelled."),
        _("Check the number of notices. A start can be cancelled during the hold, a cancellation never."),
        ("notice", "hold", "daily-cap"),
    ),
    "mailing_preview": Help(
        _("The notice exactly as one customer would get it now."),
        _("Look at several customers, also at those who lack a name or a program."),
        ("notice", "announcement-number"),
    ),
    "texts": Help(
        _("The words of all mailings, in both languages, with who wrote and approved them."),
        _("Open a text to read, change or approve it. What is approved now is for mailings planned later."),
        ("mailing",),
    ),
    "text": Help(
        _("One text with its versions, what the checks found, and who approved it."),
        _("Edit it, look at the preview, and ask somebody else for approval."),
        ("mailing", "notice"),
    ),
    "text_edit": Help(
        _("Writes the next version of a text; the versions before are kept."),
        _("Save, look at the preview, then ask for approval. Nothing goes out before that."),
        ("notice",),
    ),
    "text_compare": Help(
        _("What changed between two versions of a text."),
        _("Choose two versions; removed words are struck through, added ones underlined."),
    ),
    "text_preview": Help(
        _("A version of a text exactly as one customer would get it now."),
        _("Look at several customers, also at those who lack a name or a program."),
        ("notice", "announcement-number"),
    ),
    "plan": Help(
        _("Which mailings the campaign sends by itself, on which days, and to whom."),
        _("Open a kind to change its days or its limits; each of its mailings still needs an approval."),
        ("mailing", "cut-off", "daily-cap"),
    ),
    "plan_kind": Help(
        _("One kind of mailing: when it is planned, whom it is for, and its limits."),
        _("Change it here, or plan the next one now where the page offers it."),
        ("mailing", "daily-cap", "wave"),
    ),
    "desk": Help(
        _("How many contacts the help desk can take, and how many the notices bring."),
        _("Enter the seats from the day on which they change. The daily cap of the mailings follows."),
        ("contact", "contact-rate", "daily-cap"),
    ),
    "waves": Help(
        _("How many moved because of each round, and the waves in which the first announcement goes out."),
        _("Decide the waves before the announcement is planned: afterwards the effect can be told by them."),
        ("wave", "lift", "mailing"),
    ),
    "cutoff": Help(
        _("Tries the cut-off on a past week: whose mail would have failed. Nothing is switched."),
        _("Choose a week and what would be off, compute, and open the answer."),
        ("trial", "cut-off", "old-way"),
    ),
    "shadow": Help(
        _("The answer of one trial: which mail would have failed, whose, with which program and from where."),
        _("Look first at those who had moved and would be hit all the same, and at those who had no notice."),
        ("trial", "standing", "confidence", "submission"),
    ),
    "relays": Help(
        _("Internet addresses for which our servers passed mail on without a login that explains it."),
        _("Open the largest first: either logs are missing, or strangers send through our server."),
        ("unexplained-relay", "source", "gap"),
    ),
    "relay": Help(
        _("One range of internet addresses: when it relayed, through which servers, and what to check."),
        _("Go through the checks. If all is in order, write down why: the alarm is then quiet for a while."),
        ("unexplained-relay", "gap"),
    ),
    "sources": Help(
        _("Which logs are read, how far, and what is missing. What is not in the logs is in no number."),
        _("See to late sources first, then to gaps and clocks. Read missing files in: the days count anew."),
        ("source", "gap", "submission", "evidence"),
    ),
    "audit": Help(
        _("Who changed, looked at or took out what. Entries cannot be changed."),
        _("Filter by person, act, customer or day; the administration is linked above the list."),
    ),
    "mfa_index": Help(
        _("How you log in: with a password, with a code from your phone beside it, or at the provider."),
        _("Set up the code if you have none, and keep the recovery codes where you find them."),
    ),
    "account_change_password": Help(
        _("Sets another password for your login. Wherever else you are logged in, you are logged out."),
        _("Take one that you use nowhere else, and let your browser or a password safe keep it."),
    ),
    "mfa_activate_totp": Help(
        _("Sets up the second step of your login: a code that an app on your phone shows."),
        _("Scan the picture with the app, enter the code that it shows, and keep the recovery codes."),
    ),
    "mfa_deactivate_totp": Help(
        _("Takes the second step away from your login."),
        _("Do it only to set up another phone. Whoever knows your password could log in until then."),
    ),
    "mfa_view_recovery_codes": Help(
        _("Codes for the day on which your phone is not at hand; each works once."),
        _("Print them or write them down, and keep them apart from the phone."),
    ),
    "mfa_generate_recovery_codes": Help(
        _("Makes new recovery codes; the old ones stop working."),
        _("Replace the codes that you have written down."),
    ),
    "help": Help(
        _("What the words on the staff's pages mean, and what each page is for."),
        _("Each page has a short help of its own at its top."),
    ),
    "keys": Help(
        _("Keys that save time while a customer is on the phone, and the switch that turns them off."),
        _("Try them on the list of customers."),
    ),
}


def help_of(route: str) -> Help | None:
    """None for what is no page of its own, such as a file or a step."""
    return PAGES.get(route)
