"""What most mails have in common is made once: what comes out is what the whole text, made at once, would be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import stencils, texts
from notices.encoding import OLD_CODING, UTF_8, encoded
from notices.lines import COLUMNS, one_line, wrapped
from notices.models import Mailing
from notices.placeholders import examples
from notices.texts import Text

OWN = {
    "name": "佐藤 花子",
    "number": "482-913-057",
    "sent_on": "2026年11月22日（日）",
    "sent_at": "12:00",
    "moved_on": "2026年11月23日（月）",
    "link": "https://www.isp.example/ja/p/x/",
}
NAMES = [
    "佐藤 花子",
    "",
    "100% %(name)s",
    "髙橋 一郎",
    "①番の方～",
    "寿限無寿限無" * 20,
    "A。B。C" * 15,
    "O'Neil {{ number }}",
]


def both(text: Text, own: dict[str, str], *, language: str = "ja", **more: object) -> None:
    """The mail by a stencil, held against the mail made at once."""
    common = {name: value for name, value in examples(language).items() if name not in OWN} | more
    empty = frozenset(name for name, value in own.items() if not value)
    stencil = stencils.cut(text, common, empty=empty, language=language)
    plain = texts.fill(text, common | own)
    assert stencil.subject(own) == one_line(plain.subject)
    assert stencil.body(own) == plain.body
    for charset in (UTF_8, OLD_CODING, UTF_8):
        assert stencil.text(own, charset) == encoded(wrapped(plain.body, columns=COLUMNS[language]), charset)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_each_of_our_texts_comes_out_as_if_it_were_made_at_once(kind, language):
    for name in NAMES:
        for more in ({}, {"confirmed": False, "has_guide": False, "situation": "", "program": ""}):
            both(texts.ours(kind, language), OWN | {"name": name}, language=language, **more)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("{{ provider }}", "{{ name }}\n"),
        ("{{ name }} 様", "\n\n\n{{ name }}\n\n\n{{ link }}"),
        ("100%", "100%\n\n%(link)s {{ number }}\n\n\n\n{{ steps }}\n{{ sent_on }}"),
        ("{{ number }}{{ number }}", "{% if name and moved_on %}\n{{ moved_on }}\n\n{% endif %}\n{{ steps }}"),
        ("x", "{% if not name %}\nお客さまへ\n{% else %}\n{{ name }}、\n{{ name }}、\n{% endif %}\n😀\n"),
        ("x", "😀\n"),
    ],
)
def test_texts_of_all_forms_come_out_as_if_they_were_made_at_once(subject, body):
    for name in NAMES:
        for moved_on in ("", OWN["moved_on"]):
            both(Text(subject, body), OWN | {"name": name, "moved_on": moved_on})


@given(name=st.text(max_size=80).map(one_line), steps=st.text(max_size=200))
def test_whatever_a_name_and_the_steps_are_made_of(name, steps):
    if not stencils.ANY_PLACE.search(steps) and not any(0xD800 <= ord(char) < 0xE000 for char in steps):
        text = Text("{{ name }}!", "a\n\n{{ name }} 様\n{{ steps }}\n\nb{{ number }}\n")
        both(text, OWN | {"name": name}, steps=steps)


def test_what_keeps_an_own_values_place_is_in_no_value():
    places = "".join(stencils.PLACES.values())
    assert one_line(f"a{places}b") == "a b"
