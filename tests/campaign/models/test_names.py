"""Names are found by any part of them, in any order, on both databases."""

import pytest
from builders import make_customer
from django.db import connection

from campaign.models import Customer
from campaign.models.spellings import MOST_WRITTEN, spellings

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db) -> dict[str, int]:
    names = {
        "hanako": "山田 花子",
        "wide": "佐藤\u3000花子",
        "close": "鈴木花子",
        "ai": "田中 愛",
        "aida": "相田 みつを",
        "makoto": "愛川 誠",
        "taro": "Tanaka Taro",
        "maria": "Anna Maria Schmidt",
        "nobody": "",
    }
    return {login: make_customer(f"{login}@isp.example", name=name).pk for login, name in names.items()}


def found(words: str, *, at_most: int = 500) -> set[str]:
    keys = Customer.objects.keys_for(words, at_most=at_most)
    return {each.login.partition("@")[0] for each in Customer.objects.filter(pk__in=keys)}


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("花子", {"hanako", "wide", "close"}),
        ("花子 山田", {"hanako"}),
        ("花子\u3000山田", {"hanako"}),
        ("花子山田", {"hanako"}),
        ("山田花子", {"hanako"}),
        ("山田花", {"hanako"}),
        ("佐藤花子", {"wide"}),
        ("花子 佐藤", {"wide"}),
        ("花子 鈴木", {"close"}),
        ("田花", set()),
        ("taro", {"taro"}),
        ("TARO TANAKA", {"taro"}),
        ("anak", {"taro"}),
        ("schmidt anna", {"maria"}),
        ("maria", {"maria"}),
        ("ria Schm", {"maria"}),
        ("愛", {"ai", "makoto"}),
        ("誠 愛川", {"makoto"}),
        ("愛 田中", {"ai"}),
        ("花 山", {"hanako"}),
        ("みつ", {"aida"}),
        ("次郎", set()),
        ("花子 次郎", set()),
        ("子山", set()),
    ],
)
def test_a_part_of_a_name_is_enough_in_any_order(people, typed, who):
    assert found(typed) == who


def test_those_that_begin_so_come_first_however_many_have_it_inside():
    inside = [make_customer(f"a{number}@isp.example", name=f"Saito {number}").pk for number in range(5)]
    begins = make_customer("z@isp.example", name="Ito Ken").pk
    assert Customer.objects.keys_for("ito", at_most=3) == [begins, *inside[:2]]
    assert Customer.objects.keys_for("ito", at_most=1) == [begins]


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("ヤマダ ハナコ", "ﾊﾅｺ"),
        ("ヤマダ ハナコ", "ﾊﾅｺ ﾔﾏﾀﾞ"),
        ("ヤマダ ハナコ", "ﾊﾅｺﾔﾏﾀﾞ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ハナコヤマダ"),
        ("ﾎﾞﾋﾞｰ ﾍﾟﾚｽ", "ペレス ボ"),
        ("北ＡＢＣ商事", "abc商"),
        ("北ABC商事", "ＡＢＣ商"),
        ("山本 さくら", "サクラ"),
        ("山本 さくら", "ｻｸﾗ"),
        ("山本 サクラ", "さくら"),
        ("ﾔﾏﾓﾄ ｻｸﾗ", "さくら"),
        ("ヤマモト サクラ", "さくらやまもと"),
        ("高橋 花枝", "髙橋"),
        ("髙橋 花枝", "高橋"),
        ("渡辺 次郎", "渡邊"),
        ("渡邉 次郎", "渡邊"),
        ("渡邊 次郎", "次郎 渡辺"),
        ("渡邉 髙雄", "高雄渡辺"),
        ("齋藤 廣", "斉藤 広"),
        ("𠮷田 嶋子", "吉田"),
        ("福\ufa19 一", "福神"),
        ("\ufa1b神 一", "福神"),
    ],
)
def test_a_part_of_a_name_is_found_however_wide_it_is_kept_or_typed(people, kept, typed):
    make_customer("wanted@isp.example", name=kept)
    assert found(typed) == {"wanted"}


def test_a_name_of_many_such_kanji_is_written_in_so_many_ways_and_no_more():
    ways = spellings("渡邊齋藤澤國廣濱" * 20)
    assert ways[0] == "渡邊齋藤澤國廣濱" * 20 and len(ways) <= 2 * MOST_WRITTEN


ODD = ("%", "_", "\\", "'", '"', "{", "}", "\0", " ", "\u3000", "a b c d e f g", "x" * 5000, "\U0010ffff")


@pytest.mark.parametrize("words", ODD)
def test_anything_is_only_text(people, words):
    assert found(words) in (set(), set(people))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads its names, which are few")
@pytest.mark.parametrize("words", ["花子 山田", "tanaka", "ハナコ", "渡邊", "やまだ"])
def test_postgresql_finds_them_by_its_index(people, words):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Customer.objects.named(words).explain()
    assert "customers_by_pairs_of_name" in plan
