"""The evidence of one customer's day: for every message that counted, the lines, the rule, and words to read out."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import get_language

from campaign.dashboard import noting, proof_words, words
from campaign.dashboard.shell import pager, show
from campaign.logs.redaction import readable
from campaign.models import Customer, DailyUse
from campaign.submissions import intake
from campaign.submissions.original import FOREVER, Original, originals
from campaign.submissions.proof import DayProof, Line, Proof, prove

BYTES_AT_MOST = 2_000_000_000  # of a log file that a page looks through for its lines
A_PAGE = 20  # messages


@dataclass(frozen=True)
class LineShown:
    """`text` is the line as the log has it, or where that is gone, in `file` "", what was kept of it."""

    line: Line
    title: str
    text: str
    file: str


@dataclass(frozen=True)
class ProofShown:
    """`sentences` are in the customer's language; `meaning` has them in the reader's, where that is another."""

    proof: Proof
    clock: str
    title: str
    program: str
    sentences: list[str]
    meaning: list[str]
    lines: list[LineShown]


@dataclass(frozen=True)
class Evidence:
    """`counted` is by class what the statistics hold; `agrees` whether the lines, read today, give the same."""

    whose: DayProof
    counted: dict[str, int]
    agrees: bool


def evidence(customer: Customer, day: date) -> Evidence:
    """What the events of `day`, which must not be past the retention, prove."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="proof-", dir=settings.DATA) as scratch:
        whose = prove(intake.segments(), intake.rules(), day, customer.login, scratch=Path(scratch))
    use = DailyUse.objects.filter(customer=customer, day=day).order_by("submission_class")
    counted = dict(use.values_list("submission_class", "submissions"))
    return Evidence(whose, counted, counted == Counter(proof.submission_class for proof in whose.proofs))


def texts(proofs: tuple[Proof, ...], whose: DayProof, *, bytes_at_most: int = FOREVER) -> dict[Line, Original]:
    lines = [line for proof in proofs for line in proof.lines]
    zone = ZoneInfo(settings.TIME_ZONE)
    return originals(lines, zone=zone, names=whose.names, bytes_at_most=bytes_at_most)


def in_words(
    proofs: tuple[Proof, ...], whose: DayProof, found: dict[Line, Original], *, read_out_in: str = ""
) -> list[ProofShown]:
    """In the active language, but for what is read out: `read_out_in` is the customer's."""
    language = read_out_in or get_language()
    return [
        ProofShown(
            proof=proof,
            clock=proof_words.clock(proof.at),
            title=proof_words.title(proof),
            program=words.program_title(proof.program) if proof.program else "",
            sentences=_read_out(proof, whose, language),
            meaning=proof_words.sentences(proof, whose) if language != get_language() else [],
            lines=[_shown(line, found.get(line)) for line in proof.lines],
        )
        for proof in proofs
    ]


def _read_out(proof: Proof, whose: DayProof, language: str) -> list[str]:
    with translation.override(language):
        return proof_words.sentences(proof, whose)


def _shown(line: Line, original: Original | None) -> LineShown:
    if original:
        return LineShown(line, proof_words.LINES[line.said](), original.text, original.file)
    text = f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S} {line.host} {line.service}: {line.fields()}"
    return LineShown(line, proof_words.LINES[line.said](), readable(text), "")


def page(request: HttpRequest, *, pk: int, day: str) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    asked, now = _day(day), timezone.now()
    if asked > timezone.localdate(now):
        raise Http404
    noting.seen(request, customer, "proof", key=f"{pk} {asked}", what=asked.isoformat())
    values = {"customer": customer, "day": asked, "retention": settings.RETENTION_DAYS, "gone": False}
    if asked < intake.kept_from(now):
        return show(request, "proof.html", values | {"gone": True})
    found = evidence(customer, asked)
    whose = found.whose
    pages = pager(request, total=len(whose.proofs), size=A_PAGE)
    some = whose.proofs[pages.shown]
    values |= {
        "counted": proof_words.counted(found.counted),
        "agrees": found.agrees,
        "proofs": in_words(some, whose, texts(some, whose, bytes_at_most=BYTES_AT_MOST), read_out_in=customer.language),
        "uncounted": proof_words.uncounted(whose),
        "pager": pages,
    }
    return show(request, "proof.html", values)


def _day(text: str) -> date:
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise Http404 from error
    return found
