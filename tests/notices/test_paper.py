import subprocess
from datetime import date

import pytest

from campaign.brands import main_brand
from notices import paper


def letter(**given) -> paper.Letter:
    values = {
        "name": "𠮷田 髙子",
        "contract": "123-456",
        "language": "ja",
        "brand": main_brand(),
        "number": "482-913-057",
        "program": "thunderbird",
        "ends_on": date(2026, 12, 31),
        "last_legacy_on": date(2026, 11, 22),
        "written_on": date(2026, 11, 24),
        "unreached": True,
    }
    return paper.Letter(**values | given)


@pytest.fixture
def read(needed, tmp_path):
    """The words of a PDF's pages, by a reader of another maker."""
    reader = needed("pdftotext", package="poppler-utils")

    def pages(*letters):
        path = tmp_path / "letters.pdf"
        path.write_bytes(paper.pdf(letters, title="Letter"))
        text = subprocess.run([reader, path, "-"], capture_output=True, check=True, text=True).stdout
        return [" ".join(page.split()) for page in text.split("\f")[:-1]]

    return pages


def test_a_letter_says_why_until_when_and_how(read):
    first, steps = read(letter(language="en"))
    for words in ("𠮷田 髙子", "Contract 123-456", "482-913-057", "Dec. 31, 2026", "Nov. 22, 2026", "0120-000-000"):
        assert words in first
    assert "We never ask for your password" in first
    assert "smtp.isp.example" in steps and "465" in steps and "Account Settings" in steps


def test_a_letter_for_a_program_that_has_ended_says_what_to_use_instead(read):
    _first, steps = read(letter(language="en", program="eudora"))
    assert "Eudora: what to use instead" in steps
    assert "Eudora: change how you send mail" not in steps


def test_only_a_letter_to_whom_mail_did_not_reach_says_so(read):
    opening = {unreached: read(letter(language="en", unreached=unreached))[0] for unreached in (True, False)}
    words = "We could not reach you by mail"
    assert words in opening[True] and words not in opening[False]
    assert "so that you have the steps at hand" in opening[False]


def test_a_letter_speaks_the_customers_language(read):
    first, steps = read(letter())
    assert "2026年12月31日" in first
    assert "アカウント設定" in steps


def test_each_letter_begins_on_a_page_of_its_own(read):
    pages = read(letter(), letter(name="佐藤 花子", program="iphone"))
    begins = [number for number, text in enumerate(pages) if "482-913-057" in text]
    assert len(begins) == 2 and begins[0] == 0
    assert "佐藤" in pages[begins[1]] and "佐藤" not in pages[0]


def test_who_has_no_number_is_not_asked_for_one(read):
    first = read(letter(number="", language="en"))[0]
    assert "number" not in first
    assert "https://www.isp.example/" in first


@pytest.mark.parametrize(
    ("program", "guide"), [("thunderbird", "thunderbird"), ("", "other"), ("no-such-program", "other")]
)
def test_the_pattern_leads_to_the_public_guide_of_the_program(program, guide):
    brand = main_brand()
    assert letter(program=program).guide_url == f"{brand.site}/ja/guide/{guide}/"
    assert letter(program=program, language="en").guide_url == f"{brand.site}/en/guide/{guide}/"


def test_the_pattern_is_drawn_module_by_module_with_its_white_border():
    import segno

    url = letter().guide_url
    drawn = paper.pattern(url)
    matrix = segno.make(url, micro=False, error="m").matrix
    side = paper.PATTERN / (len(matrix) + 8)
    assert len(drawn.contents) == sum(map(sum, matrix))
    assert min(each.x for each in drawn.contents) == pytest.approx(4 * side)
    assert max(each.y + each.height for each in drawn.contents) == pytest.approx(paper.PATTERN - 4 * side)


def test_marks_in_a_name_are_no_markup(read):
    assert "<b>A & B</b>" in read(letter(name="<b>A & B</b>"))[0]
