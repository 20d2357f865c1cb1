"""The page for the board on one sheet of A4: whatever is said on it, it is made smaller until it fits."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing, Line, Polygon, PolyLine, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepInFrame, SimpleDocTemplate, Spacer, Table

from campaign.dashboard import charts
from campaign.dashboard.board import Board, title
from campaign.jinja import count, day, moment
from notices import typeset
from notices.typeset import line

MARGIN = 15 * mm
WIDTH = A4[0] - 2 * MARGIN
HEIGHT = A4[1] - 2 * MARGIN
INK, SOFT, GRID, BAND = (HexColor(value) for value in ("#1a1a1c", "#595959", "#d9d9d9", "#d9e6ff"))
LEFT, FORETOLD, CUTOFF = (HexColor(value) for value in ("#0017c1", "#0017c1", "#c74700"))
CHART = 62 * mm  # high
TILES = 4  # in a row


def pdf(found: Board) -> bytes:
    """In the language that is active."""
    typeset.register()
    file = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    document = SimpleDocTemplate(
        file, pagesize=A4, title=title(found), author=found.provider, lang=get_language(), invariant=True, **margins
    )
    frame = 12  # points that a frame keeps free around what is in it
    fitted = KeepInFrame(WIDTH - frame, HEIGHT - frame, [*_head(found), *_body(found)], mode="shrink")
    document.build([fitted], canvasmaker=typeset.canvas)
    return file.getvalue()


def _head(found: Board) -> list[Flowable]:
    values = {"provider": found.provider, "day": day(found.data_until), "moment": moment(found.made_at)}
    return [
        line(title(found), 15, after=2, leading=1.3),
        line(_("%(provider)s. Data up to %(day)s, made on %(moment)s.") % values, 8, after=6, leading=1.3),
    ]


def _body(found: Board) -> list[Flowable]:
    return [
        _tiles(found.tiles),
        _heading(_("Customers who still send the old way")),
        burn_down(found, width=WIDTH - 12, height=CHART),
        _heading(_("In short")),
        *(line(f"・{sentence}", 8, after=1.5, leading=1.35) for sentence in found.sentences),
        _heading(_("In money")),
        _table(
            [(_("What"), _("Amount"), _("How it is reckoned")), *((it.title, it.amount, it.how) for it in found.lines)]
        ),
        _heading(_("What is assumed")),
        _table([(_("Assumption"), _("Amount"), _("Setting")), *found.assumptions]),
        Spacer(1, 4),
        line(
            _(
                "Nothing of what is assumed is in the logs; each is a setting of the provider. "
                "All else is counted, or foretold from what was counted."
            ),
            7.5,
            after=0,
            leading=1.3,
        ),
    ]


def _heading(text: str) -> Flowable:
    return line(text, 10.5, after=2, leading=1.5)


def _tiles(tiles: Sequence[tuple[str, str, str]]) -> Table:
    cells = [
        [
            line(label, 7.5, after=0, leading=1.25),
            line(value, 15, after=0, leading=1.3),
            line(notes or " ", 7, after=0, leading=1.25),
        ]
        for label, value, notes in tiles
    ]
    cells += [[line(" ", 7)]] * (-len(cells) % TILES)
    rows = [cells[at : at + TILES] for at in range(0, len(cells), TILES)]
    style = [("BOX", (0, 0), (-1, -1), 0.5, GRID), ("INNERGRID", (0, 0), (-1, -1), 0.5, GRID), *_padding(4)]
    return Table(rows, colWidths=[(WIDTH - 12) / TILES] * TILES, style=style, spaceAfter=6)


def _table(rows: Sequence[tuple[str, str, str]]) -> Table:
    cells = [
        [
            line(what, 8, after=0, leading=1.25),
            line(amount, 8, after=0, right=True, leading=1.25),
            line(how, 7.5, after=0, leading=1.25),
        ]
        for what, amount, how in rows
    ]
    widths = [(WIDTH - 12) * share for share in (0.36, 0.18, 0.46)]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.4, GRID), *_padding(2), ("RIGHTPADDING", (1, 0), (1, -1), 12)]
    return Table(cells, colWidths=widths, style=style, spaceAfter=4)


def _padding(points: float) -> list[tuple]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides] + [("VALIGN", (0, 0), (-1, -1), "TOP")]


def burn_down(found: Board, *, width: float, height: float) -> Drawing:
    """What is left by days: counted as a line, foretold as dashes in their band, the cut-off as a line upward."""
    drawn, plot = Drawing(width, height), _Plot(found, width, height)
    for shape in (*plot.grid(), *plot.band(), *plot.foretold(), *plot.counted(), *plot.cutoff()):
        drawn.add(shape)
    return drawn


class _Plot:
    """Days to the right, customers upward."""

    def __init__(self, found: Board, width: float, height: float) -> None:
        self.found = found
        self.low_x, self.high_x, self.low_y, self.high_y = 44.0, width - 16, 26.0, height - 16
        days = [at for at, _left in found.left] + [point.day for point in found.foretold] + [found.cutoff_on]
        self.first, self.last = min(days), max(max(days), min(days) + timedelta(days=1))
        highest = max([left for _at, left in found.left] + [point.high for point in found.foretold])
        self.ticks = charts.scale(highest)

    def x(self, at: date) -> float:
        share = (at - self.first) / (self.last - self.first)
        return self.low_x + share * (self.high_x - self.low_x)

    def y(self, value: float) -> float:
        return self.low_y + value / self.ticks[-1] * (self.high_y - self.low_y)

    def grid(self) -> list:
        drawn = []
        for tick in self.ticks:
            y = self.y(tick)
            drawn.append(Line(self.low_x, y, self.high_x, y, strokeColor=GRID, strokeWidth=0.5))
            drawn.append(_word(self.low_x - 4, y - 2.5, count(tick), anchor="end"))
        found = charts.months(self.first, self.last)
        every, year = max(1, -(-len(found) // 12)), None
        for month in found[::every]:
            x = self.x(month)
            drawn.append(Line(x, self.low_y, x, self.low_y - 3, strokeColor=SOFT, strokeWidth=0.5))
            drawn.append(_word(x, self.low_y - 11, date_format(month, "M")))
            if month.year != year:
                year = month.year
                drawn.append(_word(x, self.low_y - 20, str(year)))
        return drawn

    def band(self) -> list:
        points = self.found.foretold
        upper = [(self.x(point.day), self.y(point.high)) for point in points]
        lower = [(self.x(point.day), self.y(point.low)) for point in reversed(points)]
        around = [value for pair in (*upper, *lower) for value in pair]
        return [Polygon(around, fillColor=BAND, strokeColor=None)] if len(points) > 1 else []

    def foretold(self) -> list:
        points = [(self.x(point.day), self.y(point.middle)) for point in self.found.foretold]
        if len(points) < 2:
            return []
        x, y = points[-1]
        middle = count(round(self.found.foretold[-1].middle))
        return [
            PolyLine(points, strokeColor=FORETOLD, strokeWidth=1, strokeDashArray=[3, 2]),
            _word(min(x, self.high_x - 4), y + 4, middle, anchor="end"),
        ]

    def counted(self) -> list:
        points = [(self.x(at), self.y(left)) for at, left in self.found.left]
        x, y = points[-1]
        drawn = [PolyLine(points, strokeColor=LEFT, strokeWidth=1.6)] if len(points) > 1 else []
        label = count(self.found.left[-1][1])
        return [*drawn, _word(x, y + 4, label, size=8.5, color=INK)]

    def cutoff(self) -> list:
        x = self.x(self.found.cutoff_on)
        label = _("Cut-off on %(day)s") % {"day": day(self.found.cutoff_on)}
        anchor = "end" if x > (self.low_x + self.high_x) / 2 else "start"
        return [
            Line(x, self.low_y, x, self.high_y + 2, strokeColor=CUTOFF, strokeWidth=1, strokeDashArray=[1, 2]),
            _word(x, self.high_y + 5, label, anchor=anchor),
        ]


def _word(x: float, y: float, text: str, *, anchor: str = "middle", size: float = 7, color=SOFT) -> String:
    font = typeset.LATIN_FONT if text.isascii() else typeset.FONT
    return String(x, y, text, textAnchor=anchor, fontName=font, fontSize=size, fillColor=color)
