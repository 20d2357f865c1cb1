"""The shadow cut-off: had the old way been off in a past week, which mail would have failed, and whose?

Staff ask (`ask`), a worker answers (`compute`); the answer is kept with its question. It comes from the
events through the same attribution as everything else, so it knows what daily use does not: hosts,
ranges of addresses, and what nobody is named for.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaign.cutoff import answer
from campaign.cutoff.weeks import Week
from campaign.logs.stamps import moment
from campaign.models import Customer, ShadowHit, ShadowRun, StandingChange, SubmissionClass
from campaign.plan import campaigns
from campaign.submissions import intake
from campaign.submissions.attribution import attribute, connect
from campaign.submissions.ranges import Network, locate

log = logging.getLogger(__name__)
SQL = (Path(__file__).parent / "dryrun.sql").read_text()
Rule = ShadowRun.Rule
OLD_WAYS = (SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25, SubmissionClass.UNEXPLAINED_RELAY)
TRIES = 3  # of a run over which workers die
CHUNK = 500  # names in one question
LONGEST_SCOPE = 1000
GAVE_UP = gettext_noop("It ended several times before it was done; the worker's log says why.")
BROKE = gettext_noop("It could not be computed; the worker's log says why.")


class NotPossible(campaigns.NotPossible):
    """A question that has no answer; the text is for people."""


@dataclass(frozen=True)
class Question:
    """`networks` count under OUTSIDE alone, `hosts` (as the logs name them) under HOSTS alone."""

    week: Week
    rule: Rule
    networks: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        words = {Rule.OUTSIDE: map(str, self.networks), Rule.HOSTS: (host.lower() for host in self.hosts)}
        return " ".join(sorted(set(words.get(self.rule, ()))))


def ask(question: Question, *, now: datetime, user_id: int | None = None, waiting: bool = True) -> ShadowRun:
    """Have a worker answer it, again where it was before; not `waiting`, the caller does. Raises NotPossible."""
    _check(question, now)
    values = {"asked_at": now, "asked_by_id": user_id, "waiting": waiting, "tries": 0, "days_done": 0, "failure": ""}
    run, _created = ShadowRun.objects.update_or_create(
        first_day=question.week.first, rule=question.rule, scope=question.scope, defaults=values
    )
    return run


def _check(question: Question, now: datetime) -> None:
    if question.week.last >= timezone.localdate(now):
        raise NotPossible(fields={"week": _("The week %(week)s is not over yet.") % {"week": question.week}})
    if question.week.first < intake.kept_from(now):
        message = _("The logs of the week %(week)s are not kept any more: they go after %(days)s days.")
        raise NotPossible(fields={"week": message % {"week": question.week, "days": settings.RETENTION_DAYS}})
    if question.rule == Rule.HOSTS and not question.hosts:
        raise NotPossible(fields={"hosts": _("Name at least one mail server, as the logs name it.")})
    if question.rule == Rule.OUTSIDE and not question.networks:
        raise NotPossible(fields={"networks": _("Name at least one network; the setting OWN_NETWORKS has none.")})
    if len(question.scope) > LONGEST_SCOPE:
        field = "hosts" if question.rule == Rule.HOSTS else "networks"
        too_many = _("These are too many; at most %(length)s characters fit.") % {"length": LONGEST_SCOPE}
        raise NotPossible(fields={field: too_many})


def compute_waiting(*, now: datetime) -> None:
    """Answer everything that was asked. What fails is told with its question and not tried for ever."""
    for run_id in ShadowRun.objects.filter(waiting=True).order_by("asked_at").values_list("pk", flat=True):
        mine = ShadowRun.objects.filter(pk=run_id, waiting=True)
        if mine.filter(tries__gte=TRIES).update(waiting=False, failure=GAVE_UP):
            continue
        mine.update(tries=F("tries") + 1, days_done=0)
        try:
            compute(run_id=run_id, now=now)
        except Exception:
            log.exception("shadow run %s", run_id)
            mine.update(waiting=False, failure=BROKE)


def compute(*, run_id: int, now: datetime, progress: Callable[[date], None] | None = None) -> None:
    """The answer to one question from the logs as they are now; it replaces an older one as a whole."""
    run = ShadowRun.objects.get(pk=run_id)
    week, rules, store = Week(run.first_day), intake.rules(), intake.segments()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="shadow-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        con.execute(answer.TABLE)
        for number, day in enumerate(week.days, 1):
            attribute(con, store, day, rules)
            _add(con, day, run)
            ShadowRun.objects.filter(pk=run_id).update(days_done=number)
            if progress:
                progress(day)
        hits = _hits(con, run)
        found = answer.counts(con, week.days)
    with transaction.atomic():
        ShadowRun.objects.select_for_update(no_key=True).get(pk=run_id)  # whoever computes the same waits here
        ShadowHit.objects.filter(run=run_id).delete()
        ShadowHit.objects.bulk_create(hits, batch_size=1000)
        _note_standings(run)
        ShadowRun.objects.filter(pk=run_id).update(waiting=False, counts=found, computed_at=now, failure="")


def _add(con: duckdb.DuckDBPyConnection, day: date, run: ShadowRun) -> None:
    words = run.scope.split()
    networks = [ip_network(word) for word in words] if run.rule == Rule.OUTSIDE else []
    locate(con, OLD_WAYS, networks)
    con.execute(SQL, {"day": day, "rule": run.rule, "hosts": words if run.rule == Rule.HOSTS else []})


def _hits(con: duckdb.DuckDBPyConnection, run: ShadowRun) -> list[ShadowHit]:
    """A row each customer and way; whoever wrote no program into this mail has the one last seen of him."""
    rows = con.execute(answer.HITS).fetchall()
    people = _people({login for login, *_ in rows})
    programs = {"login": list(people), "program": [program for _pk, program in people.values()]}
    con.register("people", pa.table({name: pa.array(values, pa.string()) for name, values in programs.items()}))
    con.execute("INSERT INTO person SELECT login, program FROM people")
    con.unregister("people")
    return [
        ShadowHit(
            run=run,
            customer_id=people[login][0],
            submission_class=submission_class,
            submissions=submissions,
            confirmed=confirmed,
            last_at=moment(last),
            client_program=(program or people[login][1])[:64],
        )
        for login, submission_class, submissions, confirmed, last, program in rows
        if login in people
    ]


def _people(logins: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Key and mail program by login."""
    wanted = sorted(logins)
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Customer.objects.filter(login__in=wanted[start : start + CHUNK])
        found |= {login: (pk, program) for login, pk, program in rows.values_list("login", "pk", "client_program")}
    return found


def _note_standings(run: ShadowRun) -> None:
    """Where each stood on the eve of the week in the campaign of the way: what one would have believed of him."""
    changes = StandingChange.objects.filter(
        holdout__campaign__name=OuterRef("submission_class"),
        holdout__customer=OuterRef("customer"),
        day__lt=run.first_day,
    )
    latest = Subquery(changes.order_by("-day").values("standing")[:1])
    ShadowHit.objects.filter(run=run).update(standing_before=Coalesce(latest, Value("")))
