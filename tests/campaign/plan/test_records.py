from datetime import timedelta

import pytest
from builders import TODAY, make_customer, make_user, noon

from campaign.models import Contact, Note, Tagging
from campaign.plan import records

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
CALL = {"channel": "phone", "minutes": 5, "topic": "how_to", "outcome": "solved"}


@pytest.fixture
def who():
    return {"customer_id": make_customer().pk, "user_id": make_user("suzuki").pk}


def test_a_button_pressed_twice_is_one_contact(who):
    first = records.record(**who, **CALL, now=NOW)
    assert records.record(**who, **CALL, now=NOW + timedelta(seconds=2)) == first
    assert records.record(**who, **CALL | {"minutes": 6}, now=NOW + timedelta(seconds=2)) != first
    assert records.record(**who, **CALL, now=NOW + records.SAME) != first
    assert Contact.objects.count() == 3


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": 601}, {"channel": "fax"}, {"topic": ""}, {"outcome": "fine"}]
)
def test_what_is_not_on_the_form_is_refused(who, wrong):
    with pytest.raises(records.NotPossible):
        records.record(**who, **CALL | wrong, now=NOW)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("text", ["", " \n ", "\0", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(who, text):
    with pytest.raises(records.NotPossible):
        records.write(**who, text=text, now=NOW)


def test_a_note_keeps_its_lines_and_is_one_when_pressed_twice(who):
    note = records.write(**who, text=" calls\r\nagain\0 on Monday ", now=NOW)
    assert note.text == "calls\nagain on Monday"
    assert records.write(**who, text="calls\nagain on Monday", now=NOW) == note


def test_for_ten_minutes_who_wrote_it_takes_it_back(who):
    note = records.write(**who, text="wrong customer", now=NOW)
    mine = {"kind": "note", "pk": note.pk, "user_id": who["user_id"]}
    assert not records.take_back(**mine | {"user_id": make_user("tanaka").pk}, now=NOW)
    assert not records.take_back(**mine, now=NOW + records.TAKE_BACK + timedelta(seconds=1))
    assert not records.take_back(**mine | {"kind": "contact"}, now=NOW)
    assert records.may_take_back(note, now=NOW + records.TAKE_BACK, user_id=who["user_id"])
    assert records.take_back(**mine, now=NOW + records.TAKE_BACK)
    assert not Note.objects.exists() and not records.take_back(**mine, now=NOW)


def test_a_tag_has_one_spelling_and_is_on_once(who):
    assert records.tag(**who, name=" ＶＩＰ　客 ", now=NOW)
    assert not records.tag(**who, name="VIP 客", now=NOW)
    tagging = Tagging.objects.get()
    assert tagging.tag.name == "VIP 客"
    assert records.untag(customer_id=who["customer_id"], tag_id=tagging.tag_id)
    assert not records.untag(customer_id=who["customer_id"], tag_id=tagging.tag_id)
    with pytest.raises(records.NotPossible):
        records.tag(**who, name="x" * 41, now=NOW)
