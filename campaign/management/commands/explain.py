"""Says of each counted message of one customer why it counts: the lines, the rule, and words to read out."""

import json
from argparse import ArgumentTypeError
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from campaign import audit
from campaign.dashboard import proof_words
from campaign.dashboard.proof import Evidence, LineShown, ProofShown, evidence, in_words, texts
from campaign.logs.logins import canonical_login
from campaign.models import Address, Customer, DailyUse
from campaign.submissions.intake import kept_from


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: wanted a day such as 2026-11-24") from error


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="a customer's login, or one of the addresses")
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--day", type=a_day, metavar="D", help="that day; the last one with mail if nothing is said")
        when.add_argument("--since", type=a_day, metavar="D", help="every day with mail from that one on")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    @translation.override("en")  # as all commands of the shell; names of programs are of some language
    def handle(self, *, login: str, day: date | None, since: date | None, **options) -> None:
        customer = _customer(login)
        on = audit.Thing("proof", str(customer.pk), customer.login, customer.pk)
        audit.seen(audit.of_command(), on, now=timezone.now())
        first = kept_from(timezone.now())
        if day and day < first:
            raise CommandError(f"the lines of {day} are gone: they are kept for {settings.RETENTION_DAYS} days")
        use = DailyUse.objects.filter(customer=customer, day__gte=max(since or first, first)).order_by("day")
        days = [day] if day else sorted(set(use.values_list("day", flat=True)))
        if not (day or since):
            days = days[-1:]
        found = {each: evidence(customer, each) for each in days}
        if options["json"]:
            told = {"login": customer.login, "days": [_json(each, one) for each, one in found.items()]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for each, one in found.items():
            self._tell(customer.login, each, one)
        if not days:
            self.stdout.write(f"{customer.login}: no mail was counted since {max(since or first, first)}")

    def _tell(self, login: str, day: date, found: Evidence) -> None:
        counted = ", ".join(proof_words.counted(found.counted)) or "nothing counted"
        self.stdout.write(f"{login}, {day}: {counted}")
        if not found.agrees:
            self.stdout.write(
                "  The lines, read today, give other numbers: attribute this day again (manage.py ingest)."
            )
        whose = found.whose
        for shown in in_words(whose.proofs, whose, texts(whose.proofs, whose)):
            self.stdout.write(f"\n{shown.clock} {shown.title} ({shown.proof.rule}, {shown.proof.attribution})")
            for sentence in shown.sentences:
                self.stdout.write(f"  {sentence}")
            for line in shown.lines:
                where = f"{line.file}:{line.line.number}" if line.file else "kept"
                self.stdout.write(f"  [{where}] {line.text}")
            if shown.proof.others:
                self.stdout.write(f"  Others who collected mail there: {', '.join(shown.proof.others)}")
        for sentence in proof_words.uncounted(whose):
            self.stdout.write(f"\nHeld against nobody: {sentence}")
        self.stdout.write("")


def _customer(login: str) -> Customer:
    name = canonical_login(login, settings.DEFAULT_DOMAIN)
    found = Customer.objects.filter(login=name).first()
    if not found:
        owner = Address.objects.filter(address=name).select_related("customer").first()
        if not owner:
            raise CommandError(f"there is no customer {name}: wanted a login or an address that is known here")
        found = owner.customer
    return found


def _json(day: date, found: Evidence) -> dict[str, object]:
    """Words in both languages, so that whoever shows them can choose."""
    whose, words, uncounted = found.whose, {}, {}
    originals = texts(whose.proofs, whose)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = in_words(whose.proofs, whose, originals)
            uncounted[language] = proof_words.uncounted(whose)
    first = words[settings.LANGUAGE_CODE]
    return {
        "day": day.isoformat(),
        "counted": found.counted,
        "agrees": found.agrees,
        "submissions": [
            _submission(shown) | {"words": {name: told[place].sentences for name, told in words.items()}}
            for place, shown in enumerate(first)
        ],
        "uncounted": {"by_rule": dict(sorted(whose.uncounted.items())), "words": uncounted},
    }


def _submission(shown: ProofShown) -> dict[str, object]:
    proof = shown.proof
    return {
        "time": timezone.localtime(proof.at).isoformat(),
        "host": proof.host,
        "queue_id": proof.queue_id,
        "class": proof.submission_class,
        "attribution": proof.attribution,
        "rule": proof.rule.value,
        "client_ip": proof.ip,
        "client_program": proof.program,
        "auth_failed": proof.auth_failed,
        "recipient_outside": proof.remote,
        "logins": proof.logins,
        "other_logins": list(proof.others),
        "lines": [_line(line) for line in shown.lines],
    }


def _line(shown: LineShown) -> dict[str, object]:
    """`file` is null where `text` is what was kept of the line, and not the line itself."""
    line = shown.line
    return {
        "proves": line.said.value,
        "time": timezone.localtime(line.at).isoformat(),
        "host": line.host,
        "segment": line.segment,
        "line": line.number,
        "file": shown.file or None,
        "text": shown.text,
    }
