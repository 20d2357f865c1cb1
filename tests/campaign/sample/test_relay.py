import smtplib
from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from ports import free_ports

from campaign.sample import relay
from campaign.sample.postfix_lines import Clock
from campaign.sample.relay import Fate, Journal, Serving, fate_of, lines, serve

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 6, 1)
CLOCK = Clock(DAY, midnight=int(datetime(2026, 6, 1, tzinfo=TOKYO).timestamp()))


@pytest.fixture
def running(tmp_path):
    """(folder, journal, port) of a relay at work."""
    (port,) = free_ports(1)
    server = serve(tmp_path, port=port)
    yield tmp_path, Journal(tmp_path), port
    server.stop()


def send(port, to, *, number=1):
    mail = EmailMessage()
    mail["Date"] = "Mon, 01 Jun 2026 09:00:05 +0900"
    mail["Message-ID"] = f"<notice.pbs.2026-06.{number}@isp.example>"
    mail.set_content("お知らせ")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(mail, "notice+1@isp.example", [to])


def address_with(fate):
    return next(f"a{n}@isp.example" for n in range(5000) if fate_of(f"a{n}@isp.example") == fate)


def test_a_mail_is_kept_and_remembered_by_its_own_date(running):
    folder, journal, port = running
    send(port, address_with(Fate.DELIVERED))
    (caught,) = journal.since(0)
    assert caught.at == int(datetime(2026, 6, 1, 9, 0, 5, tzinfo=TOKYO).timestamp())
    assert caught.message_id == "notice.pbs.2026-06.1@isp.example"
    assert len(list((folder / "mail/new").iterdir())) == 1
    assert Journal(folder).entries == [caught]


def test_only_the_newest_mails_are_kept(running, monkeypatch):
    monkeypatch.setattr(relay, "KEPT", 2)
    folder, _, port = running
    for number in range(4):
        send(port, "a@isp.example", number=number)
    kept = [path.read_bytes() for path in sorted((folder / "mail/new").iterdir())]
    assert len(kept) == 2 and b"2026-06.3@" in kept[-1]


@pytest.mark.parametrize(
    ("fate", "statuses"),
    [(Fate.DELIVERED, ["sent"]), (Fate.BOUNCED, ["bounced"]), (Fate.LATE, ["deferred", "sent"])],
)
def test_the_log_tells_what_became_of_it(running, fate, statuses):
    _, journal, port = running
    send(port, address_with(fate))
    mail, _ = lines(journal.since(0)[0], CLOCK)
    assert [line.partition("status=")[2].split()[0] for line in mail if "status=" in line] == statuses
    assert any("message-id=<notice.pbs.2026-06.1@isp.example>" in line for line in mail)
    assert mail[0].startswith("Jun  1 09:00:05 mx1 postfix/smtpd[")
    assert mail[-1].endswith(": removed")


def test_in_a_process_of_its_own_it_says_when_the_port_is_taken(tmp_path):
    (port,) = free_ports(1)
    with Serving(tmp_path, port=port) as serving:
        send(port, "a@isp.example")
        assert serving.is_alive and len(Journal(tmp_path).entries) == 1
        with pytest.raises(OSError, match="Address already in use"):
            Serving(tmp_path, port=port)
    assert not serving.is_alive


def test_a_journal_line_that_was_cut_off_is_not_there(tmp_path):
    (tmp_path / "relay-journal.jsonl").write_bytes(b'{"at": 1, "message')
    assert Journal(tmp_path).entries == []
    server = serve(tmp_path, port=free_ports(1)[0])
    server.stop()
    assert (tmp_path / "relay-journal.jsonl").read_bytes() == b""


def test_a_caught_mail_shows_its_envelope_sender_as_a_delivery_leaves_it(running):
    folder, _journal, port = running
    send(port, address_with(Fate.DELIVERED))
    (kept,) = (folder / "mail" / "new").iterdir()
    assert kept.read_bytes().startswith(b"Return-Path: <notice+1@isp.example>\r\nDate: ")
