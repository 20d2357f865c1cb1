import pytest
from django.utils import translation

from notices.audience import EVERYBODY, Audience, NotAnAudience, choices, kept, read
from notices.models import Mailing


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_what_staff_chose_is_read_and_kept_as_they_chose_it():
    chosen = {
        "standings": ["mixed"],
        "reasons": ["auth_failed", "unknown"],
        "programs": ["becky", "printer"],
        "waves": [1, "2", 1],
        "languages": ["en"],
    }
    audience = read(chosen, kind="reminder")
    assert audience.as_json() == chosen | {"waves": [1, 2]}
    assert read(audience.as_json(), kind="reminder") == audience


def test_what_was_stored_keeps_its_meaning_when_a_program_has_left_the_catalogue():
    stored = {"programs": ["pine-5"], "waves": [2]}
    assert kept(stored) == Audience(programs=("pine-5",), waves=(2,))
    assert kept({}) == EVERYBODY
    assert kept(read({"languages": ["en"]}, kind="first").as_json()) == Audience(languages=("en",))


def test_nothing_chosen_leaves_nobody_out():
    assert read({}, kind="reminder") == read({"standings": [], "waves": ()}, kind="reminder") == EVERYBODY
    assert not EVERYBODY and EVERYBODY.as_json() == {} and EVERYBODY.takes("holdout")
    assert Audience(waves=(1,))


@pytest.mark.parametrize(
    ("raw", "kind", "field", "says"),
    [
        ([], "reminder", "", "not []"),
        ("mixed", "reminder", "", "'mixed'"),
        ({"standing": ["mixed"]}, "reminder", "standing", "standings, reasons, programs, languages, waves"),
        ({"standings": "mixed"}, "reminder", "standings", "wanted a list"),
        ({"standings": ["moving"]}, "reminder", "standings", "'moving' is not one of holdout, mixed"),
        ({"standings": ["holdout"]}, "thanks", "standings", "is not one of migrated"),
        ({"reasons": ["lazy"]}, "reminder", "reasons", "auth_failed"),
        ({"reasons": [["auth_failed"]]}, "reminder", "reasons", "['auth_failed']"),
        ({"programs": ["pine-5"]}, "reminder", "programs", "thunderbird"),
        ({"languages": ["fr"]}, "reminder", "languages", "ja, en"),
        ({"waves": [0]}, "reminder", "waves", "0 is not the number of a wave"),
        ({"waves": [True]}, "reminder", "waves", "True"),
        ({"waves": ["１"]}, "reminder", "waves", "'１'"),
        ({"waves": [1.5]}, "reminder", "waves", "1.5"),
        ({"waves": [99999]}, "reminder", "waves", "99999"),
        ({"waves": 1}, "reminder", "waves", "wanted a list"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(raw, kind, field, says):
    with pytest.raises(NotAnAudience) as error:
        read(raw, kind=kind)
    assert error.value.field == field
    assert says in str(error.value)


@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_every_kind_takes_all_of_its_choices(kind):
    everything = {field: list(names) for field, names in choices(kind).items()}
    assert read(everything, kind=kind).as_json() == everything
