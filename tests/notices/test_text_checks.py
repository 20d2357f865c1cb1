"""What speaks against a text: a table of cases for each rule, in both languages."""

import time
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from notices import texts
from notices.models import Mailing
from notices.text_checks import Facts, Field, Severity, check, hosts

CUTOFF = date(2027, 3, 31)
PROVIDER = {"ja": "みほんネット", "en": "Mihon Net"}
SUBJECT = "{{ provider }}"
NAMES = "{{ provider }}\n\n{{ number }}\n\n{{ cutoff }}\n\n{{ phone }}\n\n"
GOOD = {  # the shortest text that nothing speaks against
    "ja": NAMES + "パスワードをおたずねすることは、ありません。\n",
    "en": NAMES + "We never ask for your password.\n",
}
WARNING, ERROR = Severity.WARNING, Severity.ERROR


@pytest.fixture(autouse=True, scope="module")
def in_english():
    with translation.override("en"):
        yield


def facts(language: str) -> Facts:
    own = hosts("https://move.isp.example", "https://www.isp.example/")
    return Facts(CUTOFF, frozenset({date(2026, 12, 31), date(2026, 10, 1)}), own, PROVIDER[language])


def findings(body: str = "", *, language: str = "ja", subject: str = SUBJECT, kind: str = "reminder"):
    return check(subject, GOOD[language] + "\n" + body, kind=kind, language=language, facts=facts(language))


def marked(found, body: str, language: str) -> str:
    return (GOOD[language] + "\n" + body)[found.start : found.end]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_nothing_speaks_against_our_own_texts(kind, language):
    ours = texts.ours(kind, language)
    assert check(ours.subject, ours.body, kind=kind, language=language, facts=facts(language)) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_speaks_against_the_shortest_text(language):
    assert findings(language=language) == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ["number", "cutoff", "phone", "provider"])
def test_what_every_notice_needs_is_missed(name, language):
    body = GOOD[language].replace(f"{{{{ {name} }}}}", "x")
    subject = SUBJECT.replace("{{ provider }}", PROVIDER[language]) if name == "provider" else SUBJECT
    [found] = check(subject, body, kind="two_weeks", language=language, facts=facts(language))
    assert (found.severity, found.code) == (ERROR, "name_missing")
    assert f"{{{{ {name} }}}}" in found.sentence


def test_a_name_that_is_only_asked_for_is_not_there():
    body = GOOD["ja"].replace("{{ phone }}", "{% if phone %}x{% endif %}")
    assert [each.code for each in check(SUBJECT, body, kind="first", language="ja", facts=facts("ja"))] == [
        "name_missing"
    ]


def test_thanks_need_no_date():
    body = GOOD["en"].replace("{{ cutoff }}\n\n", "")
    assert check(SUBJECT, body, kind="thanks", language="en", facts=facts("en")) == []


def test_an_unknown_name_is_an_error_with_a_better_one():
    [found] = findings("{{ nmae }}")
    assert (found.severity, found.code, found.replacement) == (ERROR, "not_understood", "{{ name }}")
    assert marked(found, "{{ nmae }}", "ja") == "{{ nmae }}"


def test_both_fields_are_read_even_if_both_are_wrong():
    found = check("{{ a }}", "{{ b }}", kind="first", language="en", facts=facts("en"))
    assert [(each.field, each.code) for each in found] == [
        (Field.SUBJECT, "not_understood"),
        (Field.BODY, "not_understood"),
    ]


def test_a_name_that_may_be_empty_is_pointed_at():
    [found] = findings("{{ name }} 様")
    assert (found.severity, found.code) == (WARNING, "may_be_empty")
    assert findings("{% if name %}\n{{ name }} 様\n{% endif %}") == []


OF_WORDS = [
    # language, typed, severity, code, marked, instead
    ("ja", "2027年3月31日（水）から変わります。", WARNING, "typed_date", "2027年3月31日（水）", "{{ cutoff }}"),
    ("ja", "3月30日まで送れます。", WARNING, "typed_date", "3月30日", "{{ until }}"),
    ("ja", "12月31日から変わります。", ERROR, "old_date", "12月31日", "{{ cutoff }}"),
    ("ja", "令和8年9月30日まで送れます。", ERROR, "old_date", "令和8年9月30日", "{{ until }}"),
    ("ja", "4月2日に工事をします。", WARNING, "other_date", "4月2日", None),
    ("en", "From March 31, 2027 on.", WARNING, "typed_date", "March 31, 2027", "{{ cutoff }}"),
    ("en", "Until 30 December 2026.", ERROR, "old_date", "30 December 2026", "{{ until }}"),
    ("en", "From Oct. 1st on.", ERROR, "old_date", "Oct. 1st", "{{ cutoff }}"),
    ("en", "On 2027/4/2.", WARNING, "other_date", "2027/4/2", None),
    ("ja", "緊急のお知らせです。", ERROR, "alarm_word", "緊急", None),
    ("ja", "至急ご対応ください。", ERROR, "alarm_word", "至急", None),
    ("ja", "重要なお知らせです。", ERROR, "alarm_word", "重要なお知らせ", None),
    ("ja", "アカウントの停止について。", ERROR, "alarm_word", "アカウントの停止", None),
    ("ja", "２４時間以内にお願いします。", ERROR, "alarm_word", "２４時間以内", None),
    ("ja", "ご本人確認が必要です。", ERROR, "alarm_word", "本人確認", None),
    ("en", "This is urgent.", ERROR, "alarm_word", "urgent", None),
    ("en", "Please change it IMMEDIATELY.", ERROR, "alarm_word", "IMMEDIATELY", None),
    ("en", "Your mailbox will be closed.", ERROR, "alarm_word", "mailbox will be closed", None),
    ("en", "Verify your account.", ERROR, "alarm_word", "Verify your account", None),
    ("ja", "お得な新プランがあります。", WARNING, "advertising_word", "お得", None),
    ("ja", "手数料は無料です。", WARNING, "advertising_word", "無料", None),
    ("ja", "キャンペーンです。", WARNING, "advertising_word", "キャンペーン", None),
    ("en", "Get a free gift.", WARNING, "advertising_word", "free", None),
    ("en", "A special offer.", WARNING, "advertising_word", "special offer", None),
    ("ja", "パスワードをご返信ください。", ERROR, "asks_for_password", "パスワードをご返信", None),
    (
        "ja",
        "パスワードを、\nお電話でお知らせください。",
        ERROR,
        "asks_for_password",
        "パスワードを、\nお電話でお知らせ",
        None,
    ),
    ("en", "Please send us your password.", ERROR, "asks_for_password", "send us your password", None),
    ("en", "Take your password and tell us.", ERROR, "asks_for_password", "password and tell us", None),
    ("ja", "パスワードを入力してください。", ERROR, "asks_for_password", "パスワードを入力してください", None),
    ("ja", "パスワードを入れてください。", ERROR, "asks_for_password", "パスワードを入れてください", None),
    ("ja", "パスワードの変更をお願いします。", ERROR, "asks_for_password", "パスワードの変更をお願い", None),
    ("en", "Please enter your password there.", ERROR, "asks_for_password", "enter your password", None),
    ("en", "Type in the password.", ERROR, "asks_for_password", "Type in the password", None),
    ("ja", "https://evil.example/x", ERROR, "foreign_link", "https://evil.example/x", None),
    (
        "ja",
        "https://www.isp.example.evil.example/",
        ERROR,
        "foreign_link",
        "https://www.isp.example.evil.example/",
        None,
    ),
    ("en", "www.other.example", ERROR, "foreign_link", "www.other.example", None),
    ("en", "See {{ link }} for more.", WARNING, "link_not_alone", "See {{ link }} for more.", None),
    ("ja", "①を押します。", WARNING, "old_programs", "①", "(1)"),
    ("ja", "㈱みほん", WARNING, "old_programs", "㈱", "(株)"),
    ("ja", "9時～18時", WARNING, "old_programs", "～", "〜"),
    ("ja", "担当は髙橋です。", WARNING, "old_programs", "髙", "高"),
    ("ja", "ﾊﾞﾝｸﾞﾐの設定", WARNING, "old_programs", "ﾊﾞﾝｸﾞﾐ", "バングミ"),
    ("ja", "ありがとうございます😀。", WARNING, "old_programs", "😀", ""),
    ("ja", "한국어の設定", WARNING, "old_programs", "한국어", None),
    ("ja", "あ" * 31, WARNING, "no_break", "あ" * 31, None),
    ("en", "a" * 73, WARNING, "no_break", "a" * 73, None),
    ("ja", "あ。\nい。\nう。\nえ。", WARNING, "paragraph_long", "あ。\nい。\nう。\nえ。", None),
    ("en", "one\ntwo\nthree\nfour", WARNING, "paragraph_long", "one\ntwo\nthree\nfour", None),
]


@pytest.mark.parametrize(("language", "typed", "severity", "code", "words", "instead"), OF_WORDS)
def test_a_finding_marks_its_place_and_offers_what_is_right(language, typed, severity, code, words, instead):
    found = [each for each in findings(typed, language=language) if each.code == code]
    assert [(each.severity, marked(each, typed, language), each.replacement) for each in found[:1]] == [
        (severity, words, instead)
    ]
    assert all(each.sentence for each in found)


OFFERED = [
    (language, typed, code) for language, typed, _severity, code, _words, instead in OF_WORDS if instead is not None
]


@pytest.mark.parametrize(("language", "typed", "code"), OFFERED)
def test_what_is_offered_settles_it(language, typed, code):
    [found, *_rest] = [each for each in findings(typed, language=language) if each.code == code]
    text = GOOD[language] + "\n" + typed
    better = text[: found.start] + found.replacement + text[found.end :]
    left = check(SUBJECT, better, kind="reminder", language=language, facts=facts(language))
    assert code not in [each.code for each in left]


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("ja", "{{ cutoff }}から変わります。"),
        ("ja", "通話料無料の番号です。"),
        ("ja", "パスワードは変わりません。"),
        ("ja", "お使いのメールソフトで、パスワードを入れ直してください。"),
        ("ja", "パスワードを、電話でお知らせいただく必要はありません。"),
        ("ja", "受付は9:00から18:00までです。"),
        ("ja", "https://www.isp.example/mail/"),
        ("ja", "https://move.isp.example/ja/"),
        ("ja", "{{ link }}"),
        ("ja", "{{ steps }}"),
        ("ja", "{% if situation %}\n{{ situation }}\n{% endif %}"),
        ("ja", "{% if own_network %}\nあ。\nい。\n{% else %}\nう。\nえ。\n{% endif %}\nお。"),
        ("ja", "あ" * 29 + "、" + "い" * 29 + "。"),
        ("ja", "――「設定」〜 ℃ ☆ №".replace("№", "")),
        ("en", "Call our toll-free number. Feel free to call."),
        ("en", "Your password does not change."),
        ("en", "Enter the password again in your mail program."),
        ("en", "Do not send us your password."),
        ("en", "① ～ 髙 and “quotes” – as UTF-8 holds them"),
        ("en", "The port is 465, open 24/7."),
        ("en", "It was warned of nowhere; a resale shop."),
    ],
)
def test_what_is_all_right_is_not_found_fault_with(language, typed):
    assert [each for each in findings(typed, language=language)] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_promise_never_to_ask_for_a_password_is_missed(language):
    body = GOOD[language].rpartition("\n\n")[0]
    [found] = check(SUBJECT, body, kind="reminder", language=language, facts=facts(language))
    assert (found.severity, found.code) == (ERROR, "promise_missing")


@pytest.mark.parametrize(
    ("language", "subject", "codes"),
    [
        ("ja", "{{ provider }} " + "あ" * 18, []),
        ("ja", "{{ provider }} " + "あ" * 19, ["subject_too_long"]),
        ("en", "{{ provider }}: " + "a" * 39, []),
        ("en", "{{ provider }}: " + "a" * 40, ["subject_too_long"]),
        ("en", "{{ provider }} {% if own_network %}" + "a" * 50 + "{% endif %}", ["subject_too_long"]),
        ("ja", "みほんネット {{ cutoff_day }}から", []),
        ("ja", "設定変更のお願い {{ provider }}", ["provider_first"]),
        ("ja", "{{ provider }} 3月31日から", ["typed_date"]),
        ("ja", "{{ provider }} 【重要】設定変更", ["alarm_word"]),
        ("ja", "{{ provider }} ①設定変更", ["old_programs"]),
    ],
)
def test_the_subject_is_looked_at_too(language, subject, codes):
    found = findings(subject=subject, language=language)
    assert [(each.code, each.field) for each in found] == [(code, Field.SUBJECT) for code in codes]


def test_a_date_in_the_subject_is_a_short_one():
    [found] = findings(subject="{{ provider }} 3月31日から")
    assert found.replacement == "{{ cutoff_day }}"


def test_errors_come_first_and_each_group_in_the_order_of_the_text():
    found = findings("お得です。\n\n緊急です。\n\n4月2日。", subject="{{ provider }} 至急")
    assert [(each.code, each.field.value) for each in found] == [
        ("alarm_word", "subject"),
        ("alarm_word", "body"),
        ("advertising_word", "body"),
        ("other_date", "body"),
    ]


def test_a_placeholder_is_no_word_of_the_text():
    assert findings("{% if name %}\n{{ name }}\n{% endif %}", language="en") == []


@given(st.text(alphabet="パスワード緊急3月1日{}% nameif/:.、。\n①ﾊ😀htpsw"), st.sampled_from(["ja", "en"]))
def test_whatever_stands_in_a_text_each_finding_marks_a_place_in_it(body, language):
    for found in check("{{ provider }}", body, kind="first", language=language, facts=facts(language)):
        assert 0 <= found.start <= found.end <= len(body if found.field == Field.BODY else "{{ provider }}")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "piece",
    [
        "パスワード",
        "password ",
        "send ",
        "3月",
        "令和",
        "march ",
        "①",
        "、",
        "\n",
        "http://",
        "never ask ",
        "1/",
        "あ\n",
    ],
)
def test_the_longest_text_is_checked_in_seconds_whatever_stands_in_it(piece, language):
    body = (piece * 20_000)[: texts.LONGEST_BODY]
    began = time.process_time()
    check("{{ provider }}", body, kind="first", language=language, facts=facts(language))
    assert time.process_time() - began < 10
