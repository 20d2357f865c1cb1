import email
import email.policy
import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from builders import make_campaign, make_customer, make_use
from rounds import at, composed, plan

from campaign.models import Customer, Holdout, Reason
from notices import links
from notices.compose import NotSendable
from notices.lines import width
from notices.models import Notice

pytestmark = pytest.mark.django_db
NOW = at(10)


def notice_for(**customer) -> Notice:
    plan(customers=[make_customer(**customer)])
    return Notice.objects.get()


def message_for(notice: Notice) -> email.message.EmailMessage:
    return email.message_from_bytes(composed(notice, now=NOW).content, policy=email.policy.default)


def text_of(notice: Notice) -> str:
    return message_for(notice).get_body(("plain",)).get_content().replace("\r\n", "\n")


def sentences_of(notice: Notice) -> str:
    return " ".join(text_of(notice).split())


@pytest.fixture(params=["ja", "en"])
def notice(request):
    program = {"ja": "thunderbird", "en": "outlook"}[request.param]
    return notice_for(login="hanako@isp.example", name="佐藤 花子", language=request.param, client_program=program)


def test_the_bytes_are_seven_bit_clean_with_short_lines_and_crlf(notice, settings):
    settings.NOTICE_HTML = True
    content = composed(notice, now=NOW).content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"8bit" not in content


def test_the_headers_are_those_of_a_notice(notice):
    message = message_for(notice)
    assert message["From"].addresses[0].addr_spec == "mail-support@isp.example"
    assert message["To"] == "hanako@isp.example"
    assert message["Reply-To"] == "mail-support@isp.example"
    assert message["Message-ID"] == f"<{notice.message_id}>"
    assert message["Date"].datetime == NOW
    assert message["Content-Language"] == notice.language
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<reminder.pop-before-smtp.isp.example>"
    assert not {"Precedence", "List-Unsubscribe", "Bcc", "Cc", "Sender"} & set(message.keys())
    assert not message.defects


def test_the_envelope_sender_names_the_notice(notice):
    letter = composed(notice, now=NOW)
    assert letter.recipient == "hanako@isp.example"
    assert links.number_of_bounce(letter.envelope_sender) == notice.number


def test_the_subject_begins_with_the_provider_and_is_short(notice):
    message = message_for(notice)
    assert message["Subject"].startswith({"ja": "みほんネット", "en": "Mihon Net"}[notice.language])
    assert width(message["Subject"]) <= 50


def test_the_first_line_of_the_subject_is_never_empty(settings, notice):
    settings.PROVIDER_NAME = {
        "ja": "とても長い名前のインターネット接続会社",
        "en": "Quite a long name of a provider " * 3,
    }
    head = composed(notice, now=NOW).content.partition(b"\r\n\r\n")[0]
    assert re.search(rb"^Subject: =\?[^\r\n]{10}", head, re.MULTILINE)


def test_composed_again_it_has_the_same_number_message_id_and_link(notice):
    first, again = composed(notice, now=NOW), composed(notice, now=NOW)
    assert first == again
    later = composed(notice, now=NOW + timedelta(days=1)).content
    changed = set(later.split(b"\r\n")) - set(first.content.split(b"\r\n"))
    assert [line[:6] for line in changed] == [b"Date: "]


def test_the_text_says_what_one_needs_to_know(notice):
    text = text_of(notice)
    number = f"{notice.number[:3]}-{notice.number[3:6]}-{notice.number[6:]}"
    assert "佐藤 花子" in text
    assert number in text
    assert "0120-000-000" in text
    assert "smtp.isp.example" in text
    assert {"ja": "2027年3月31日", "en": "March 31, 2027"}[notice.language] in text
    assert "12:00" in text
    assert {"ja": "Thunderbird", "en": "Outlook for Windows"}[notice.language] in text
    assert not re.search("緊急|至急|urgent|immediately", text, re.IGNORECASE)


def test_there_is_one_link_and_it_stands_alone(notice):
    text = text_of(notice)
    [link] = re.findall(r"https?://\S+", text)
    assert f"\n\n{link}\n\n" in text
    assert f"/{notice.language}/p/" in link


def test_lines_are_short_and_blank_lines_stand_alone(notice):
    columns = {"ja": 60, "en": 72}[notice.language]
    lines = text_of(notice).split("\n")
    assert max(width(line) for line in lines if not line.startswith("http")) <= columns
    assert not any(line != line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines)


def test_html_goes_along_only_where_the_setting_says_so(notice, settings):
    assert message_for(notice).get_content_type() == "text/plain"
    settings.NOTICE_HTML = True
    assert [part.get_content_type() for part in message_for(notice).iter_parts()] == ["text/plain", "text/html"]


def words(text: str) -> str:
    return re.sub(r"[\s■*]", "", text)


@pytest.mark.parametrize("standing", ["holdout", "mixed"])
@pytest.mark.parametrize("reason", ["", *Reason])
def test_html_has_the_words_of_the_text(notice, settings, standing, reason):
    settings.NOTICE_HTML = True
    Holdout.objects.update(standing=standing, reason=reason)
    message = message_for(notice)
    page = message.get_body(("html",)).get_content()
    body = re.search(r"<body.*</body>", page, re.DOTALL)[0]
    assert words(html.unescape(re.sub(r"<[^>]+>", "", body))) == words(text_of(notice))
    assert not re.search(r"<(img|script|link|iframe|form)\b|\b(src|background)=|url\(", page)
    assert f'<html lang="{notice.language}">' in page


def test_a_name_is_text_and_never_markup_or_header(settings):
    settings.NOTICE_HTML = True
    notice = notice_for(name="<b>Eve</b>\r\nBcc: all@isp.example\r\n\r\n{{ 7*7 }}")
    message = message_for(notice)
    assert message["Bcc"] is None
    assert "<b>Eve</b> Bcc: all@isp.example {{ 7*7 }}" in message.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Eve" in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("address", ["a@b.example\nBcc: c@d.example", "a@b.example>", "a b@c.example", ""])
def test_an_address_that_would_break_a_header_is_not_sent_to(address):
    notice = notice_for(contact_address=address, login="nobody")
    with pytest.raises(NotSendable):
        composed(notice, now=NOW)


def test_the_provider_cannot_break_a_header_either(settings):
    settings.PROVIDER_NAME = {"ja": "みほん\r\nBcc: x@y.example", "en": "Mihon"}
    message = message_for(notice_for())
    assert message["Bcc"] is None


def test_old_programs_get_iso_2022_jp():
    message = message_for(notice_for(client_program="becky", name="田中 太郎"))
    assert message.get_content_charset() == "iso-2022-jp"
    assert message["Content-Transfer-Encoding"] == "7bit"
    assert "田中 太郎" in message.get_content()
    assert "Becky!" in message.get_content()
    raw = composed(Notice.objects.get(), now=NOW).content
    assert b"Subject: =?iso-2022-jp?" in raw
    assert b"From: =?iso-2022-jp?" in raw


def test_the_old_coding_holds_the_same_text_but_for_a_few_characters():
    notice = notice_for(client_program="al-mail", name="㈱みほん①")  # both have the guide for any other program
    old = text_of(notice)
    Customer.objects.update(client_program="foxmail")
    new = text_of(notice)
    respelled = new.replace("㈱", "(株)").replace("①", "(1)").replace("～", "〜")
    assert old == respelled.replace("Foxmail", "AL-Mail")


def test_html_does_not_go_to_old_programs(settings):
    settings.NOTICE_HTML = True
    assert message_for(notice_for(client_program="outlook-express")).get_content_type() == "text/plain"


@pytest.mark.parametrize("name", ["髙橋", "山﨑", "ﾀﾅｶ", "😀"])
def test_a_name_that_the_old_coding_lacks_makes_the_mail_utf8(name):
    message = message_for(notice_for(client_program="becky", name=name))
    assert message.get_content_charset() == "utf-8"
    assert name in message.get_content()


def test_english_never_goes_out_in_iso_2022_jp():
    assert message_for(notice_for(client_program="becky", language="en")).get_content_charset() == "utf-8"


def test_evidence_beyond_doubt_is_told_as_such():
    notice = notice_for(language="en")
    holdout = Holdout.objects.get()
    assert "most likely by you" in sentences_of(notice)
    use = make_use(holdout.customer, "pop_before_smtp", holdout.last_legacy_on, confirmed=0)
    assert "most likely by you" in sentences_of(notice)
    use.confirmed = 1
    use.save()
    assert "was sent from your account" in sentences_of(notice)


def test_an_unknown_program_is_not_made_up():
    text = sentences_of(notice_for(language="en", client_program=""))
    assert "most likely" not in text.replace("most likely by you", "")
    assert "What to do in your mail program" in text


@pytest.mark.parametrize("program", ["outlook-express", "windows-mail", "windows-mail-app", "eudora"])
@pytest.mark.parametrize(
    ("language", "asked", "of_a_setting"),
    [
        ("en", "please change to another program or another device", "one setting"),
        ("ja", "別のソフトか機器に替えていただくお願いです", "設定を、 一度だけ"),
    ],
)
def test_who_has_a_program_that_cannot_send_the_new_way_is_asked_to_change_it_and_no_setting(
    program, language, asked, of_a_setting
):
    ended = sentences_of(notice_for(language=language, client_program=program))
    assert asked in ended and of_a_setting not in ended
    assert "What to do in" not in ended and "でしていただくこと" not in ended, "there are no steps in it"
    assert "smtp.isp.example" not in ended, "no values for a program that cannot use them"


@pytest.mark.parametrize(("language", "of_a_setting"), [("en", "one setting"), ("ja", "設定を、 一度だけ")])
def test_who_has_another_program_is_asked_to_change_a_setting(language, of_a_setting):
    assert of_a_setting in sentences_of(notice_for(language=language, client_program="windows-live-mail"))


def test_a_number_of_the_html_stays_on_one_line(settings):
    settings.NOTICE_HTML = True
    page = message_for(notice := notice_for(language="en")).get_body(("html",)).get_content()
    whole = re.findall(r'<span class="number" style="white-space: nowrap;?">([^<]+)</span>', page)
    assert f"{notice.number[:3]}-{notice.number[3:6]}-{notice.number[6:]}" in whole
    assert "0120-000-000" in whole


def test_who_fails_with_the_password_is_told_so():
    notice = notice_for(language="en")
    assert "password in it is not accepted" not in sentences_of(notice)
    Holdout.objects.update(reason="auth_failed")
    assert "password in it is not accepted" in sentences_of(notice)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("forwarder", "pass this on to whoever looks after it"),
        ("device_or_printer", "a printer, a scanner, another device or a script"),
        ("old_host_or_port", "the old server name or the old port"),
        ("second_device", "one device seems to be changed already"),
        ("own_network_only", "over one of our own lines"),
    ],
)
def test_the_reason_chooses_what_the_mail_says_of_the_case(reason, told):
    notice = notice_for(language="en")
    assert told not in sentences_of(notice)
    Holdout.objects.update(reason=reason)
    assert told in sentences_of(notice)


@pytest.mark.parametrize("html", [False, True])
def test_the_own_network_has_its_own_reason_and_its_devices(settings, html):
    settings.NOTICE_HTML = html
    plan(campaign=make_campaign(name="local_port25"), customers=[make_customer(language="en")])
    notice = Notice.objects.get()
    kind = "html" if html else "plain"
    text = " ".join(message_for(notice).get_body((kind,)).get_content().split())
    assert "mail from our own lines could be sent without a password" in text
    assert "printers, scanners and other devices" in text
    assert "after receiving mail" not in text
    assert "local-port25" in message_for(notice)["List-Id"]


def test_the_date_is_in_the_providers_time():
    notice = notice_for()
    raw = composed(notice, now=datetime(2026, 12, 1, 23, 30, tzinfo=UTC)).content
    assert b"Date: Wed, 02 Dec 2026 08:30:00 +0900\r\n" in raw
