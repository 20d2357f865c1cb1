"""The numbers by mail, over a real SMTP server: each week once, whoever asks, dies or comes twice."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from builders import TODAY, make_user, noon
from databases import database_url
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from relays import Relay, running

from campaign.celery import app
from campaign.dashboard import board_paper, digest
from campaign.models import AuditEntry, Campaign, Customer, DailyCount, Digest, DigestWish, StandingCount
from campaign.tasks import send_digests

ROOT = Path(__file__).resolve().parents[3]
PAGE = "/staff/benefit/mail/"
MONDAY = TODAY - timedelta(days=TODAY.weekday())
NOW = noon(TODAY)  # a Tuesday


@pytest.fixture
def board_member(world):
    user = make_user("sato")
    user.email = "sato@office.example"
    user.save()
    return user


def wish(user, language: str = "en", *, ago: int = 30) -> DigestWish:
    return DigestWish.objects.create(user=user, language=language, since=NOW - timedelta(days=ago))


def read(letter: bytes):
    return message_from_bytes(letter, policy=policy.default)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Data up to Nov. 24, 2026"), ("ja", "2026年11月24日")])
def test_it_has_the_numbers_the_assumptions_and_the_paper_in_the_recipients_language(
    settings, board_member, tmp_path, language, words
):
    wish(board_member, language)
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW) == 1
    (letter,) = relay.letters
    mail = read(letter)
    body = mail.get_body(("plain",)).get_content()
    assert relay.accepted == ["sato@office.example"] and mail["Content-Language"] == language
    assert mail["Auto-Submitted"] == "auto-generated"
    for found in (words, "¥600,000" if language == "en" else "600,000円", "SUPPORT_MINUTE_COST"):
        assert found in body
    assert body.rstrip().endswith(f"{settings.PUBLIC_URL}{PAGE}")  # where it is switched off
    (paper,) = mail.iter_attachments()
    (tmp_path / "board.pdf").write_bytes(paper.get_content())
    told = subprocess.run(["pdfinfo", tmp_path / "board.pdf"], capture_output=True, check=True).stdout.decode()
    assert "Pages:           1\n" in told and paper.get_filename() == f"board-pop-before-smtp-2026-11-24-{language}.pdf"


@pytest.mark.django_db
def test_the_page_names_the_papers_and_lays_out_none(staff, world, monkeypatch):
    def laid_out(_found):
        raise AssertionError("a paper was laid out for the page")

    monkeypatch.setattr("campaign.dashboard.board_paper.pdf", laid_out)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    text = staff.get(PAGE).content.decode()
    assert "Attached: board-pop-before-smtp-2026-11-24-" in text


@pytest.mark.django_db
def test_one_paper_is_laid_out_for_all_who_get_it(settings, world, board_member, monkeypatch):
    wish(board_member)
    other = make_user("suzuki")
    other.email = "suzuki@office.example"
    other.save()
    wish(other)
    laid_out, real = [], board_paper.pdf
    monkeypatch.setattr("campaign.dashboard.board_paper.pdf", lambda found: laid_out.append(found) or real(found))
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW) == len(relay.letters) == 2
    assert len(laid_out) == 1


@pytest.mark.django_db
def test_nothing_of_a_customer_is_in_it(settings, board_member):
    wish(board_member)
    with running(Relay(), settings) as relay:
        digest.send_due(now=NOW)
    body = read(relay.letters[0]).get_body(("plain",)).get_content()
    assert "@" not in body
    assert not any(customer.login.partition("@")[0] in body for customer in Customer.objects.all())


@pytest.mark.django_db
def test_a_week_comes_once_and_the_next_week_comes_again(settings, board_member):
    wish(board_member)
    with running(Relay(), settings) as relay:
        for later in (timedelta(0), timedelta(hours=1), timedelta(days=5)):
            digest.send_due(now=NOW + later)
        assert len(relay.letters) == 1
        digest.send_due(now=NOW + timedelta(days=7))
    assert [row.week for row in Digest.objects.order_by("week")] == [MONDAY, MONDAY + timedelta(days=7)]
    assert len(set(relay.message_ids())) == len(relay.letters) == 2


@pytest.mark.django_db
def test_who_has_just_switched_it_on_left_or_has_no_address_gets_none(settings, board_member, world):
    wish(board_member, ago=0)
    gone, nameless, blind = make_user("gone"), make_user("nameless"), make_user("blind")
    for user in (gone, blind):
        user.email = f"{user}@office.example"
    gone.is_active = False
    blind.user_permissions.clear()
    for user in (gone, nameless, blind):
        user.save()
        wish(user)
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW) == 0
    assert not relay.letters and not Digest.objects.exists()


@pytest.mark.django_db
def test_before_there_is_evidence_nothing_goes_out_and_later_it_is_made_up_for(settings, board_member):
    wish(board_member)
    kept = list(DailyCount.objects.all()), list(StandingCount.objects.all())
    DailyCount.objects.all().delete()
    StandingCount.objects.all().delete()
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW) == 0 and not Digest.objects.exists()
        DailyCount.objects.bulk_create(kept[0])
        StandingCount.objects.bulk_create(kept[1])
        assert digest.send_due(now=NOW + timedelta(hours=1)) == 1
    assert len(relay.letters) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "state", "again"),
    [("450 4.2.0 later", "waiting", 1), ("550 5.1.1 no such user", "refused", 0), ("drop", "waiting", 1)],
)
def test_what_was_certainly_not_taken_goes_again_and_what_was_refused_does_not(
    settings, board_member, reply, state, again
):
    wish(board_member)
    with running(Relay(recipient=lambda address: reply), settings):
        assert digest.send_due(now=NOW) == 0
    assert Digest.objects.get().state == state
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW + timedelta(hours=1)) == again
    assert len(relay.letters) == again


@pytest.mark.django_db
def test_a_connection_that_breaks_while_the_text_goes_over_is_not_tried_again(settings, board_member):
    wish(board_member)
    with running(Relay(content=lambda envelope: "2 then drop"), settings) as relay:
        digest.send_due(now=NOW)
        digest.send_due(now=NOW + timedelta(hours=1))
    assert len(relay.letters) == 1  # the relay had taken it
    assert Digest.objects.get().state == "unknown"


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_one_moment_send_one(settings, board_member):
    wish(board_member)
    ready = threading.Barrier(4)

    def work() -> None:
        try:
            ready.wait(120)
            digest.send_due(now=NOW)
        finally:
            connection.close()

    with running(Relay(), settings) as relay:
        workers = [threading.Thread(target=work) for _ in range(4)]
        for each in workers:
            each.start()
        for each in workers:
            each.join(300)
    assert len(relay.letters) == 1
    assert Digest.objects.get().state == "accepted"


WORKER = """
import os, sys
from datetime import datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
import django
django.setup()
from campaign.celery import app
from campaign.dashboard import digest
digest.send_due(now=datetime.fromisoformat(sys.argv[1]))
"""


def worker(settings) -> subprocess.Popen:
    own = {"DATABASE_URL": database_url(), "DATA": str(django_settings.DATA), "PYTHONPATH": str(ROOT)}
    own |= {"RELAY_HOST": settings.RELAY_HOST, "RELAY_PORT": str(settings.RELAY_PORT)}
    return subprocess.Popen([sys.executable, "-c", WORKER, NOW.isoformat()], env=os.environ | own, cwd=ROOT)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_answer_is_not_followed_by_a_second_mail(settings, board_member):
    wish(board_member)
    asked, killed = threading.Event(), threading.Event()

    def hang(envelope) -> str:
        asked.set()
        killed.wait(120)
        return "250 2.0.0 Ok: queued"

    with running(Relay(content=hang), settings):
        working = worker(settings)
        assert asked.wait(120)
        assert Digest.objects.get().state == "claimed"  # committed before SMTP spoke
        working.send_signal(signal.SIGKILL)
        working.wait(60)
        killed.set()
    with running(Relay(), settings) as relay:
        assert digest.send_due(now=NOW + timedelta(minutes=1)) == 0  # still the dead one's
        after = NOW + settings.NOTICE_LEASE + timedelta(minutes=1)
        assert digest.send_due(now=after) == 0
    assert not relay.letters
    assert Digest.objects.get().state == "unknown"


@pytest.mark.django_db
def test_the_page_switches_it_on_shows_the_mail_and_switches_it_off(client, board_member):
    client.force_login(board_member)
    client.cookies["django_language"] = "en"
    shown = client.get(PAGE).content.decode()
    assert "Switched off." in shown and "sato@office.example" in shown
    assert "Still sending the old way: 4" in shown and "board-pop-before-smtp-2026-11-24-en.pdf" in shown
    assert 'lang="ja"' in client.get(f"{PAGE}?language=ja").content.decode()
    assert client.post(PAGE, {"act": "on", "language": "ja"}).status_code == 303
    assert DigestWish.objects.get().language == "ja"
    assert "The next one: Nov. 30, 2026." in client.get(PAGE).content.decode()
    client.post(PAGE, {"act": "off"})
    assert not DigestWish.objects.exists()
    acts = AuditEntry.objects.filter(kind="digest").order_by("pk").values_list("act", "what")
    assert list(acts) == [("added", "sato"), ("removed", "sato")]


@pytest.mark.django_db
def test_without_an_address_the_page_says_whom_to_ask(client, world):
    client.force_login(make_user("nameless"))
    client.cookies["django_language"] = "en"
    assert "Your account has no mail address" in client.get(PAGE).content.decode()
    client.post(PAGE, {"act": "on", "language": "en"})
    assert not DigestWish.objects.exists()


@pytest.mark.django_db
def test_the_command_sends_shows_lists_and_switches(settings, board_member, capsys):
    call_command("digest", "list")
    assert "Nobody gets the numbers by mail." in capsys.readouterr().out
    call_command("digest", "on", user="sato", language="en")
    DigestWish.objects.update(since=NOW - timedelta(days=30))
    with running(Relay(), settings) as relay:
        call_command("digest", "send")
    call_command("digest", "list")
    call_command("digest", "show", language="en")
    call_command("digest", "off", user="sato")
    told = capsys.readouterr().out
    assert "sent: 1" in told and "sato <sato@office.example> en: 2026-11-23: accepted 250" in told
    assert "Still sending the old way: 4" in told and len(relay.letters) == 1
    assert not DigestWish.objects.exists()
    with pytest.raises(CommandError, match="no user nobody"):
        call_command("digest", "on", user="nobody")


@pytest.mark.django_db
def test_two_campaigns_come_in_one_mail_with_a_paper_each(settings, board_member):
    other = Campaign.objects.create(name="local_port25", starts_on=TODAY, cutoff_on=TODAY + timedelta(days=90))
    for row in StandingCount.objects.all():
        StandingCount.objects.create(campaign=other, day=row.day, standing=row.standing, holdouts=row.holdouts)
    wish(board_member)
    with running(Relay(), settings) as relay:
        digest.send_due(now=NOW)
    names = [part.get_filename() for part in read(relay.letters[0]).iter_attachments()]
    assert names == ["board-local-port25-2026-11-24-en.pdf", "board-pop-before-smtp-2026-11-24-en.pdf"]


@pytest.mark.django_db
def test_beat_has_it_sent_each_hour(settings, board_member, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    wish(board_member)
    with running(Relay(), settings) as relay:
        for _hour in range(2):
            send_digests()
    assert len(relay.letters) == 1
    assert "campaign.tasks.send_digests" in {each["task"] for each in app.conf.beat_schedule.values()}
