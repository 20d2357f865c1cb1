"""Trial cut-offs: the question that staff ask of a past week, and the answers there are."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act, thing
from campaign.cutoff import dryrun
from campaign.cutoff.dryrun import NotPossible, Question, Rule
from campaign.cutoff.weeks import Week, past_weeks
from campaign.dashboard import noting
from campaign.dashboard.shell import Choice, no_logs, pager, show
from campaign.jinja import day
from campaign.models import ShadowRun
from campaign.submissions.intake import kept_from

ASK = "campaign.add_shadowrun"
RULE_TITLES = {
    Rule.ALL: lambda: _("everywhere"),
    Rule.OUTSIDE: lambda: _("only outside our own networks"),
    Rule.HOSTS: lambda: _("only on some mail servers"),
}


@dataclass(frozen=True)
class Run:
    """One answer, or a question on its way."""

    pk: int
    week: str
    rule: str
    scope: str
    waiting: bool
    failed: bool
    refused: int
    people: int
    computed_at: datetime | None


def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if not request.user.has_perm(ASK):
            raise PermissionDenied(ASK)
        return _ask(request)
    return _shown(request)


def _shown(request: HttpRequest, *, wrong: dict[str, str] | None = None) -> HttpResponse:
    """`wrong` is what could not be in the form that was sent, whose fields stay as they were filled in."""
    given = request.POST if wrong else None
    rule = given.get("rule", "") if given is not None else Rule.ALL
    week = given.get("week", "") if given is not None else ""
    runs = ShadowRun.objects.order_by("-first_day", "rule", "scope")
    total = runs.count()
    pages = pager(request, total=total, size=24)
    weeks = past_weeks(today=timezone.localdate(), kept_from=kept_from(timezone.now()))
    values = {
        "no_logs": not total and no_logs(),
        "weeks": [Choice(week_title(each), str(each), str(each) == week) for each in weeks],
        "rules": [Choice(RULE_TITLES[each](), str(each), each == rule) for each in Rule],
        "networks": given.get("networks", "") if given is not None else " ".join(map(str, settings.OWN_NETWORKS)),
        "given_hosts": given.get("hosts", "") if given is not None else "",
        "wrong": wrong or {},
        "hosts": _hosts(),
        "may_ask": request.user.has_perm(ASK),
        "runs": [_run(run) for run in runs[pages.shown]],
        "pager": pages,
    }
    return show(request, "cutoff.html", values, status=422 if wrong else 200)


def week_title(week: Week) -> str:
    return _("%(week)s: %(first)s to %(last)s") % {"week": week, "first": day(week.first), "last": day(week.last)}


def _hosts() -> str:
    """Mail servers that the newest answer has seen, to choose from."""
    newest = ShadowRun.objects.filter(computed_at__isnull=False).order_by("-computed_at").first()
    return ", ".join(row["host"] for row in newest.counts["hosts"]) if newest else ""


def _run(run: ShadowRun) -> Run:
    known = run.computed_at is not None
    return Run(
        pk=run.pk,
        week=str(Week(run.first_day)),
        rule=RULE_TITLES[Rule(run.rule)](),
        scope=run.scope,
        waiting=run.waiting,
        failed=bool(run.failure),
        refused=sum(run.counts["refused"].values()) if known else 0,
        people=run.counts["people"]["hit"] if known else 0,
        computed_at=run.computed_at,
    )


def _ask(request: HttpRequest) -> HttpResponse:
    try:
        with transaction.atomic():
            run = dryrun.ask(question_of(request.POST), now=timezone.now(), user_id=request.user.pk)
            noting.note(request, Act.ADDED, thing(run, what=f"{run.first_day} {run.rule} {run.scope}".strip()))
    except NotPossible as error:
        return _shown(request, wrong=error.wrong)
    return HttpResponseRedirect(reverse("shadow", kwargs={"pk": run.pk}), status=303)


def question_of(given: QueryDict) -> Question:
    """From the fields of the form. Raises NotPossible, with all that is wrong."""
    wrong: dict[str, str] = {}
    week, rule = None, given.get("rule", "")
    try:
        week = Week.read(given.get("week", ""))
    except ValueError:
        wrong["week"] = _("Choose a week from the list.")
    if rule not in Rule.values:
        wrong["rule"] = _("Choose where the old way would be off.")
    networks = []
    for word in given.get("networks", "").replace(",", " ").split():
        try:
            networks.append(ip_network(word))
        except ValueError:
            wrong.setdefault("networks", _("%(word)s is no network such as 192.0.2.0/24.") % {"word": word})
    if week is None or wrong:
        raise NotPossible(fields=wrong)
    hosts = given.get("hosts", "").replace("\0", "").replace(",", " ").split()
    return Question(week, Rule(rule), tuple(networks), tuple(hosts))
