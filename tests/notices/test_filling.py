"""What a text may hold; everything else of Jinja2 is refused with the line and what would be right."""

import time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError

from notices.filling import DEEPEST, MOST_USES, WrongText, filled, uses
from notices.placeholders import PLACEHOLDERS, examples, required

VALUES = examples("en")


@pytest.fixture(autouse=True, scope="module")
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Dear {{ name }},", "Dear Hanako Sato,"),
        ("Dear {{name}},", "Dear Hanako Sato,"),
        ("{% if name %}a{% endif %}b", "ab"),
        ("{% if not name %}a{% else %}b{% endif %}", "b"),
        ("{% if name and not confirmed %}a{% elif program %}b{% else %}c{% endif %}", "b"),
        ("{% if name %}\na\n{% else %}\nb\n{% endif %}\nc\n", "a\nc\n"),
        ("  {% if name %}\na\n  {% endif %}\nb", "a\nb"),
        ("a {% if name %}b{% endif %}\nc", "a b\nc"),
        ("100 % { } } {", "100 % { } } {"),
    ],
)
def test_values_and_conditions_are_filled_in(source, text):
    assert filled(source, VALUES) == text


def test_a_value_is_never_read_as_part_of_the_text():
    assert filled("{{ name }}", VALUES | {"name": "{{ number }}{% if x %}"}) == "{{ number }}{% if x %}"


@pytest.mark.parametrize(
    ("source", "line", "wanted"),
    [
        ("a\nb {{ nmae }}", 2, "did you mean {{ name }}?"),
        ("{{ entirely_different }}", 1, "see the list"),
        ("a\n\n{{ name.login }}", 3, "only these forms are understood: {{ name }}"),
        ("{{ name|upper }}", 1, "only these forms"),
        ("{{ name() }}", 1, "only these forms"),
        ("{{ ''.__class__.__mro__ }}", 1, "only these forms"),
        ("{{ name['x'] }}", 1, "only these forms"),
        ("{{ 7 * 7 }}", 1, "only these forms"),
        ("{{ 'text' }}", 1, "only these forms"),
        ("{{ }}", 1, "only these forms"),
        ("{{ name", 1, "only these forms"),
        ("name }}", 1, "only these forms"),
        ("{# a remark #}", 1, "only these forms"),
        ("{% for x in name %}{% endfor %}", 1, "only these forms"),
        ("{% set name = 1 %}", 1, "only these forms"),
        ("{% include 'mail/letter.html' %}", 1, "only these forms"),
        ("{% raw %}{% endraw %}", 1, "only these forms"),
        ("{%- if name -%}{% endif %}", 1, "only these forms"),
        ("{% if name == number %}{% endif %}", 1, "only these forms"),
        ("{% if (name) %}{% endif %}", 1, "only these forms"),
        ("{% if self %}{% endif %}", 1, "there is no placeholder “self”"),
        ("{{ true }}", 1, "there is no placeholder “true”"),
        ("{{ loop }}", 1, "there is no placeholder “loop”"),
        ("{{ confirmed }}", 1, "can only be asked for: {% if confirmed %} … {% endif %}"),
        ("a\n{% if name %}b", 2, "wanted {% endif %} after it"),
        ("a\n{% endif %}", 2, "wanted {% if name %} before it"),
        ("{% else %}", 1, "between {% if name %} and {% endif %}"),
        ("{% if name %}{% else %}{% else %}{% endif %}", 1, "“else” last"),
        ("{% if name %}{% else %}{% elif program %}{% endif %}", 1, "“else” last"),
    ],
)
def test_everything_else_is_refused_with_its_line_and_what_would_be_right(source, line, wanted):
    with pytest.raises(WrongText) as refused:
        filled(source, VALUES)
    assert refused.value.line == line
    assert str(refused.value).startswith(f"Line {line}: ")
    assert wanted in str(refused.value)
    assert source[refused.value.start : refused.value.end]


def test_a_near_name_is_offered_in_the_form_that_stood_there():
    with pytest.raises(WrongText) as refused:
        filled("{% if nane %}x{% endif %}", VALUES)
    assert refused.value.replacement == "{% if name %}"


@given(st.text(alphabet="{}%# \nabcdefgilmnorst_.()[]'|=+", max_size=60))
def test_whatever_stands_in_a_text_it_is_filled_in_or_refused(source):
    try:
        text = filled(source, VALUES)
    except WrongText as refused:
        assert 1 <= refused.line <= source.count("\n") + 1
    except TemplateError as error:  # Jinja2 would have seen what our own reading did not
        pytest.fail(f"{source!r}: {error}")
    else:
        assert "{{" not in text and "{%" not in text


def test_a_text_is_bounded_in_names_depth_and_time():
    assert filled("{{ name }}" * MOST_USES, VALUES).startswith("Hanako")
    with pytest.raises(WrongText, match="more than 200 placeholders"):
        filled("{{ name }}" * (MOST_USES + 1), VALUES)
    deep = "{% if name %}" * DEEPEST + "x" + "{% endif %}" * DEEPEST
    assert filled(deep, VALUES) == "x"
    with pytest.raises(WrongText, match="conditions within each other"):
        filled("{% if name %}" + deep + "{% endif %}", VALUES)
    began = time.process_time()
    for source in ("{" * 20_000, "{{" * 10_000, "{% if " * 3_000, "}}" * 10_000, "{{ " + "a" * 19_000):
        with pytest.raises(WrongText):
            uses(source)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("{{ name }}", False),
        ("{% if name %}{{ name }}{% endif %}", True),
        ("{% if name and program %}{{ name }}{% endif %}", True),
        ("{% if name or program %}{{ name }}{% endif %}", False),
        ("{% if not name %}{{ name }}{% endif %}", False),
        ("{% if name %}{% else %}{{ name }}{% endif %}", False),
        ("{% if name %}{% endif %}{{ name }}", False),
        ("{% if program %}{% elif name %}{{ name }}{% endif %}", True),
        ("{% if name %}{% if program %}{{ name }}{% endif %}{% endif %}", True),
    ],
)
def test_it_is_known_where_a_name_cannot_be_empty(source, asked):
    [use] = [use for use in uses(source) if use.name == "name" and not use.in_condition]
    assert use.asked is asked
    assert source[use.start : use.end] == "{{ name }}"


def test_the_steps_of_ones_own_program_name_the_program():
    [use] = [use for use in uses("{% if has_guide %}{{ program }}{% endif %}") if not use.in_condition]
    assert use.asked


def test_every_placeholder_says_what_it_means_and_shows_how_it_looks():
    for each in PLACEHOLDERS.values():
        assert str(each.meaning)
        assert all(each.example[language] for language in ("ja", "en")) or each.condition
        assert each.name in each.written
    for kind in ("announcement", "first", "reminder", "two_weeks", "three_days", "last_day", "thanks"):
        assert set(required(kind)) <= set(PLACEHOLDERS)
        assert ("cutoff" in required(kind)) is (kind != "thanks")
