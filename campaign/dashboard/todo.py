"""What to do now: derived from how things stand, the most urgent first; nobody types it and nobody ticks it off."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.customers.chosen import RELAPSED, Chosen
from campaign.dashboard.progress import Progress
from campaign.dashboard.words import mailing_title
from campaign.jinja import count, day
from notices.models import Mailing


@dataclass(frozen=True)
class Task:
    text: str
    url: str
    urgent: bool = False


def tasks(progress: Progress) -> list[Task]:
    found = [*_of_the_logs(progress), *_of_the_mailings(progress), *_of_the_customers(progress)]
    return sorted([*found, *_of_the_date(progress)], key=lambda task: not task.urgent)


def _link(name: str, progress: Progress, **more: str) -> str:
    return f"{reverse(name)}?{urlencode({'campaign': progress.campaign, **more})}"


def _of_the_logs(progress: Progress) -> list[Task]:
    logs, found = progress.logs, []
    late = len(logs.late) or len(logs.silent)
    if late:
        text = ngettext("%(num)s log is late: find out why.", "%(num)s logs are late: find out why.", late)
        found.append(Task(text % {"num": count(late)}, reverse("sources"), urgent=True))
    if progress.relays:
        mails = progress.relays.relayed
        text = ngettext(
            "%(num)s mail was relayed without a login that explains it: check from where.",
            "%(num)s mails were relayed without a login that explains them: check from where.",
            mails,
        )
        found.append(Task(text % {"num": count(mails)}, reverse("relays"), urgent=True))
    if logs.wrong_clocks:
        found.append(Task(_("A clock seems wrong: set it right."), reverse("sources")))
    return found


def _of_the_mailings(progress: Progress) -> list[Task]:
    found = []
    for mailing in progress.work.mailings:
        url = reverse("mailing", kwargs={"pk": mailing.pk})
        values = {"mailing": mailing_title(mailing.kind, mailing.period)}
        if mailing.state == Mailing.State.PLANNED:
            found.append(Task(_("%(mailing)s waits for approval.") % values, url))
        else:
            found.append(Task(_("%(mailing)s is paused until somebody resumes it.") % values, url, urgent=True))
    guides = progress.work.guides
    if guides:
        text = ngettext(
            "%(num)s guide that a customer asked for is paused: find out why.",
            "%(num)s guides that customers asked for are paused: find out why.",
            len(guides),
        )
        url = reverse("mailing", kwargs={"pk": guides[0]})
        found.append(Task(text % {"num": count(len(guides))}, url, urgent=True))
    drafts = progress.work.drafts
    if drafts:
        text = ngettext("%(num)s text waits for approval.", "%(num)s texts wait for approval.", drafts)
        found.append(Task(text % {"num": count(drafts)}, _link("texts", progress)))
    return found


def _of_the_customers(progress: Progress) -> list[Task]:
    work, found = progress.work, []
    if work.calls:
        text = ngettext(
            "%(num)s customer waits for a call today.", "%(num)s customers wait for a call today.", work.calls
        )
        found.append(Task(text % {"num": count(work.calls)}, _link("call_backs", progress), urgent=True))
    if work.delays:
        text = ngettext(
            "%(num)s customer asked for more time in the last 7 days.",
            "%(num)s customers asked for more time in the last 7 days.",
            work.delays,
        )
        found.append(Task(text % {"num": count(work.delays)}, _link("delays", progress)))
    told = progress.counted_beside
    if told and told.unreached:
        text = ngettext(
            "No mail reaches %(num)s customer who still sends the old way: write a letter or call.",
            "No mail reaches %(num)s customers who still send the old way: write letters or call.",
            told.unreached,
        )
        found.append(Task(text % {"num": count(told.unreached)}, _link("unreachable", progress)))
    if relapsed := _relapsed(progress):
        text = ngettext(
            "%(num)s customer had moved and sends the old way again.",
            "%(num)s customers had moved and send the old way again.",
            relapsed,
        )
        found.append(Task(text % {"num": count(relapsed)}, _link("customers", progress, standing=RELAPSED)))
    return found


def _relapsed(progress: Progress) -> int:
    """From the counts that the page's tables show: what was counted with a forecast is up to a day old."""
    if progress.kept:
        came_back = progress.kept.wanted(Chosen(progress.campaign, standing=RELAPSED))
        return sum(cell.holdouts for cell in came_back)
    return progress.counted_beside.relapsed if progress.counted_beside else 0


def _of_the_date(progress: Progress) -> list[Task]:
    end = progress.told.end if progress.told else None
    if end is None or end.low < 1:
        return []
    if progress.told.up_to_cutoff:
        text = ngettext(
            "About %(num)s customer will be left at the cut-off on %(day)s: see what would change that.",
            "About %(num)s customers will be left at the cut-off on %(day)s: see what would change that.",
            round(end.middle),
        )
    else:
        text = ngettext(
            "About %(num)s customer will be left on %(last)s, before the cut-off: see what would change that.",
            "About %(num)s customers will be left on %(last)s, before the cut-off: see what would change that.",
            round(end.middle),
        )
    values = {"num": count(round(end.middle)), "day": day(progress.cutoff_on), "last": day(end.day)}
    return [Task(text % values, _link("forecast", progress))]
