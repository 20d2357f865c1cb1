"""One word, as keyboards, input methods and old systems write it: full-width letters, half-width katakana."""

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


def narrow(typed: str) -> str:
    """As logins, addresses and numbers are kept (NFKC): `ｙａｍａｄａ` is `yamada`, `ﾔﾏﾀﾞ` is `ヤマダ`."""
    return normalize("NFKC", typed)


def spellings(typed: str) -> list[str]:
    """How a name may be kept that was typed so, in lower case: names stay as the provider's list has them.

    SQLite lowers no wide letters, so these stand here in both cases.
    """
    plain = narrow(typed)
    wide = plain.translate(TO_WIDE)
    ways = (typed, plain, wide, plain.translate(TO_HALF))
    return list(dict.fromkeys([*(way.lower() for way in ways), wide.upper()]))
