import mailbox as stdlib

import pytest
from maillog import accepted
from returned import dsn, plain, sender_of
from rounds import AFTERNOON, clock, numbers, sending, take

from notices.deliveries import bounces, mailbox
from notices.deliveries.message import LONGEST
from notices.models import Notice, ReturnedMail

pytestmark = pytest.mark.django_db
NOW = clock(AFTERNOON)


@pytest.fixture
def box(tmp_path) -> stdlib.Maildir:
    return stdlib.Maildir(tmp_path / "Maildir", create=True)


@pytest.fixture
def notice() -> Notice:
    return accepted(sending().notices.get(), AFTERNOON)


def read(box: stdlib.Maildir) -> mailbox.Report:
    return mailbox.read_all(mailbox.parse(f"maildir:{box._path}"), clock=NOW)


def folders(box: stdlib.Maildir) -> dict[str, int]:
    return {name: len(box.get_folder(name)) for name in box.list_folders()} | {"": len(box)}


def test_each_message_is_read_once_and_put_aside(box, notice):
    box.add(dsn(sender_of(notice)))
    box.add(plain(sender_of(notice), "I did change it.\n", sender="hanako@isp.example"))
    box.add(dsn("notice+nobody@isp.example"))
    report = read(box)
    assert report.kinds == {"failed": 1, "other": 1, "foreign": 1}
    assert report.in_words() == "3 read (failed: 1, foreign: 1, other: 1), 0 left for the next time"
    assert folders(box) == {"": 0, "processed": 1, "unclear": 2}
    assert read(box).kinds == {}
    assert numbers(notice.mailing).bounced == 1


def test_who_dies_before_it_is_put_aside_meets_it_again_and_changes_nothing(box, notice, monkeypatch):
    box.add(dsn(sender_of(notice)))

    def die(self, key, folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(mailbox.Maildir, "put_aside", die)
        read(box)
    assert folders(box) == {"": 1}
    read(box)
    assert folders(box) == {"": 0, "processed": 1}
    assert ReturnedMail.objects.count() == 1
    assert numbers(notice.mailing).bounced == 1


def test_what_is_just_being_sent_stays_for_the_next_time(box):
    notice = sending().notices.get()
    take(notice, now=AFTERNOON)
    box.add(dsn(sender_of(notice)))
    assert read(box).later == 1
    assert folders(box) == {"": 1}
    assert notice.accept("250 Ok", now=AFTERNOON)
    assert read(box).kinds == {"failed": 1}


def test_of_a_huge_message_only_the_beginning_is_held_and_the_file_stays_whole(box, notice, monkeypatch):
    content = dsn(sender_of(notice)) + b"x" * (LONGEST + 5)
    box.add(content)
    held = []
    monkeypatch.setattr(bounces, "take_in", lambda content, now: held.append(len(content)) or ReturnedMail.Kind.FAILED)
    read(box)
    assert held == [LONGEST]
    ((_key, file),) = box.get_folder("processed").items()
    assert len(file.as_bytes()) > LONGEST


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("maildir:/nowhere/at/all", "no maildir"),
        ("maildir:", "neither maildir"),
        ("imap://user:secret@mail.isp.example/", "neither maildir"),
        ("imaps://mail.isp.example/", "neither maildir"),
        ("imaps://user:secret@mail.isp.example:port/", "address is wrong"),
        ("imaps://user:secret/word@mail.isp.example/", "address is wrong"),
        ("imaps://user:secret[@mail.isp.example/", "address is wrong"),
    ],
)
def test_a_wrong_mailbox_says_what_is_wrong_and_no_password(where, words):
    with pytest.raises(mailbox.NoMailbox, match=words) as error:
        mailbox.read_all(mailbox.parse(where), clock=NOW)
    assert "secret" not in str(error.value)


def test_the_parts_of_an_address():
    place = mailbox.parse("imaps://notice%40isp.example:p%2Fw@mail.isp.example:1993/Bounces%2FNew")
    assert (place.user, place.password, place.host, place.port) == (
        "notice@isp.example",
        "p/w",
        "mail.isp.example",
        1993,
    )
    assert place.path == "Bounces/New"
    assert "p/w" not in repr(place)


def test_a_server_that_is_away_is_no_mailbox():
    with pytest.raises(mailbox.NoMailbox, match="ConnectionRefusedError"):
        mailbox.read_all(mailbox.parse("imaps://user:secret@127.0.0.1:9/"), clock=NOW)
