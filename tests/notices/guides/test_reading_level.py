"""Can somebody of eighty read it? Measured on what a guide says in Japanese, without the words on the screen.

The score is that of Tateisi, Ono and Yamada, "A computer readability formula of Japanese texts for machine scoring"
(COLING 1988): from the mean lengths of a sentence and of runs of one script. 50 is the mean of their texts, 10 the
deviation, more is easier. It needs no dictionary, so nothing ages.
"""

import re
from statistics import mean

import pytest

from campaign.tables import strings
from notices.guides import catalog
from notices.guides.schema import MARK

FOR_ADMINISTRATORS = {"script"}  # its readers write the names of protocols themselves
NAMES = [client.name for client in catalog.clients() if client.name not in FOR_ADMINISTRATORS]
LEAST = 60  # a deviation easier than their texts
LONGEST = 70  # characters of a sentence, brackets left out
MOST_KANJI = 0.35  # of a guide's text
WHOLE_SENTENCE = 20  # characters from which on a share says something
DENSEST = 0.5
JARGON = re.compile(
    "プロトコル|クライアント|リレー|デフォルト|ダイアログ|プロパティ|チェックボックス|ドロップダウン|ラジオボタン"
    "|エンドポイント|レガシー|コンフィグ|タップ|クリック|スワイプ|ペイン|トグル|オーセンティケーション"
)
SCRIPTS = {"la": "[A-Za-z]+", "lh": "[ぁ-ん]+", "lc": "[一-龠々]+", "lk": "[ァ-ヴー]+"}


def texts(name: str) -> list[str]:
    """What the guide says itself: labels, names of menus and messages of programs are not its words."""
    found = []
    for where, text in strings(catalog.client(name)):
        own = not re.match(r"(labels|security|errors\[\d+\]\.shows|title|evidence)", where)
        if own and where.endswith(".ja"):
            found.append(re.sub("「[^」]*」", "", MARK.sub("", text)))
    return found


def sentences(name: str) -> list[str]:
    split = (each for text in texts(name) for each in text.split("。"))
    return [each for each in (re.sub("（[^）]*）", "", each).strip() for each in split) if each]


def score(text: str, count: int) -> float:
    """`count` is that of its sentences."""
    runs = {name: [len(run) for run in re.findall(pattern, text)] or [0] for name, pattern in SCRIPTS.items()}
    la, lh, lc, lk = (mean(runs[name]) for name in ("la", "lh", "lc", "lk"))
    commas = text.count("、") / count
    return -0.12 * len(text) / count - 1.37 * la + 7.4 * lh - 23.18 * lc - 5.4 * lk - 4.67 * commas + 115.79


def test_the_score_tells_a_guide_from_a_standard():
    standard = "送信者認証済通信路経由転送要求受理時、当該利用者識別情報保持期間内再認証省略可能。"
    easy = "メールを開きます。つぎに、上のほうにあるしるしを押します。"
    assert score(standard, 1) < LEAST - 20 < LEAST < score(easy, 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_is_easy_to_read(name):
    found = sentences(name)
    assert score("。".join(found), len(found)) >= LEAST


@pytest.mark.parametrize("name", NAMES)
def test_sentences_are_short_and_not_dense(name):
    for sentence in sentences(name):
        assert len(sentence) <= LONGEST, sentence
        if len(sentence) >= WHOLE_SENTENCE:
            assert len(re.findall("[一-龠々]", sentence)) <= DENSEST * len(sentence), sentence


@pytest.mark.parametrize("name", NAMES)
def test_no_more_than_a_third_is_kanji(name):
    text = "".join(texts(name))
    assert len(re.findall("[一-龠々]", text)) <= MOST_KANJI * len(text)


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_the_trade_is_used_that_is_not_on_the_screen(name):
    for text in texts(name):
        assert not JARGON.search(text), text
