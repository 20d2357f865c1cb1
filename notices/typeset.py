"""Letters of both languages on paper: the fonts that every PDF reader brings, and lines set in them."""

import re
from functools import cache, partial
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

FONT = "HeiseiKakuGo-W5"  # every PDF reader has a Japanese font to put in its place; none is carried in the file
LATIN_FONT = "Helvetica"  # in every reader with the same widths: server names must not fall apart
LATIN = re.compile("[!-~“”‘’](?:[ -~“”‘’]*[!-~“”‘’])?")
ENCODING = "UniJIS-UTF16-H"  # knows the characters of names that UCS-2 lacks
PDF_VERSION = (1, 5)  # from which on there is that encoding
MEDIA_TYPE = "application/pdf"

canvas = partial(Canvas, pdfVersion=PDF_VERSION)


@cache
def register() -> None:
    """Before the first line is set."""
    font = UnicodeCIDFont(FONT)
    font.encodingName = ENCODING
    pdfmetrics.registerFont(font)


@cache
def style(size: float, *, after: float = 8, right: bool = False, leading: float = 1.6) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{after}-{right}-{leading}",
        fontName=FONT,
        fontSize=size,
        leading=size * leading,
        spaceAfter=after,
        alignment=2 if right else 0,
        wordWrap="CJK",
    )


def line(text: str, size: float = 12, *, after: float = 8, right: bool = False, leading: float = 1.6) -> Paragraph:
    """A paragraph, with what is Latin in it in the Latin font."""
    set_apart = LATIN.sub(lambda run: f'<font name="{LATIN_FONT}">{run[0]}</font>', escape(text))
    return Paragraph(set_apart, style(size, after=after, right=right, leading=leading))
