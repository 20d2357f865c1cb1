"""The texts of mailings: ours as files, what staff write as versions; one form for both."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaign import brands
from campaign.models import Campaign, CutoffChange, Language
from campaign.plan import campaigns
from notices import text_checks
from notices.filling import WrongText, compiled, filled
from notices.lines import width
from notices.models import Mailing, TextVersion

FOLDER = settings.BASE_DIR / "templates" / "mail"
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
LONGEST_REMARK = 200


class NotPossible(campaigns.NotPossible):
    """A step with a text that cannot be; the message is for the person who asked."""


@dataclass(frozen=True)
class Text:
    """Subject and body with their placeholders; `version` None: ours."""

    subject: str
    body: str
    version: TextVersion | None = None

    @property
    def number(self) -> int:
        return self.version.number if self.version else 0


@dataclass(frozen=True)
class Filled:
    """What one customer reads; lines not wrapped yet."""

    subject: str
    body: str


@cache
def ours(kind: str, language: str) -> Text:
    """The text that comes with the product: its first line is the subject, the second is empty."""
    source = (FOLDER / language / f"{Mailing.Kind(kind)}.txt").read_text(encoding="utf-8")
    subject, _empty, body = source.split("\n", 2)
    return Text(subject, body.strip("\n") + "\n")


def of(version: TextVersion | None, *, kind: str, language: str) -> Text:
    """The text of a version; None stands for ours, as in `Mailing.text_ja`."""
    return Text(version.subject, version.body, version) if version else ours(kind, language)


def of_mailing(mailing: Mailing, language: str) -> Text:
    """The text that the mailing took when it was planned; later versions are none of its."""
    version = mailing.text_ja if language == Language.JAPANESE else mailing.text_en
    return of(version, kind=mailing.kind, language=language)


def versions(campaign: Campaign, kind: str, language: str) -> QuerySet[TextVersion]:
    """The newest first."""
    return TextVersion.objects.filter(campaign=campaign, kind=kind, language=language).order_by("-number")


def newest(campaign: Campaign, kind: str, language: str) -> Text:
    """What the editor goes on from, approved or not."""
    return of(versions(campaign, kind, language).first(), kind=kind, language=language)


def current(campaign: Campaign, kind: str, language: str) -> Text:
    """What a mailing planned now would say: the newest approved version, or ours."""
    approved = versions(campaign, kind, language).filter(approved_at__isnull=False)
    return of(approved.first(), kind=kind, language=language)


def fill(text: Text, values: dict[str, object]) -> Filled:
    """Raises WrongText; `notices.compose.values_for` and `notices.placeholders.examples` make values."""
    return Filled(filled(text.subject, values).strip(), filled(text.body, values))


def write(
    *,
    campaign_id: int,
    kind: str,
    language: str,
    subject: str,
    body: str,
    now: datetime,
    after: int,
    remark: str = "",
    user_id: int | None = None,
    restored_from_id: int | None = None,
) -> TextVersion:
    """The next version; `after` is the number of the one it was written from, 0 for ours.

    A draft may hold what the checks object to, but it must be possible to fill it in.
    Raises NotPossible.
    """
    subject, body = " ".join(subject.split()), _tidy(body)
    _bounded(subject, body, remark)
    _can_be_filled_in(subject, body)
    made = TextVersion(campaign_id=campaign_id, kind=kind, language=language, number=after + 1, subject=subject)
    made.body, made.remark, made.restored_from_id = body, " ".join(remark.split()), restored_from_id
    made.written_at, made.written_by_id = now, user_id
    last = versions(made.campaign, kind, language).values_list("number", flat=True).first() or 0
    if last != after:
        raise _overtaken(last)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if versions(made.campaign, kind, language).filter(number=made.number).exists():
            raise _overtaken(made.number) from error
        raise
    return made


def _can_be_filled_in(subject: str, body: str) -> None:
    """Raises NotPossible, with what is wrong with each."""
    wrong = {}
    for field, source in (("subject", subject), ("body", body)):
        try:
            compiled(source)
        except WrongText as error:
            wrong[field] = str(error)
    if wrong:
        raise NotPossible(fields=wrong)


def _overtaken(number: int) -> NotPossible:
    sentence = _("Somebody else has written version %(number)s in the meantime: please look at it first.")
    return NotPossible(sentence % {"number": number})


def restore(
    *, campaign_id: int, kind: str, language: str, number: int, now: datetime, user_id: int | None = None
) -> TextVersion:
    """Write version `number` anew as the next one; 0 is ours. It has to be approved again. Raises NotPossible."""
    campaign = Campaign.objects.get(pk=campaign_id)
    version = versions(campaign, kind, language).filter(number=number).first()
    if number and version is None:
        raise NotPossible(_("There is no version %(number)s of this text.") % {"number": number})
    text = of(version, kind=kind, language=language)
    return write(
        campaign_id=campaign_id,
        kind=kind,
        language=language,
        subject=text.subject,
        body=text.body,
        after=newest(campaign, kind, language).number,
        now=now,
        user_id=user_id,
        remark=_("from version %(number)s") % {"number": number} if number else _("from ours, as it came"),
        restored_from_id=version.pk if version else None,
    )


def findings(text: Text, *, campaign: Campaign, kind: str, language: str) -> list[text_checks.Finding]:
    """What speaks against approving the text as it is; errors first."""
    about = facts(campaign, language)
    return text_checks.check(text.subject, text.body, kind=kind, language=language, facts=about)


def facts(campaign: Campaign, language: str) -> text_checks.Facts:
    """What the campaign's texts in a language are held against."""
    ours = brands.brands()
    former = CutoffChange.objects.filter(campaign=campaign).order_by("pk").values_list("old", flat=True)
    return text_checks.Facts(
        cutoff_on=campaign.cutoff_on,
        former_cutoffs=frozenset(former),
        own_hosts=text_checks.hosts(*(address for brand in ours for address in (brand.site, brand.home))),
        provider=max((brand.name[language] for brand in ours), key=width),
    )


def ask_for_approval(*, version_id: int, now: datetime, user_id: int) -> None:
    """Raises NotPossible while a check finds an error."""
    version = _sound(version_id)
    waiting = TextVersion.objects.filter(pk=version.pk, asked_at=None, approved_at=None)
    if not waiting.update(asked_at=now, asked_by_id=user_id):
        raise NotPossible(_("Approval of this version was asked for already."))


def approve(*, version_id: int, now: datetime, user_id: int) -> None:
    """By a second person, and only while no check finds an error. Raises NotPossible."""
    version = _sound(version_id)
    if version.written_by_id == user_id:
        raise NotPossible(_("Whoever wrote a text cannot approve it: a second person has to."))
    waiting = TextVersion.objects.filter(pk=version.pk, approved_at=None)
    if not waiting.update(approved_at=now, approved_by_id=user_id):
        raise NotPossible(_("This version was approved already."))


def _sound(version_id: int) -> TextVersion:
    version = TextVersion.objects.select_related("campaign").get(pk=version_id)
    text = of(version, kind=version.kind, language=version.language)
    found = findings(text, campaign=version.campaign, kind=version.kind, language=version.language)
    errors = [each.sentence for each in found if each.severity == text_checks.Severity.ERROR]
    if errors:
        raise NotPossible(_("This text cannot be approved yet: %(errors)s") % {"errors": " ".join(errors)})
    return version


def _tidy(body: str) -> str:
    """Line ends of one kind, no blanks at their ends, no characters that nobody sees."""
    seen = "".join(char if char.isprintable() or char in "\n\u3000" else " " for char in body.replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in seen.split("\n")).strip("\n") + "\n"


def _bounded(subject: str, body: str, remark: str) -> None:
    """Raises NotPossible, with all that is wrong."""
    given = {"subject": (subject, LONGEST_SUBJECT), "body": (body, LONGEST_BODY), "remark": (remark, LONGEST_REMARK)}
    wrong = {}
    for field, (what, most) in given.items():
        if len(what) > most:
            values = {"begin": what[:20], "length": len(what), "most": most}
            sentence = _("“%(begin)s…” is %(length)s characters long; at most %(most)s are possible.")
            wrong[field] = sentence % values
    if not subject:
        wrong["subject"] = _("A text needs a subject.")
    if not body.strip():
        wrong["body"] = _("A text needs a body.")
    if wrong:
        raise NotPossible(fields=wrong)
