"""A copy of a text goes to a registered colleague, and leaves no trace in any customer's ledger."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from builders import TODAY, make_campaign, make_user, noon
from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation import gettext
from relays import Relay, running

from campaign.models import Customer, Holdout
from notices import links, staff_copies
from notices.models import Mailing, Notice, StaffCopy, TextVersion

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def campaign():
    return make_campaign()


def make_colleague(name: str, email: str, **given):
    user = make_user(name)
    get_user_model().objects.filter(pk=user.pk).update(email=email, **given)
    return user


@pytest.fixture
def sender():
    return make_colleague("sato", "sato@office.example")


def send(campaign, sender, **given) -> StaffCopy:
    values = {"kind": "reminder", "language": "ja", "version_id": None, "program": "thunderbird"}
    values |= {"recipient_id": sender.pk, "user_id": sender.pk, "now": NOW}
    return staff_copies.send(campaign_id=campaign.pk, **values | given)


def message(relay: Relay):
    """The only one that it got."""
    (letter,) = relay.letters
    return message_from_bytes(letter, policy=policy.default)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("program", ["thunderbird", "outlook-express"])
def test_a_copy_is_marked_and_goes_to_the_colleague_alone(settings, campaign, sender, language, program):
    with running(Relay(), settings) as relay:
        copy = send(campaign, sender, language=language, program=program)
    got = message(relay)
    assert relay.accepted == ["sato@office.example"] and got["To"] == "sato@office.example"
    assert relay.senders == [settings.NOTICE_FROM]
    with translation.override(language):
        assert str(got["Subject"]).startswith(f"{gettext('[Test]')} {settings.PROVIDER_NAME[language]}")
    old = (language, program) == ("ja", "outlook-express")
    assert got.get_content_charset() == ("iso-2022-jp" if old else "utf-8")
    assert (copy.outcome, copy.address, copy.sent_by, copy.recipient) == (
        "accepted",
        "sato@office.example",
        sender,
        sender,
    )
    assert copy.reply.startswith("250") and got["Message-ID"] == f"<{copy.message_id}>"


def test_a_copy_is_in_no_ledger_and_its_link_and_number_open_nothing(settings, campaign, sender):
    with running(Relay(), settings) as relay:
        copy = send(campaign, sender)
    assert not Notice.objects.exists() and not Mailing.objects.exists()
    assert not Customer.objects.exists() and not Holdout.objects.exists()
    token = links.token_for(copy.message_id)
    assert token in message(relay).get_content()
    assert links.notice_of(token, today=TODAY) is None
    assert int(staff_copies.NUMBER) < 100_000_000  # where the numbers of notices begin


def test_the_copy_names_its_version(settings, campaign, sender):
    values = {"kind": "reminder", "language": "en", "number": 1, "subject": "Mine {{ number }}", "body": "{{ name }}\n"}
    version = TextVersion.objects.create(campaign=campaign, written_at=NOW, **values)
    with running(Relay(), settings) as relay:
        copy = send(campaign, sender, language="en", version_id=version.pk)
    assert copy.version == version
    assert "Mine 000-000-000" in message(relay)["Subject"]
    assert message(relay).get_content().strip() == "Hanako Sato"


@pytest.mark.parametrize(
    "given", [{"email": ""}, {"email": "no address"}, {"email": "x@office.example", "is_active": False}]
)
def test_no_copy_goes_to_who_is_not_registered(settings, campaign, sender, given):
    other = make_colleague("tanaka", **given)
    with running(Relay(), settings) as relay:
        with pytest.raises(staff_copies.NotPossible):
            send(campaign, sender, recipient_id=other.pk)
        with pytest.raises(staff_copies.NotPossible):
            send(campaign, sender, recipient_id=999_999)
    assert not relay.letters and not StaffCopy.objects.exists()


def test_after_twenty_copies_within_an_hour_one_waits(settings, campaign, sender):
    with running(Relay(), settings):
        for _ in range(staff_copies.AN_HOUR):
            send(campaign, sender)
        with translation.override("en"), pytest.raises(staff_copies.NotPossible, match="20 copies"):
            send(campaign, sender)
        send(campaign, sender, user_id=make_colleague("tanaka", "t@office.example").pk)
        send(campaign, sender, now=NOW + timedelta(hours=1))
    assert StaffCopy.objects.count() == staff_copies.AN_HOUR + 2


def test_a_relay_that_is_not_there_is_said(settings, campaign, sender):
    settings.RELAY_PORT = 1
    copy = send(campaign, sender)
    assert copy.outcome == "not_sent" and copy.reply
