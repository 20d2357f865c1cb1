import re
import ssl
import subprocess
from datetime import timedelta
from itertools import cycle

import pytest
from aiosmtpd.smtp import AuthResult
from builders import make_customer
from relays import Relay, nobody_there, refusing, running
from rounds import AFTERNOON, DAY, at, clock, numbers, sending, state_of

from campaign.models import Customer, Exemption, Holdout
from notices import links, mailings
from notices.dispatch import send_batch
from notices.models import Attempt, Mailing, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis", "a_fast_pace")]


def send(mailing: Mailing, *, now=AFTERNOON, limit: int = 100) -> int:
    return send_batch(mailing_id=mailing.pk, clock=clock(now), limit=limit)


def one(mailing: Mailing) -> Notice:
    return Notice.objects.get(mailing=mailing)


def test_every_notice_of_a_mailing_reaches_the_relay_once(settings):
    mailing = sending(5)
    with running(Relay(), settings) as relay:
        assert send(mailing) == 5
        assert send(mailing) == 0
    assert sorted(relay.accepted) == sorted(Customer.objects.values_list("login", flat=True))
    assert relay.connections == 1
    assert numbers(mailing).accepted == 5


def test_the_ledger_keeps_the_relays_words(settings):
    mailing = sending()
    with running(Relay(), settings) as relay:
        send(mailing)
    notice = one(mailing)
    assert (notice.state, notice.reply, notice.attempts) == ("accepted", "250 2.0.0 Ok: queued as 4XyzQ1", 1)
    assert notice.accepted_at and notice.ended_at and notice.claimed_at
    assert relay.message_ids() == {notice.message_id: 1}
    assert [links.number_of_bounce(sender) for sender in relay.senders] == [notice.number]


def test_a_mailing_finishes_by_itself_when_nothing_waits(settings):
    mailing = sending(3)
    with running(Relay(), settings):
        send(mailing, limit=2)
        assert state_of(mailing) == "sending"
        send(mailing)
    assert state_of(mailing) == "finished"


def test_a_chunk_that_stops_for_trouble_that_others_do_not_have_goes_on_with_the_next(settings, monkeypatch):
    """The envelope behind the deferred letter has gone over already: it must not stand in the way."""
    mailing = sending(4)
    replies = cycle(["450 4.7.1 later", *["250 2.0.0 Ok"] * 9])
    monkeypatch.setattr("notices.dispatch.Batch._trouble", lambda batch, attempts: attempts[-1] == Attempt.DEFERRED)
    with running(Relay(in_groups=True, content=lambda envelope: next(replies)), settings) as relay:
        assert send(mailing) == 3
    assert len(relay.letters) == 3
    found = numbers(mailing)
    assert (found.accepted, found.waiting, found.unknown) == (3, 1, 0)


def test_who_has_moved_since_is_withdrawn_at_the_last_moment(settings):
    mailing = sending(4)
    moved, left, exempt, silent = Holdout.objects.order_by("pk")
    Holdout.objects.filter(pk=moved.pk).update(standing="moving")
    Holdout.objects.filter(pk=silent.pk).update(standing="silent")
    Exemption.objects.create(
        campaign=mailing.campaign, customer=exempt.customer, reason="in hospital", from_day=DAY, until=DAY
    )
    with running(Relay(), settings) as relay:
        assert send(mailing) == 1
    assert relay.accepted == [left.customer.login]
    replies = dict(Notice.objects.filter(state="withdrawn").values_list("holdout", "reply"))
    assert replies == {
        moved.pk: "has moved, the quiet days are not over",
        exempt.pk: "exempt at the moment",
        silent.pk: "sends no mail any more",
    }
    assert numbers(mailing).withdrawn == 3
    assert state_of(mailing) == "finished"


def test_a_notice_goes_out_in_the_language_that_the_customer_has_now(settings):
    mailing = sending()
    Customer.objects.update(language="en", client_program="outlook")
    with running(Relay(), settings) as relay:
        send(mailing)
    assert b"Content-Language: en" in relay.letters[0]
    assert (one(mailing).language, one(mailing).client_program) == ("en", "outlook")


def test_a_refusal_is_final_and_keeps_its_text(settings):
    mailing = sending(2)
    bad = Customer.objects.first().login
    with running(Relay(recipient=refusing(bad, reply="550 5.1.1 no such user")), settings) as relay:
        assert send(mailing) == 1
    assert bad not in relay.accepted
    assert Notice.objects.get(state="refused").reply == "550 5.1.1 no such user"
    assert numbers(mailing).refused == 1


def test_a_refusal_after_the_text_is_final_too(settings):
    mailing = sending()
    with running(Relay(content=lambda envelope: "554 5.6.0 not like this"), settings):
        send(mailing)
    assert (one(mailing).state, one(mailing).reply) == ("refused", "554 5.6.0 not like this")


def test_a_deferred_notice_waits_longer_each_time(settings):
    mailing = sending()
    with running(Relay(content=lambda envelope: "451 4.3.0 later"), settings):
        send(mailing)
        first = one(mailing)
        assert (first.state, first.reply) == ("waiting", "451 4.3.0 later")
        assert first.send_after - AFTERNOON >= timedelta(minutes=5)
        assert send(mailing) == 0
        assert one(mailing).attempts == 1
        send(mailing, now=first.send_after)
        assert one(mailing).send_after - first.send_after >= timedelta(minutes=15)
    with running(Relay(), settings):
        send(mailing, now=at(10, day=DAY + timedelta(days=1)))
    assert numbers(mailing).accepted == 1


def test_a_relay_that_does_not_take_our_mail_refuses_no_notice(settings):
    mailing = sending(9)
    with running(Relay(recipient=refusing(reply="554 5.7.1 Relay access denied")), settings):
        send(mailing)
    assert numbers(mailing).waiting == 9
    mailing.refresh_from_db()
    assert (mailing.state, "Relay access denied" in mailing.pause_reason) == ("paused", True)
    assert sum(Notice.objects.values_list("attempts", flat=True)) == 5


def test_a_connection_cut_before_the_text_loses_nothing(settings):
    mailing = sending(3)
    with running(Relay(recipient=refusing(reply="drop")), settings):
        send(mailing)
    assert numbers(mailing).waiting == 3
    assert not Notice.objects.filter(state="claimed").exists()
    with running(Relay(), settings) as relay:
        send(mailing, now=AFTERNOON + timedelta(minutes=2))
    assert len(relay.accepted) == 3


@pytest.mark.parametrize(
    "relay",
    [Relay(begin=lambda envelope: "drop"), Relay(content=lambda envelope: "2 then drop")],
    ids=["after the 354", "before the reply"],
)
def test_a_connection_cut_within_the_text_leaves_the_notice_claimed(settings, relay):
    mailing = sending(2)
    with running(relay, settings):
        assert send(mailing) == 0
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["claimed", "waiting"]
    assert numbers(mailing).waiting == 2
    assert state_of(mailing) == "sending"


def test_a_relay_that_closes_takes_the_notice_later(settings):
    mailing = sending(2)
    with running(Relay(sender=lambda address: "421 4.7.0 too many messages"), settings):
        send(mailing)
    assert numbers(mailing).waiting == 2
    assert sum(Notice.objects.values_list("attempts", flat=True)) == 1


def test_without_a_relay_nothing_is_claimed_and_the_mailing_pauses_with_the_reason(settings):
    mailing = sending(2)
    with nobody_there(settings):
        for _ in range(5):
            assert state_of(mailing) == "sending"
            assert send(mailing) == 0
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert "refused" in mailing.pause_reason
    assert not Notice.objects.exclude(state="waiting", attempts=0).exists()
    mailings.resume(mailing_id=mailing.pk, now=AFTERNOON)
    with running(Relay(), settings):
        assert send(mailing) == 2
    assert state_of(mailing) == "finished"


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 <{address}>: {login} is no user here", '550 5.1.1 {address} "{login}"@isp.example unknown']
)
def test_a_pause_and_the_log_name_nobody_while_the_ledger_keeps_the_relays_words(settings, caplog, reply):
    mailing = sending(30)
    refused = cycle([False, True])

    def answer(address: str) -> str:
        words = reply.format(address=address, login=address.partition("@")[0])
        return words if next(refused) else "250 2.1.5 Ok"

    with running(Relay(recipient=answer), settings), caplog.at_level("INFO"):
        send(mailing)
    mailing.refresh_from_db()
    said = Notice.objects.filter(state="refused").values_list("reply", flat=True)
    logins = set(Customer.objects.values_list("login", flat=True))
    names = {login.partition("@")[0] for login in logins}
    assert all(any(login in words for login in logins) for words in said) and len(said) == 10
    assert mailing.state == "paused" and "550 5.1.1" in mailing.pause_reason and "…@…" in mailing.pause_reason
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("notices.")]
    assert f"mailing {mailing.pk} paused" in " ".join(logged)
    for words in (mailing.pause_reason, *logged):
        assert not [name for name in names if re.search(rf"\b{name}\b", words)]


def test_too_many_errors_pause_the_mailing(settings):
    mailing = sending(30)
    every_second = cycle(["550 5.1.1 no such user", "250 2.1.5 Ok"])
    with running(Relay(recipient=lambda address: next(every_second)), settings):
        send(mailing)
    mailing.refresh_from_db()
    assert (mailing.state, "no such user" in mailing.pause_reason) == ("paused", True)
    report = numbers(mailing)
    assert (report.refused, report.accepted, report.waiting) == (10, 9, 11)


def test_a_few_errors_do_not_pause_it(settings):
    mailing = sending(30)
    refused = [*Customer.objects.values_list("login", flat=True)][:9]
    with running(Relay(recipient=refusing(*refused, reply="550 5.1.1 no such user")), settings):
        send(mailing)
    assert (state_of(mailing), numbers(mailing).refused) == ("finished", 9)


def pause(mailing: Mailing) -> None:
    mailings.pause(mailing_id=mailing.pk, reason="lunch", now=AFTERNOON)


def cancel(mailing: Mailing) -> None:
    mailings.cancel(mailing_id=mailing.pk, now=AFTERNOON)


@pytest.mark.parametrize(("act", "waiting", "withdrawn"), [(pause, 3, 0), (cancel, 0, 3)], ids=["pause", "cancel"])
def test_pause_and_cancel_hold_within_a_batch(settings, act, waiting, withdrawn):
    settings.NOTICE_PER_SECOND = 10  # a chunk is one notice
    mailing = sending(5)
    now = clock(AFTERNOON)

    def somebody_acts_after_the_second():
        if len(relay.letters) == 2 and state_of(mailing) == "sending":
            act(mailing)
        return now()

    with running(Relay(), settings) as relay:
        send_batch(mailing_id=mailing.pk, clock=somebody_acts_after_the_second, limit=100)
    assert len(relay.letters) == 2
    report = numbers(mailing)
    assert (report.accepted, report.waiting, report.withdrawn) == (2, waiting, withdrawn)


@pytest.mark.parametrize(
    "now",
    [at(8, 59), at(17), at(12, day=DAY.replace(day=5)), at(12, day=DAY.replace(year=2027, month=1, day=1))],
    ids=["too early", "too late", "a Saturday", "New Year"],
)
def test_nothing_goes_out_outside_the_hours(settings, now):
    mailing = sending()
    Notice.objects.update(send_after=at(0))
    with running(Relay(), settings) as relay:
        send(mailing, now=now)
    assert not relay.letters


def test_the_days_cap_holds_over_batches_and_the_rest_goes_on_the_next_day(settings):
    settings.NOTICE_DAILY_CAP = 3
    mailing = sending(5)
    with running(Relay(), settings) as relay:
        assert [send(mailing, limit=2), send(mailing, limit=2), send(mailing, limit=2)] == [2, 1, 0]
        assert send(mailing, now=at(10, day=DAY + timedelta(days=1))) == 2
    assert len(relay.accepted) == 5


def test_what_did_not_go_out_does_not_count_for_the_days_cap(settings):
    settings.NOTICE_DAILY_CAP = 2
    mailing = sending(2)
    with running(Relay(content=lambda envelope: "451 4.3.0 later"), settings):
        send(mailing)
    with running(Relay(), settings):
        assert send(mailing, now=AFTERNOON + timedelta(minutes=6)) == 2


def test_an_expired_notice_is_withdrawn(settings):
    mailing = sending()
    Mailing.objects.update(expires_on=DAY)
    with running(Relay(), settings) as relay:
        send(mailing, now=at(10, day=DAY + timedelta(days=1)))
    assert (one(mailing).state, one(mailing).reply) == ("withdrawn", "the mailing had expired")
    assert not relay.letters


def test_an_address_that_has_become_unusable_is_refused_with_the_reason(settings):
    mailing = sending(2)
    Customer.objects.filter(pk=Customer.objects.first().pk).update(contact_address="a@b.example\r\nBcc: x@y.example")
    with running(Relay(), settings) as relay:
        send(mailing)
    assert len(relay.letters) == 1
    assert Notice.objects.get(state="refused").reply == "not sent: the mail address has control characters in it"


def test_a_text_that_cannot_be_made_pauses_the_mailing(settings):
    mailing = sending(2)
    settings.PROVIDER_NAME = {"en": "Mihon Net"}
    with running(Relay(), settings) as relay:
        send(mailing)
    mailing.refresh_from_db()
    assert (mailing.state, "KeyError" in mailing.pause_reason) == ("paused", True)
    assert not relay.letters
    assert numbers(mailing).waiting == 2


def test_a_mailing_that_is_not_being_sent_sends_nothing(settings):
    mailing = sending()
    mailings.pause(mailing_id=mailing.pk, reason="", now=at(10))
    with running(Relay(), settings) as relay:
        send(mailing)
    assert not relay.connections


def test_a_contact_address_takes_the_notice_for_the_mailbox(settings):
    mailing = sending(customers=[make_customer("hanako@isp.example", contact_address="hanako..h@keitai.example")])
    with running(Relay(), settings) as relay:
        send(mailing)
    assert relay.accepted == ["hanako..h@keitai.example"]
    assert b'\r\nTo: "hanako..h"@keitai.example\r\n' in relay.letters[0]


def test_login_and_tls_are_asked_for_as_the_settings_say(settings):
    mailing = sending()
    settings.RELAY_USER = "campaign"
    with running(Relay(), settings):
        send(mailing)  # a relay without AUTH
    mailing.refresh_from_db()
    assert mailing.recent_attempts == "b"
    settings.RELAY_USER, settings.RELAY_STARTTLS = "", True
    with running(Relay(), settings):
        send(mailing)  # a relay without TLS
    mailing.refresh_from_db()
    assert mailing.recent_attempts == "bb"
    assert not Notice.objects.exclude(state="waiting").exists()


@pytest.fixture
def tls(tmp_path, needed, monkeypatch) -> ssl.SSLContext:
    """A server's context for 127.0.0.1, with a certificate that this process trusts."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=relay.test"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([needed("openssl", package="openssl"), *request, *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def test_a_relay_that_wants_tls_gets_it(settings, tls):
    mailing = sending(2)
    with running(Relay(), settings, tls_context=tls, require_starttls=True) as relay:
        send(mailing)
        assert (len(relay.letters), numbers(mailing).waiting) == (0, 2)
        settings.RELAY_STARTTLS = True
        assert send(mailing, now=AFTERNOON + timedelta(minutes=6)) == 2


def test_a_relay_whose_certificate_is_not_trusted_gets_nothing(settings, tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    settings.RELAY_STARTTLS = True
    mailing = sending()
    with running(Relay(), settings, tls_context=tls) as relay:
        send(mailing)
    mailing.refresh_from_db()
    assert (mailing.recent_attempts, len(relay.letters)) == ("b", 0)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_relay_lets_us_in_by_password(settings):
    def authenticator(server, session, envelope, mechanism, login):
        return AuthResult(success=(login.login, login.password) == (b"campaign", b"secret"), handled=False)

    mailing = sending(2)
    settings.RELAY_USER, settings.RELAY_PASSWORD = "campaign", "wrong"
    options = {"authenticator": authenticator, "auth_require_tls": False, "auth_required": True}
    with running(Relay(), settings, **options) as relay:
        send(mailing)
        assert not relay.letters
        settings.RELAY_PASSWORD = "secret"
        assert send(mailing) == 2
