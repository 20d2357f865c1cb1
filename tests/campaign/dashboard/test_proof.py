"""The evidence of a day: words for every rule, in both languages, and nobody else's name."""

import gzip
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from builders import make_campaign, make_customer, make_holdout, make_use
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext as _
from loglines import NOON, login, message, minutes, smtpd

from campaign.dashboard import proof_words
from campaign.dashboard.proof import evidence, in_words, texts
from campaign.models import Customer
from campaign.submissions import intake
from campaign.submissions.proof import Rule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = NOON.date()
HANAKO, TARO, HOME, OFFICE = "hanako@isp.example", "taro@isp.example", "198.51.100.7", "10.64.0.9"
FAR = "friend@elsewhere.example"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


@pytest.fixture
def read(tmp_path):
    """Reads and counts lines as `maillog`; returns the customer that they are about."""

    def run(*lines: str, of: str = HANAKO) -> Customer:
        path = tmp_path / "maillog"
        path.write_text("".join(lines))
        report = intake.read([path], now=NOW)
        intake.attribute(report.days, now=NOW)
        return Customer.objects.get(login=of)

    return run


def page(staff, customer: Customer, day: date = DAY) -> str:
    response = staff.get(f"/staff/customers/{customer.pk}/proof/{day.isoformat()}/")
    assert response.status_code == 200
    return response.content.decode().replace("&#39;", "'")


def told(customer: Customer) -> list[str]:
    """What the agent reads out about the only message."""
    whose = evidence(customer, DAY).whose
    (shown,) = in_words(whose.proofs, whose, texts(whose.proofs, whose))
    return shown.sentences


OLD_WAY = f"At 12:05, mail was sent from the internet address {HOME} without a user name and a password: the old way."
OUTSIDE = "It went to somebody outside our mail system."
PROBABLE = "What is only probable counts from the second day on."


def test_smtp_auth_in_words(read):
    assert told(read(message(HOME, HANAKO, FAR, sasl=HANAKO, at=minutes(5)))) == [
        f"At 12:05, mail was sent from the internet address {HOME} with a user name and a password: the new way.",
        "The user name was that of your mailbox, and the password was right.",
    ]


def test_one_candidate_in_words(read):
    assert told(read(login(HANAKO, HOME, minutes(2)), message(HOME, HANAKO, FAR, at=minutes(5)))) == [
        OLD_WAY,
        "In the 30 minutes before, mail was collected from this address for one mailbox only: yours, last at 12:02. "
        "So this mail was yours.",
        OUTSIDE,
    ]


def test_mail_to_a_neighbour_in_words(read):
    said = told(read(login(HANAKO, HOME, minutes(2)), message(HOME, HANAKO, TARO, at=minutes(5))))
    assert said[2] == "It went to mailboxes here only, with your address as the sender."


@pytest.mark.parametrize(
    ("others", "words"), [(["taro"], "for 1 other mailbox."), (["taro", "akira"], "for 2 other mailboxes.")]
)
def test_several_candidates_in_words(read, others, words):
    logins = [login(f"{name}@isp.example", HOME) for name in others]
    said = told(read(*logins, login(HANAKO, HOME, minutes(2)), message(HOME, HANAKO, FAR, at=minutes(5))))
    assert said == [
        OLD_WAY,
        "In the 30 minutes before, mail was collected from this address for your mailbox, last at 12:02, and "
        f"{words} The sender is your address. So this mail was probably yours.",
        OUTSIDE,
        PROBABLE,
    ]


def test_a_crowded_address_in_words(read):
    crowd = [login(f"guest{number}@isp.example", HOME, minutes(-60)) for number in range(25)]
    said = told(read(*crowd, login(HANAKO, HOME, minutes(2)), message(HOME, HANAKO, FAR, at=minutes(5))))
    assert said[1] == (
        "In the 30 minutes before, mail was collected from this address for one mailbox only: yours, last at 12:02; "
        "and the sender is your address. But more than 20 mailboxes use this address in a day, as with mobile phones. "
        "So this mail was only probably yours."
    )
    assert said[3] == PROBABLE


def test_an_own_network_in_words(read):
    assert told(read(message(OFFICE, HANAKO, FAR, at=minutes(5)))) == [
        f"At 12:05, mail was sent from {OFFICE}, an address in our own network, without a user name and a password: "
        "the old way.",
        "In the 30 minutes before, nobody collected mail from this address; but the sender is your address. So this "
        "mail was probably yours.",
        OUTSIDE,
        PROBABLE,
    ]


def test_a_refused_password_in_words(read):
    refused = smtpd(f"warning: unknown[{HOME}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", minutes(5))
    said = told(read(login(HANAKO, HOME), refused, message(HOME, HANAKO, FAR, at=minutes(5))))
    assert said[3].startswith("In the same connection, a password had been refused just before")


def test_every_rule_has_words_and_every_class_a_title():
    assert set(proof_words.WHO) | set(proof_words.UNCOUNTED) == set(Rule)
    assert set(proof_words.WAYS) == set(proof_words.TITLES) == set(proof_words.COUNTED)


def test_what_is_held_against_nobody_is_told_as_that(read, staff):
    customer = read(
        message(HOME, HANAKO, FAR, sasl=HANAKO),
        login(HANAKO, HOME),
        message(HOME, TARO, FAR, at=minutes(5)),
        message(HOME, TARO, FAR, at=minutes(6)),
        message("192.0.2.9", HANAKO, FAR, at=minutes(7)),
    )
    text = page(staff, customer)
    assert "2 messages had another customer's address as the sender" in text
    assert "1 message had an address of this customer as the sender, but nobody had collected mail" in text


def test_nobody_elses_name_is_on_the_page(read, staff):
    customer = read(
        login(TARO, HOME),
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(5)),
        message(HOME, TARO, FAR, at=minutes(6)),
        message(HOME, TARO, FAR, at=minutes(7), sasl=HANAKO, extra=f", sasl_sender={TARO}"),
    )
    text = page(staff, customer)
    assert "t***@isp.example" in text and "sasl_sender=…@…" in text
    assert "taro" not in text and "friend@" not in text


def test_the_lines_are_shown_as_the_log_has_them_and_otherwise_as_they_were_kept(read, staff, tmp_path):
    customer = read(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5), qid="9F2B3C4D5E"))
    text = page(staff, customer)
    assert f"9F2B3C4D5E: client=unknown[{HOME}]" in text and "maillog, line 2" in text
    (tmp_path / "maillog").rename(tmp_path / "maillog.1")
    assert "maillog.1, line 2" in page(staff, customer)
    (tmp_path / "maillog.1.gz").write_bytes(gzip.compress((tmp_path / "maillog.1").read_bytes()))
    (tmp_path / "maillog.1").unlink()
    assert "maillog.1.gz, line 2" in page(staff, customer)
    (tmp_path / "maillog.1.gz").unlink()
    text = page(staff, customer)
    assert f"2026-05-04 12:05:00 mx1 smtpd: accepted, pid=100, queue_id=9F2B3C4D5E, ip={HOME}" in text
    assert "the line itself is not at hand; this was kept of it" in text


def test_what_strangers_wrote_is_shown_as_text(read, staff):
    nasty = "<script>alert(1)</script>\x1b[2J"
    customer = read(login(HANAKO, HOME), message(HOME, f"{nasty}@elsewhere.example", FAR, at=minutes(5), program=nasty))
    text = page(staff, customer)
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text
    assert "\x1b" not in out("explain", HANAKO)


def test_past_the_retention_nothing_is_shown_and_no_link_leads_there(read, staff, settings):
    customer = read(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5)))
    make_holdout(make_campaign(), customer)
    address = f"/staff/customers/{customer.pk}/proof/2026-05-04/"
    assert address in staff.get(f"/staff/customers/{customer.pk}/").content.decode()
    settings.RETENTION_DAYS = 1
    assert "The lines of this day are gone: they are kept for 1 days." in page(staff, customer)
    assert HOME not in page(staff, customer)
    assert address not in staff.get(f"/staff/customers/{customer.pk}/").content.decode()
    with pytest.raises(CommandError, match="are gone"):
        out("explain", HANAKO, "--day", "2026-05-04")


def test_numbers_that_the_lines_do_not_give_are_said_to_be_doubtful(read, staff):
    customer = read(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5)))
    assert "give other numbers" not in page(staff, customer)
    make_customer("new@isp.example", addresses=(TARO,))  # now there is a list, and Hanako's address is not in it
    assert "give other numbers" not in page(staff, customer)
    make_use(customer, "smtp_auth", DAY, submissions=3)
    assert "give other numbers" in page(staff, customer)


def test_a_day_without_mail_and_a_day_that_is_none(read, staff):
    customer = read(message(HOME, HANAKO, FAR, sasl=HANAKO))
    assert "Nothing was counted" in page(staff, customer, date(2026, 5, 3))
    for day in ("2026-05-07", "2026-02-30", "yesterday", "20260504"):
        assert staff.get(f"/staff/customers/{customer.pk}/proof/{day}/").status_code == 404
    assert staff.get("/staff/customers/999999/proof/2026-05-04/").status_code == 404


def test_the_page_needs_a_login_and_stays_out_of_caches(read, client, staff):
    customer = read(message(HOME, HANAKO, FAR, sasl=HANAKO))
    address = f"/staff/customers/{customer.pk}/proof/2026-05-04/"
    assert "no-store" in staff.get(address)["Cache-Control"]
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(("language", "twice"), [("ja", True), ("en", False)])
def test_what_is_read_out_is_in_the_customers_language_with_the_agents_beside_it(read, staff, language, twice):
    customer = read(message(HOME, HANAKO, FAR, sasl=HANAKO))
    Customer.objects.update(language=language)
    text = page(staff, customer)
    with translation.override(language):
        said = _("The user name was that of your mailbox, and the password was right.")
    read_out = text.partition(f'<div lang="{language}">')[2].partition("</div>")[0]
    assert said in read_out
    assert text.count("The user name was that of your mailbox, and the password was right.") == 1
    assert ("in your language:" in text) is twice


def test_many_messages_are_paged(read, staff):
    customer = read(*(message(HOME, HANAKO, FAR, sasl=HANAKO, at=minutes(number)) for number in range(45)))
    text = page(staff, customer)
    assert "45 messages with a user name and a password" in text
    assert text.count("To read out") == 20 and "Page 1 of 3" in text


# --- The command ---------------------------------------------------------------------------------


def out(*words: str) -> str:
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


def test_the_command_tells_the_last_day_with_its_lines(read):
    read(
        message(HOME, HANAKO, FAR, sasl=HANAKO, at=minutes(-2000)),
        login(TARO, HOME),
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(5), qid="9F2B3C4D5E", program="Mozilla Thunderbird"),
    )
    with translation.override("ja"):
        text = out("explain", "Hanako")
    assert text.startswith(f"{HANAKO}, 2026-05-04: 1 message the old way\n")
    assert "12:05 The old way (several-candidates-sender, probable)" in text
    assert "[maillog:8] May  4 12:05:00 mx1 postfix/smtpd[100]: 9F2B3C4D5E: client=unknown[198.51.100.7]" in text
    assert "Others who collected mail there: t***@isp.example" in text
    assert "2026-05-03" in out("explain", HANAKO, "--since", "2026-05-01")


def test_the_command_gives_the_words_of_both_languages_as_json(read):
    read(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5)))
    (day,) = json.loads(out("explain", HANAKO, "--day", "2026-05-04", "--json"))["days"]
    (one,) = day["submissions"]
    assert (day["day"], day["counted"], day["agrees"]) == ("2026-05-04", {"pop_before_smtp": 1}, True)
    assert (one["time"], one["rule"], one["attribution"]) == ("2026-05-04T12:05:00+09:00", "one-candidate", "confirmed")
    assert [(line["proves"], line["file"], line["line"]) for line in one["lines"]] == [
        ("login", "maillog", 1),
        ("accepted", "maillog", 2),
    ]
    assert one["words"]["en"][0] == OLD_WAY
    assert set(one["words"]) == {"en", "ja"}


def test_the_command_knows_a_customer_by_an_address_and_nobody_else(read):
    customer = read(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5)))
    customer.addresses.create(address="info@sato.example")
    assert out("explain", "info@sato.example").startswith(HANAKO)
    with pytest.raises(CommandError, match="there is no customer nobody"):
        out("explain", "nobody")
    make_customer(TARO)
    assert "no mail was counted" in out("explain", TARO)
