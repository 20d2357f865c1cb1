import pytest
from django.utils import translation

from notices.filling import WrongText
from notices.pages.passages import Passage, in_one_line, passages

SAME = {"provider": "Mihon Net", "own_network": False}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(source: str) -> str:
    """As the page shows it, in short."""
    return "".join(_read(each) for each in passages(source, same=SAME))


def _read(each: Passage) -> str:
    if each.parts:
        either, otherwise = ("".join(map(_read, part)) for part in (each.either, each.otherwise))
        return f"<{either}|{otherwise}>"
    return f"[{each.own}]" if each.own else each.words


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("From {{ provider }}.", "From Mihon Net."),
        ("Dear {{ name }},", "Dear [your name],"),
        (
            "{% if name %}\nDear {{ name }},\n{% else %}\nDear customer,\n{% endif %}\n",
            "<Dear [your name],\n|Dear customer,\n>",
        ),
        ("{% if program %}It was {{ program }}.{% endif %}", "<It was [your mail program].|>"),
        ("{% if own_network %}our lines{% else %}anywhere{% endif %}", "anywhere"),
        ("{% if not own_network %}anywhere{% endif %}", "anywhere"),
        ("{% if own_network and name %}a{% else %}b{% endif %}", "b"),
        ("{% if own_network or name %}a{% else %}b{% endif %}", "<a|b>"),
        ("{% if name %}a{% elif own_network %}b{% elif program %}c{% else %}d{% endif %}", "<a|<c|d>>"),
        ("{% if own_network %}a{% elif name %}b{% endif %}", "<b|>"),
        ("", ""),
    ],
)
def test_a_text_shows_what_all_get_and_marks_what_is_ones_own(source, wanted):
    assert read(source) == wanted


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("{% if name %}\nDear {{ name }},\n{% else %}\nDear customer,\n{% endif %}\n", True),
        ("{% if name %}\n{% if program %}\na\n{% endif %}\n{% endif %}\n", True),
        ("Dear {% if name %}{{ name }}{% else %}customer{% endif %},\n", False),
    ],
)
def test_ways_of_whole_lines_are_told_from_words_within_one(source, lines):
    assert [each.lines for each in passages(source, same=SAME) if each.parts] == [lines]


def test_a_subject_is_one_line_with_marks_as_in_print():
    found = passages("{{ provider }}: {% if name %}{{ name }}, please{% else %}please{% endif %} change", same=SAME)
    assert in_one_line(found) == "Mihon Net: 〔your name〕, please change"


def test_what_is_no_text_of_ours_is_refused():
    with pytest.raises(WrongText):
        passages("{{ name.__class__ }}", same=SAME)


def test_every_placeholder_is_either_common_or_has_a_title_of_its_own():
    from notices.pages.passages import own_values
    from notices.pages.published import COMMON
    from notices.placeholders import PLACEHOLDERS

    asked_only = {each.name for each in PLACEHOLDERS.values() if each.condition}
    assert set(PLACEHOLDERS) - asked_only == (set(COMMON) - asked_only) | set(own_values())
