"""The catalogue of texts: nothing missing, nothing left over, and the same thing under the same name everywhere."""

import gettext
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "campaign/locale/ja/LC_MESSAGES/django.po"
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
SAME_IN_BOTH = {"POP before SMTP", "Redis"}

# Names that one would also write otherwise; what customers read is gentler than what staff read.
ONE_NAME = {
    "SMTP認証": re.compile(r"SMTP[ -]認証|SMTP-AUTH|送信者?認証"),
    "お客さま": re.compile("お客様|顧客"),
    "締切": re.compile("締め切り|〆切|期日"),
    "案内番号": re.compile("お知らせ番号|通知番号|受付番号"),
    "移行計画": re.compile("キャンペーン"),
    "パスワード": re.compile("暗証番号|合言葉"),
    "メールソフト": re.compile("メーラー?|メールアプリ|メールクライアント"),
    "ユーザー名": re.compile("ユーザ名|ユーザー ?ID"),
    "サーバー": re.compile("サーバ(?!ー)"),
}
AS_APPLE_WRITES = {"サーバー", "ユーザー名"}  # サーバ and ユーザ名: the guide of the iPhone says what its screen says
FOR_CUSTOMERS = ("templates/pages/", "templates/mail/", "notices/guides/", "notices/pages/")
HARSH = re.compile("旧方式|移行|緊急|至急|不達|中継|締切")
"""Words of the trade, or words that frighten: not in what an old customer reads."""

# A page shows words of the catalogue or of the database; these write their own in both languages.
OWN_PAGES = ("error.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")
OWN_WORDS = (*OWN_PAGES, "guides/", "mail/en/", "mail/ja/")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"')
NO_TEXT = re.compile(r"<code>.*?</code>|<style>.*?</style>|<!DOCTYPE[^>]*>|<[^>]*>", re.DOTALL)


@cache
def catalogue() -> Catalog:
    with FILE.open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


@cache
def collected() -> Catalog:
    """What `make texts` finds in code and templates."""
    folders = [str(ROOT / folder) for folder in ("campaign", "notices", "templates")]
    with TemporaryDirectory() as folder:
        found = Path(folder) / "texts.pot"
        options = [f"--mapping-file={ROOT}/pyproject.toml", f"--output-file={found}"]
        CommandLineInterface().run(["pybabel", "--quiet", "extract", *options, *folders])
        with found.open("rb") as file:
            return read_po(file)


def texts(source: Catalog) -> dict[tuple[str | None, str], Message]:
    """By context and English singular; the header is not one."""
    return {(each.context, english(each)[0]): each for each in source if each.id}


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def japanese(message: Message) -> str:
    """Japanese has no plural: it is always one."""
    return message.string if isinstance(message.string, str) else message.string[0]


def translated() -> Iterator[tuple[Message, str]]:
    for message in texts(catalogue()).values():
        yield message, japanese(message)


def test_every_text_of_code_and_templates_is_in_the_catalogue():
    missing = [key for key in texts(collected()) if key not in texts(catalogue())]
    assert not missing, "run `make texts` and translate: " + repr(missing)


def test_nothing_is_left_over_in_the_catalogue():
    left = [key for key in texts(catalogue()) if key not in texts(collected())]
    assert not left, "run `make texts`: " + repr(left)
    assert not catalogue().obsolete


def test_every_text_is_translated_and_no_guess():
    assert [message.id for message, text in translated() if not text.strip()] == []
    assert [message.id for message, _ in translated() if message.fuzzy] == []


def test_placeholders_are_those_of_the_english_text():
    wrong = [
        (message.id, text)
        for message, text in translated()
        if set(PLACEHOLDER.findall(english(message)[-1])) != set(PLACEHOLDER.findall(text))
        or "%" in PLACEHOLDER.sub("", text).replace("%%", "")
    ]
    assert not wrong
    assert [(message.id, errors) for message, errors in catalogue().check()] == []


def test_texts_are_whole_and_in_their_own_language():
    for message, text in translated():
        for each in (*english(message), text):
            assert each == each.strip() and "\n" not in each, f"{each!r} is a piece, not a text"
        assert not any(JAPANESE.search(each) for each in english(message)), message.id
        only_signs = not re.search(r"[A-Za-z]", PLACEHOLDER.sub("", text))  # from–to needs no word
        assert JAPANESE.search(text) or only_signs or text in SAME_IN_BOTH, f"{message.id!r} stays English: {text!r}"
        assert not re.search(r"[“”‘’\uff61-\uff9f]|[。、]\s|\s[。、]", text), text


def test_a_sentence_stays_a_sentence():
    wrong = [
        (message.id, text)
        for message, text in translated()
        if english(message)[0].endswith(".") and not re.search(r"(。|：%\(\w+\)s)$", text)
    ]
    assert not wrong


def places() -> Iterator[tuple[str, str]]:
    """Where something Japanese stands, and what: catalogue, guides, the pages that write their own."""
    for message, text in translated():
        yield " ".join(path for path, _ in message.locations), text
    own = [*ROOT.glob("templates/mail/ja/*.txt")]
    own += [ROOT / "templates" / name for name in OWN_PAGES]
    for path in own:
        yield str(path.relative_to(ROOT)), NO_TEXT.sub(" ", JINJA.sub(" ", path.read_text()))
    for path in ROOT.glob("notices/guides/clients/*.toml"):
        # Labels, messages and other names are quoted from somebody else's program.
        for line in path.read_text().splitlines():
            if re.match(r"(do|detail|who|looks|version|affected|instead|wrong|right|means)\.ja", line):
                yield str(path.relative_to(ROOT)), re.sub("「.*?」", "", line)


@pytest.mark.parametrize("name", ONE_NAME)
def test_one_thing_has_one_name(name):
    wrong = [(where, text) for where, text in places() if ONE_NAME[name].search(text.replace(name, ""))]
    if name in AS_APPLE_WRITES:
        wrong = [(where, text) for where, text in wrong if Path(where).stem != "iphone"]
    assert not wrong


def test_customers_read_gentle_words():
    assert [(where, text) for where, text in places() if where.startswith(FOR_CUSTOMERS) and HARSH.search(text)] == []


def test_pages_have_no_words_of_their_own():
    wrong = []
    for path in sorted((ROOT / "templates").glob("**/*.*")):
        name = str(path.relative_to(ROOT / "templates"))
        if not name.startswith(OWN_WORDS):
            source = JINJA.sub("", path.read_text())
            wrong += [(name, word) for word in READ_ALOUD.findall(source) if re.search(r"\w", word)]
            wrong += [(name, word.strip()) for word in NO_TEXT.sub("\n", source).splitlines() if re.search(r"\w", word)]
    assert not wrong, "not in the catalogue: " + repr(wrong)


def test_the_catalogue_compiles():
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    speaks = gettext.GNUTranslations(compiled)
    for message, text in translated():
        if isinstance(message.id, str):
            assert speaks.gettext(message.id) == text
        else:
            assert {speaks.ngettext(*english(message), number) for number in (0, 1, 2, 11)} == {text}
