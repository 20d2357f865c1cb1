"""The form of the mail, read back from its bytes: every kind, both languages, text, HTML and the old coding."""

import email
import email.policy
import html
import re
from email.header import decode_header, make_header

import pytest
from builders import make_customer
from rounds import at, composed, plan

from campaign.models import Customer
from notices import cases, links
from notices.compose import letter, values_for
from notices.encoding import OLD_PROGRAMS
from notices.lines import width, wrapped
from notices.models import Mailing, Notice, TextVersion
from notices.texts import Text, fill, of_mailing

pytestmark = pytest.mark.django_db
NOW = at(10)
KINDS = Mailing.Kind.values
UNFOLDED = (b"Message-ID:", b"List-Id:", b"List-Unsubscribe:")  # one word each
LONG = {"ja": "とても長い名前のインターネット接続サービス会社", "en": "Quite a long name of a provider, " * 3}


@pytest.fixture
def notice_for(settings):
    settings.PUBLIC_URL = "https://move.isp.example"

    def make(kind: str = "reminder", language: str = "ja", program: str = "thunderbird", **customer) -> Notice:
        values = {"login": "hanako@isp.example", "name": "佐藤 花子", "language": language, "client_program": program}
        mailing = plan(customers=[make_customer(**values | customer)])
        Mailing.objects.filter(pk=mailing.pk).update(kind=kind)
        return Notice.objects.get()

    return make


def content_of(notice: Notice, **given) -> bytes:
    return composed(notice, now=NOW, **given).content


def read(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def text_of(content: bytes) -> str:
    return read(content).get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("with_html", [False, True])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_seven_bit_clean_in_short_lines(settings, notice_for, kind, language, with_html):
    settings.NOTICE_HTML = with_html
    content = content_of(notice_for(kind, language))
    head, _blank, body = content.partition(b"\r\n\r\n")
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert content.endswith(b"\r\n")
    assert max(len(line) for line in head.split(b"\r\n") if not line.startswith(UNFOLDED)) <= 78
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    message = read(content)
    assert not message.defects and not any(part.defects for part in message.walk())
    codings = {part["Content-Transfer-Encoding"] for part in message.walk() if not part.is_multipart()}
    assert codings == {"base64"}
    assert len(content) < 100_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_says_what_a_wary_reader_wants_to_know(notice_for, kind, language):
    notice = notice_for(kind, language)
    text = text_of(content_of(notice))
    number = f"{notice.number[:3]}-{notice.number[3:6]}-{notice.number[6:]}"
    assert number in text and "0120-000-000" in text
    wanted = {"ja": ["佐藤 花子 様", "決してありません"], "en": ["Dear 佐藤 花子,", "We never ask for your password"]}
    assert all(words in text for words in wanted[language])
    date = {"ja": "2027年3月31日（水）", "en": "Wednesday, March 31, 2027"}[language]
    assert (date in text) is (kind != "thanks")
    assert not re.search("緊急|至急|重要|警告|urgent|immediately|important|warning", text, re.IGNORECASE)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "thanks"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_request_works_without_a_click(notice_for, kind, language):
    text, joint = text_of(content_of(notice_for(kind, language))), {"ja": "", "en": " "}[language]
    assert {"ja": "リンクを押す必要はありません", "en": "You do not have to follow any link"}[language] in text
    assert {"ja": "「送信設定の変更」", "en": "“Change the sending settings”"}[language] in text.replace("\n", joint)
    assert "smtp.isp.example" in text and "Thunderbird" in text
    [link] = re.findall(r"https?://\S+", text)
    assert f"\n\n{link}\n\n" in text and link.startswith("https://move.isp.example/")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_lines_are_short_and_have_room_to_breathe(notice_for, kind, language):
    text = text_of(content_of(notice_for(kind, language, program="outlook")))
    lines = text.split("\n")
    assert max(width(line) for line in lines if not line.startswith("http")) <= {"ja": 60, "en": 72}[language]
    for paragraph in text.strip("\n").split("\n\n"):
        lines = paragraph.split("\n")
        one_step = re.match(r"\d+\. ", lines[0]) and all(line.startswith(" ") for line in lines[1:])
        assert len(lines) <= 3 or one_step, paragraph


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_subject_is_short_and_begins_with_who_writes(notice_for, kind, language):
    subject = read(content_of(notice_for(kind, language)))["Subject"]
    assert subject.startswith({"ja": "みほんネット ", "en": "Mihon Net: "}[language])
    assert width(subject) <= 50


def words(text: str) -> str:
    return re.sub(r"[\s■*]", "", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("program", ["thunderbird", "iphone", ""])
def test_html_has_the_words_of_the_text_and_asks_nobody_for_anything(settings, notice_for, kind, language, program):
    settings.NOTICE_HTML = True
    message = read(content_of(notice_for(kind, language, program)))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    page = message.get_body(("html",)).get_content()
    body = re.search(r"<body.*</body>", page, re.DOTALL)[0]
    assert words(html.unescape(re.sub(r"<[^>]+>", "", body))) == words(message.get_body(("plain",)).get_content())
    assert not re.search(r"<(img|script|link|iframe|form|object|base)\b|\b(src|background)=|url\(|@import", page)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {links.personal_url(Notice.objects.get())}
    assert f'<html lang="{language}">' in page


def test_the_styles_of_html_stand_in_its_lines(settings, notice_for):
    settings.NOTICE_HTML = True
    page = read(content_of(notice_for())).get_body(("html",)).get_content()
    assert re.search(r'<body style="[^"]*font-size: 18px', page)
    assert re.search(r'<h2 style="[^"]*font-size: 20px', page)
    assert re.search(r'<p class="below" style="[^"]*padding-left', page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style.strip().startswith("@media (prefers-color-scheme: dark)")
    assert "{{" not in page and "{%" not in page and "<!--" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_only_reminders_and_extra_notices_can_be_stopped_by_one_click(notice_for, kind):
    notice = notice_for(kind)
    message = read(content_of(notice))
    if kind in ("reminder", "extra"):
        assert message["List-Unsubscribe"] == f"<{links.stop_url(notice)}>"
        assert message["List-Unsubscribe"].startswith("<https://move.isp.example/ja/mute/")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    else:
        assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(message.keys())
    assert message["List-Id"] == f"<{kind.replace('_', '-')}.pop-before-smtp.isp.example>"


def test_without_https_there_is_no_one_click(settings, notice_for):
    notice = notice_for()
    settings.PUBLIC_URL = "http://move.isp.example"
    assert "List-Unsubscribe" not in read(content_of(notice))


def test_the_link_to_stop_is_the_one_of_the_page(client, notice_for):
    link = read(content_of(notice_for(language="en")))["List-Unsubscribe"].strip("<>")
    assert client.get(link.removeprefix("https://move.isp.example")).status_code == 200


def test_precedence_is_sent_only_where_it_is_set(settings, notice_for):
    notice = notice_for()
    assert "Precedence" not in read(content_of(notice))
    settings.NOTICE_PRECEDENCE = "bulk"
    assert read(content_of(notice))["Precedence"] == "bulk"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_long_names_and_domains_fold_and_come_back_whole(settings, notice_for, language):
    notice = notice_for(language=language)
    settings.PROVIDER_NAME = LONG
    settings.NOTICE_DOMAIN = "a-rather-long-name-of-a-mail-domain.of-a-provider.example"
    settings.PUBLIC_URL = "https://a-rather-long-name-of-a-host.for-the-campaign.of-a-provider.example"
    notice.message_id = f"notice.pbs.2026-12.4cef33cadfdc4dc8b45b3908@{settings.NOTICE_DOMAIN}"
    content = content_of(notice)
    message = read(content)
    assert message["Message-ID"] == f"<{notice.message_id}>"
    sender = make_header(decode_header(email.message_from_bytes(content)["From"]))  # the newer parser puts in a blank
    assert str(sender) == f"{LONG[language].strip()} <mail-support@isp.example>"
    assert message["Subject"].startswith(LONG[language].strip())
    assert message["List-Unsubscribe"] == f"<{links.stop_url(notice)}>"
    head = content.partition(b"\r\n\r\n")[0]
    assert re.search(rb"^Subject: [^\r\n]{10}", head, re.MULTILINE)  # an empty first line counts as no subject
    assert all(line.startswith(UNFOLDED) for line in head.split(b"\r\n") if len(line) > 78)


@pytest.mark.parametrize("program", sorted(OLD_PROGRAMS))
def test_every_old_program_gets_the_old_coding_and_all_words(notice_for, program):
    notice = notice_for(program=program)
    sent = composed(notice, now=NOW)
    old = read(sent.content)
    assert (old.get_content_charset(), old["Content-Transfer-Encoding"]) == ("iso-2022-jp", "7bit")
    assert sent.content.isascii() and max(map(len, sent.content.split(b"\r\n"))) <= 130
    assert not sent.utf8_instead
    filled = fill(of_mailing(notice.mailing, "ja"), values_for(cases.of_notice(notice), notice.mailing.campaign))
    assert old.get_content().replace("\r\n", "\n") == wrapped(filled.body, columns=60).replace("～", "〜")
    assert old["Subject"] == filled.subject


def test_the_old_coding_is_given_up_for_a_name_and_that_is_said(notice_for):
    sent = composed(notice_for(program="becky", name="髙橋 花子"), now=NOW)
    assert sent.utf8_instead
    assert "髙橋 花子 様" in text_of(sent.content)


def test_a_text_that_the_old_coding_cannot_hold_is_said_too(notice_for):
    notice = notice_for(program="becky", name="佐藤")
    sent = composed(notice, now=NOW, text=Text("{{ provider }}", "{{ name }} 様 😀\n"))
    assert sent.utf8_instead
    assert text_of(sent.content) == "佐藤 様 😀\n"


def test_who_has_a_newer_program_is_never_counted(notice_for):
    assert not composed(notice_for(program="thunderbird", name="髙橋 😀"), now=NOW).utf8_instead
    Notice.objects.all().delete()


def test_an_approved_text_goes_out_instead_of_ours(notice_for):
    notice = notice_for()
    values = {"campaign": notice.mailing.campaign, "kind": "reminder", "number": 1, "written_at": NOW}
    words = {"subject": "{{ provider }} 設定", "body": "{% if name %}\n{{ name }} 様\n{% endif %}\n\n{{ number }}\n"}
    version = TextVersion.objects.create(language="ja", **words, **values)
    Mailing.objects.update(text_ja=version)
    notice = Notice.objects.get()
    content = content_of(notice)
    assert read(content)["Subject"] == "みほんネット 設定"
    assert text_of(content) == f"佐藤 花子 様\n\n{notice.number[:3]}-{notice.number[3:6]}-{notice.number[6:]}\n"
    Customer.objects.update(language="en")
    assert "Dear 佐藤 花子," in text_of(content_of(notice))


def test_what_a_customer_is_called_is_never_read_as_a_text(notice_for, settings):
    settings.NOTICE_HTML = True
    content = content_of(notice_for(name="{{ number }} <b>■ x</b> {% if name %}"))
    assert "{{ number }} <b>■ x</b> {% if name %} 様" in text_of(content)
    page = read(content).get_body(("html",)).get_content()
    assert "{{ number }} &lt;b&gt;■ x&lt;/b&gt; {% if name %} 様" in page


def test_the_database_is_not_asked_while_a_mail_is_composed(notice_for, django_assert_num_queries):
    case = cases.of_notice(notice_for())
    mailing = Mailing.objects.select_related("campaign", "text_ja", "text_en").get()
    with django_assert_num_queries(0):
        letter(case, mailing, now=NOW)
