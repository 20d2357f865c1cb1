"""A letter on paper, for those whom no mail reaches or who ask for one: why, until when, and how.

With a pattern for a phone's camera. It leads to the public guide of the customer's program, never to a page of the
customer's own: a letter lies about, and whoever scans it shall learn nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, SimpleDocTemplate, Spacer

from campaign.brands import Brand
from notices import typeset
from notices.guides import catalog
from notices.links import public_path
from notices.typeset import line

MARGIN = 22 * mm
PATTERN = 34 * mm
QUIET = 4  # modules left white around the pattern (ISO/IEC 18004)


@dataclass(frozen=True)
class Letter:
    """What differs from one customer to the next; `number` and `program` are "" where none is known.

    `unreached`: mail has failed to reach the customer.
    """

    name: str
    contract: str
    language: str
    brand: Brand
    number: str
    program: str
    ends_on: date  # the first day without the old way, for this customer
    last_legacy_on: date
    written_on: date
    unreached: bool

    @property
    def guide_url(self) -> str:
        return self.brand.site + public_path("guide", self.language, client=catalog.client(self.program).name)


def pdf(letters: Iterable[Letter], *, title: str) -> bytes:
    """All of them in one file, each on a new page."""
    typeset.register()
    story: list[Flowable] = []
    for letter in letters:
        with translation.override(letter.language):
            story += [*([PageBreak()] if story else []), *_first_page(letter), PageBreak(), *_steps(letter)]
    file = BytesIO()
    SimpleDocTemplate(
        file,
        pagesize=A4,
        title=title,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        invariant=True,
    ).build(story, canvasmaker=typeset.canvas)
    return file.getvalue()


def _day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def _first_page(letter: Letter) -> list[Flowable]:
    brand, language = letter.brand, letter.language
    program = catalog.title(letter.program, language)
    values = {"day": _day(letter.last_legacy_on), "program": program}
    if program:
        seen = _("On %(day)s, mail from your mailbox was sent the old way, apparently with %(program)s.") % values
    else:
        seen = _("On %(day)s, mail from your mailbox was sent the old way.") % values
    head = [line(_day(letter.written_on), 11, right=True), line(brand.name[language], 12, right=True, after=20)]
    head.append(line(_("Dear %(name)s") % {"name": letter.name} if letter.name else _("Dear customer"), 14))
    if letter.contract:
        head.append(line(_("Contract %(contract)s") % {"contract": letter.contract}, 11))
    if letter.number:
        head.append(line(_("Announcement number %(number)s") % {"number": letter.number}, 11))
    stops = _("From %(day)s on, mail can no longer be sent the old way. Receiving mail stays as it is.")
    return [
        *head,
        Spacer(1, 12),
        line(_("Please change how your mail program sends mail"), 17, after=14),
        line(stops % {"day": _day(letter.ends_on)}),
        line(seen),
        line(_why_on_paper(letter), after=18),
        line(_("There are three ways to the steps. Choose the one that you like."), 13),
        line(_("1. Point the camera of your phone at this pattern:")),
        KeepTogether([pattern(letter.guide_url), line(letter.guide_url, 11)]),
        line(_own_way(letter)),
        line(
            _("3. Call us, and we go through the steps with you: %(phone)s (%(hours)s)")
            % {"phone": brand.phone, "hours": brand.hours[language]}
        ),
        Spacer(1, 6),
        line(_("The steps are also on the next page. It usually takes 5 to 10 minutes, and you can always go back.")),
        line(_("We never ask for your password, neither on paper, nor by mail, nor on the phone.")),
    ]


def _why_on_paper(letter: Letter) -> str:
    if letter.unreached:
        return _("We could not reach you by mail, so we write to you on paper.")
    return _("We write to you on paper, so that you have the steps at hand.")


def _own_way(letter: Letter) -> str:
    way = _("2. Open our home page %(home)s as you always do, choose “Mail”, then “Change the sending settings”.")
    if letter.number:
        way = _(
            "2. Open our home page %(home)s as you always do, choose “Mail”, then “Change the sending settings”, "
            "and enter the announcement number."
        )
    return way % {"home": letter.brand.home}


def _steps(letter: Letter) -> list[Flowable]:
    client = catalog.client(letter.program)
    steps = catalog.mail_steps(client.name, letter.language, letter.brand)
    title = (
        _("%(program)s: what to use instead") if client.state == "dead" else _("%(program)s: change how you send mail")
    )
    title %= {"program": client.title[letter.language]}
    return [line(title, 15, after=12), *(line(each.strip(), 12, after=6) for each in steps)]


def pattern(url: str) -> Drawing:
    """A QR code that stands a fold or a stain (level M), as wide as a thumb is long."""
    matrix = segno.make(url, micro=False, error="m").matrix
    modules = len(matrix) + 2 * QUIET
    side = PATTERN / modules
    drawn = Drawing(PATTERN, PATTERN)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                left, bottom = (column + QUIET) * side, PATTERN - (row + QUIET + 1) * side
                drawn.add(Rect(left, bottom, side, side, strokeWidth=0, strokeColor=None, fillColor="black"))
    return drawn
