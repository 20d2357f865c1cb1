"""Versions of a text: written, restored, approved by a second person; ours before all of them."""

from datetime import date

import pytest
from brands import two_brands
from builders import TODAY, make_campaign, make_user, noon
from django.db import IntegrityError, transaction
from django.utils import translation

from notices import texts
from notices.models import Mailing, TextVersion
from notices.placeholders import examples
from notices.text_checks import Severity

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
KIND = {"kind": "reminder", "language": "en"}
GOOD = (
    "Dear customer,\n\nthis is {{ provider }}. Until {{ until }}, please change one setting.\n\n"
    "From {{ cutoff }} on, the old way stops.\n\nYour number: {{ number }}\n\nPhone: {{ phone }}\n\n"
    "We never ask for your password.\n"
)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def write(campaign):
    def write(body: str = GOOD, *, after: int, subject: str = "{{ provider }}: sending mail", **given) -> TextVersion:
        values = KIND | {"campaign_id": campaign.pk, "now": NOW} | given
        return texts.write(subject=subject, body=body, after=after, **values)

    return write


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_there_is_a_text_of_ours_for_every_kind_in_both_languages(kind, language):
    ours = texts.ours(kind, language)
    filled = texts.fill(ours, examples(language))
    assert filled.subject.startswith({"ja": "みほんネット", "en": "Mihon Net"}[language])
    assert "{" not in filled.subject + filled.body
    assert ours.number == 0


def test_before_anything_is_written_ours_is_what_goes_out_and_what_is_edited(campaign):
    assert texts.current(campaign, "reminder", "en") == texts.ours("reminder", "en")
    assert texts.newest(campaign, "reminder", "en") == texts.ours("reminder", "en")


def test_versions_are_counted_for_each_campaign_kind_and_language(campaign, write):
    assert [write(after=0).number, write(after=1).number] == [1, 2]
    assert write(after=0, language="ja").number == 1
    assert write(after=0, kind="first").number == 1
    assert write(after=0, campaign_id=make_campaign(name="local_port25").pk).number == 1
    assert [each.number for each in texts.versions(campaign, "reminder", "en")] == [2, 1]


def test_an_edit_is_the_newest_and_goes_out_only_when_approved(campaign, write):
    writer, second = make_user("writer"), make_user("second")
    version = write(after=0, user_id=writer.pk)
    assert texts.newest(campaign, "reminder", "en").number == 1
    assert texts.current(campaign, "reminder", "en").number == 0
    texts.approve(version_id=version.pk, now=NOW, user_id=second.pk)
    assert texts.current(campaign, "reminder", "en").version == version
    version.refresh_from_db()
    assert (version.approved_by, version.approved_at, version.written_by) == (second, NOW, writer)
    write("Later " + GOOD, after=1, user_id=writer.pk)
    assert texts.current(campaign, "reminder", "en").number == 1


def test_whoever_wrote_a_text_cannot_approve_it(write):
    writer = make_user("writer")
    version = write(after=0, user_id=writer.pk)
    with pytest.raises(texts.NotPossible, match="a second person has to"):
        texts.approve(version_id=version.pk, now=NOW, user_id=writer.pk)
    assert not TextVersion.objects.filter(approved_at__isnull=False).exists()


def test_approving_twice_keeps_the_first_name(write):
    version, first, second = write(after=0), make_user("first"), make_user("second")
    texts.approve(version_id=version.pk, now=NOW, user_id=first.pk)
    with pytest.raises(texts.NotPossible, match="approved already"):
        texts.approve(version_id=version.pk, now=NOW, user_id=second.pk)
    version.refresh_from_db()
    assert version.approved_by == first


def test_a_text_with_an_error_is_saved_as_a_draft_but_not_approved(campaign, write):
    version = write(GOOD + "\nThis is URGENT.\n", after=0)
    found = texts.findings(texts.newest(campaign, "reminder", "en"), campaign=campaign, **KIND)
    assert [(each.severity, each.code) for each in found] == [(Severity.ERROR, "alarm_word")]
    for step in (texts.ask_for_approval, texts.approve):
        with pytest.raises(texts.NotPossible, match="cannot be approved yet: “URGENT” frightens"):
            step(version_id=version.pk, now=NOW, user_id=make_user(step.__name__).pk)


def test_an_address_of_any_of_the_brands_is_our_own(campaign, write, settings, tmp_path):
    write(GOOD + "\nhttps://www.aozora.example/mail\n", after=0)

    def said() -> list[str]:
        return [
            each.sentence
            for each in texts.findings(texts.newest(campaign, "reminder", "en"), campaign=campaign, **KIND)
        ]

    alone = said()
    two_brands(settings, tmp_path)
    assert [sentence for sentence in alone if sentence not in said()]
    assert len(said()) == len(alone) - 1


def test_a_warning_does_not_stand_in_the_way(write):
    version = write(GOOD + "\nIt is a free setting.\n", after=0)
    texts.approve(version_id=version.pk, now=NOW, user_id=make_user("second").pk)


def test_a_date_that_was_moved_makes_an_old_text_wrong(campaign, write):
    version = write(GOOD + "\nIt is due on March 31.\n", after=0)
    before = campaign.cutoff_on
    campaign.cutoff_changes.create(changed_at=NOW, old=before, new=date(2027, 6, 30), reason="a contract")
    campaign.cutoff_on = date(2027, 6, 30)
    campaign.save()
    with pytest.raises(texts.NotPossible, match="“March 31” is an old date: the cut-off is Wednesday, June 30, 2027"):
        texts.approve(version_id=version.pk, now=NOW, user_id=make_user("second").pk)


def test_approval_is_asked_for_once(write):
    version, writer = write(after=0), make_user("writer")
    texts.ask_for_approval(version_id=version.pk, now=NOW, user_id=writer.pk)
    version.refresh_from_db()
    assert (version.asked_at, version.asked_by) == (NOW, writer)
    with pytest.raises(texts.NotPossible, match="asked for already"):
        texts.ask_for_approval(version_id=version.pk, now=NOW, user_id=writer.pk)


def test_two_who_edit_the_same_version_do_not_overwrite_each_other(write):
    write("first " + GOOD, after=0)
    with pytest.raises(texts.NotPossible, match="written version 1 in the meantime"):
        write("second " + GOOD, after=0)
    assert TextVersion.objects.get().body.startswith("first")


def test_two_who_save_at_the_same_moment_do_not_either(campaign, write, monkeypatch):
    write("first " + GOOD, after=0)
    monkeypatch.setattr(TextVersion.objects.none().__class__, "first", lambda rows: None)  # looked before it was there
    with pytest.raises(texts.NotPossible, match="written version 1 in the meantime"):
        write("second " + GOOD, after=0)
    assert TextVersion.objects.get().body.startswith("first")


def test_nobody_jumps_ahead(write):
    with pytest.raises(texts.NotPossible):
        write(after=7)


def test_the_database_keeps_one_version_of_each_number(write):
    version = write(after=0)
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_an_old_version_comes_back_as_a_new_one_that_has_to_be_approved(campaign, write):
    old = write("old " + GOOD, after=0)
    texts.approve(version_id=old.pk, now=NOW, user_id=make_user("second").pk)
    write("new " + GOOD, after=1)
    restored = texts.restore(campaign_id=campaign.pk, number=1, now=NOW, **KIND)
    assert (restored.number, restored.body, restored.restored_from, restored.approved_at) == (3, old.body, old, None)
    assert restored.remark == "from version 1"
    assert texts.current(campaign, "reminder", "en").number == 1


def test_ours_can_be_restored_too(campaign, write):
    write(after=0)
    restored = texts.restore(campaign_id=campaign.pk, number=0, now=NOW, **KIND)
    ours = texts.ours("reminder", "en")
    assert (restored.number, restored.subject, restored.body) == (2, ours.subject, ours.body)
    assert (restored.restored_from, restored.remark) == (None, "from ours, as it came")


def test_a_version_that_is_not_there_cannot_be_restored(campaign):
    with pytest.raises(texts.NotPossible, match="no version 4"):
        texts.restore(campaign_id=campaign.pk, number=4, now=NOW, **KIND)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"subject": "x" * 201}, "201 characters long; at most 200"),
        ({"body": "x" * 20_001}, "at most 20000"),
        ({"remark": "x" * 201}, "at most 200"),
        ({"subject": "  "}, "needs a subject"),
        ({"body": "\n \n"}, "needs a body"),
    ],
)
def test_a_text_has_its_bounds(write, given, wanted):
    with pytest.raises(texts.NotPossible, match=wanted):
        write(after=0, **given)
    assert not TextVersion.objects.exists()


def test_what_cannot_be_filled_in_is_not_saved(write):
    with pytest.raises(texts.NotPossible, match="Line 3: there is no placeholder “nmae”; did you mean"):
        write("a\n\n{{ nmae }}\n", after=0)
    with pytest.raises(texts.NotPossible, match="Line 1"):
        write(after=0, subject="{{ nmae }}")
    assert not TextVersion.objects.exists()


def test_what_nobody_sees_is_left_out(write):
    version = write("\n\na \r\nb\u200b\x00\t\r\n　c\n\n\n", after=0, subject=" a\r\nb ", remark=" the\n date ")
    assert (version.subject, version.body, version.remark) == ("a b", "a\nb\n　c\n", "the date")


def test_our_texts_are_kept_as_a_version_would_be(campaign):
    for kind in Mailing.Kind.values:
        version = texts.restore(campaign_id=campaign.pk, kind=kind, language="ja", number=0, now=NOW)
        ours = texts.ours(kind, "ja")
        assert (version.subject, version.body) == (ours.subject, ours.body)
