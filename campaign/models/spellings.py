"""One word, as keyboards, input methods and old systems write it: wide or half wide, in either kana, with old kanji."""

from collections.abc import Iterator
from itertools import islice, product
from unicodedata import normalize

# Of half-width katakana, with the marks of voiced ones as a character of their own, what the wide ones become.
HALVES = {normalize("NFKC", half): half for half in map(chr, range(0xFF61, 0xFFA0))} | {
    whole: kana + mark
    for kana in map(chr, range(0xFF66, 0xFF9E))
    for mark in "ﾞﾟ"
    if len(whole := normalize("NFKC", kana + mark)) == 1
}
TO_HALF = str.maketrans(HALVES)
TO_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
KATAKANA = [*range(0x30A1, 0x30F7), 0x30FD, 0x30FE]
TO_HIRAGANA = {code: code - 0x60 for code in KATAKANA}
TO_KATAKANA = {code - 0x60: code for code in KATAKANA}

# Kanji of names that people write in several ways and take for the same; the commonest form first.
VARIANTS = (
    *("辺邊邉", "斎斉齋齊", "高髙", "崎﨑嵜", "沢澤", "広廣", "浜濱濵", "島嶋嶌", "国國", "吉𠮷", "桜櫻", "富冨"),
    *("竜龍", "滝瀧", "徳德", "恵惠", "真眞", "栄榮", "関關", "館舘", "条條", "塩鹽", "学學", "寿壽", "宝寶", "実實"),
    *("礼禮", "万萬", "与與", "亀龜", "来來", "円圓", "増增", "黒黑", "瀬瀨", "頼賴", "柳栁", "柏栢", "曽曾", "桑桒"),
    *("桧檜", "彦彥", "豊豐", "穂穗", "静靜", "清淸", "緑綠", "薫薰", "峰峯", "岳嶽", "尭堯", "槙槇", "遥遙", "瑶瑤"),
    *("野埜", "芦蘆", "薮藪", "児兒", "弥彌", "会會", "経經", "晋晉", "渋澁", "渉涉", "巣巢", "総總", "荘莊", "蔵藏"),
    *("鉄鐵", "壷壺", "鴎鷗"),
)
WRITTEN = {kanji: kanji + same.replace(kanji, "") for same in VARIANTS for kanji in same}
for old in map(chr, (*range(0xFA10, 0xFA2E), *range(0xFA30, 0xFA6B))):  # as old systems keep 神, 福, 都 and others
    if (kanji := normalize("NFKC", old)) != old:
        WRITTEN[kanji] = WRITTEN.get(kanji, kanji) + old
MOST_WRITTEN = 24  # ways to write the kanji of one name: three of them may have three forms


def narrow(typed: str) -> str:
    """As logins, addresses and numbers are kept (NFKC): `ｙａｍａｄａ` is `yamada`, `ﾔﾏﾀﾞ` is `ヤマダ`."""
    return normalize("NFKC", typed)


def spellings(typed: str) -> list[str]:
    """How a name may be kept that was typed so, in lower case: names stay as the provider's list has them.

    As it was typed comes first. A name in which some kana are hiragana and others are not is found as it is kept,
    or typed all in one of them. SQLite lowers no wide letters, so these stand here in both cases.
    """
    written = islice(product(*(WRITTEN.get(char, char) for char in narrow(typed))), MOST_WRITTEN)
    return list(dict.fromkeys([typed.lower(), *(way for each in written for way in _ways("".join(each)))]))


def _ways(plain: str) -> Iterator[str]:
    """With the same kanji."""
    wide, katakana = plain.translate(TO_WIDE), plain.translate(TO_KATAKANA)
    halves = (plain.translate(TO_HALF), katakana.translate(TO_HALF))
    for way in (plain, wide, plain.translate(TO_HIRAGANA), katakana, *halves):
        yield way.lower()
    yield wide.upper()
