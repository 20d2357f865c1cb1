"""Words that a service notice does without: they frighten like fraudulent mail, or they advertise.

Patterns, in both languages for either: an English word in a Japanese text reads no better.
"""

import re

ALARM = (
    r"大?至急|緊急|早急|直ちに|ただちに|今すぐ|いますぐ|即時",
    r"重要なお知らせ|【重要】|\[重要\]|重要[:：]|必ずお読みください",
    r"警告|最終(?:通告|警告|通知)|最後通告|督促|催告|法的措置",
    r"(?:アカウント|メールボックス)[のがを]?(?:停止|凍結|ロック|削除)|利用停止|ご?利用[をが]?制限|凍結|失効",
    r"不正(?:利用|アクセス|ログイン)|本人確認|(?:24|２４|48|４８)時間以内",
    r"\burgent(?:ly)?\b|\bimmediate(?:ly)?\b|\bASAP\b|\bact now\b|\bright away\b|\bwithin (?:24|48) hours\b",
    r"\bimportant(?: notice|:)|\bfinal (?:notice|warning)\b|\blast (?:warning|chance)\b|\bwarning\b",
    r"\bsuspen(?:d|ded|sion)\b|\b(?:account|mailbox) (?:will be |is )?(?:locked|closed|blocked|terminated|deleted)\b",
    r"\bverify your (?:account|identity)\b|\bsecurity alert\b|\bunauthori[sz]ed\b|\bexpir(?:e|es|ed|ing)\b",
)
ADVERTISING = (
    r"キャンペーン|お得|おトク|(?<!通話料)(?<!通話)無料|割引|割安|値下げ|特別価格|円引き|セール|キャッシュバック",
    r"特典|プレゼント|進呈|ポイント(?:還元|付与)|期間限定|数量限定|今だけ|大好評",
    r"新登場|新サービス|新プラン|おすすめ|お勧め|オプションサービス|乗り?換え|お?申し?込み",
    r"(?<!toll-)(?<!feel )\bfree\b|\bdiscounts?\b|\b(?:special|new|our) offers?\b|\bbargains?\b|\bsale\b",
    r"\bcash ?back\b|\bbonus\b|\bgifts?\b|\bprizes?\b|\blimited[- ]time\b|\bpromotion(?:al)?\b|\bbest price\b",
    r"\bexclusive\b|\bupgrade\b|\bsign up\b|\bsubscribe\b|\bnew plans?\b|\brecommend(?:ed)?\b",
)
_ANY = {
    "alarm": re.compile("|".join(ALARM), re.IGNORECASE),
    "advertising": re.compile("|".join(ADVERTISING), re.IGNORECASE),
}


def alarming(text: str) -> list[re.Match[str]]:
    return list(_ANY["alarm"].finditer(text))


def advertising(text: str) -> list[re.Match[str]]:
    return list(_ANY["advertising"].finditer(text))


# Who asks for a password, and who says that we never do. Each holds within one sentence.
# What stands between the words of each is bounded, so that a long text is read in one go.
ASKS_FOR_PASSWORD = {
    "ja": re.compile(r"パスワード.{0,40}?(?:知らせ|教え|連絡|返信|送って|送り|記入|伝え|提示|聞かせ)", re.DOTALL),
    "en": re.compile(
        r"\b(?:send|tell|give|provide|confirm|submit|reply|e-?mail)\b.{0,80}?\bpassword"
        r"|\bpassword.{0,80}?\b(?:sen[dt]|tell|give|provide|confirm|submit|reply|e-?mail) (?:it|us|to|me)\b",
        re.IGNORECASE | re.DOTALL,
    ),
}
ASKS_TO_ENTER_IT = {
    "ja": re.compile(
        r"パスワード.{0,40}?(?:入力|入れ|変更|更新|再設定).{0,12}?(?:ください|下さい|願い|頂|いただ)", re.DOTALL
    ),
    "en": re.compile(r"\b(?:enter|type|fill in|change|update|reset)\b.{0,40}?\bpassword", re.IGNORECASE | re.DOTALL),
}
OWN_PROGRAM = {  # where a customer enters it for nobody else to see
    "ja": re.compile(r"ソフト|アプリ|設定画面|機器"),
    "en": re.compile(r"\bprograms?\b|\bapps?\b|\bsettings\b|\bdevices?\b", re.IGNORECASE),
}
NEGATED = {
    "ja": re.compile(r"ません|ないで|しない|なさらない|不要"),
    "en": re.compile(r"\bnever\b|\bnot\b|n[’']t\b|\bno\b", re.IGNORECASE),
}
PROMISES = {
    "ja": re.compile(r"パスワード.{0,20}?(?:たずね|尋ね|聞|伺|うかが|求め).{0,20}?(?:ません|ない)", re.DOTALL),
    "en": re.compile(
        r"(?:\bnever\b|\bnot\b|n[’']t\b).{0,40}?\bask\b.{0,40}?\bpassword"
        r"|\bpassword.{0,40}?\b(?:never|not)\b.{0,40}?\bask",
        re.IGNORECASE | re.DOTALL,
    ),
}
SENTENCE = re.compile(r"(?:(?!\n[ \t]*\n)[^。！？!?.])+[。！？!?.]?")


def asks_for_password(sentence: str, language: str) -> re.Match[str] | None:
    """Where one sentence asks to tell the password, or to enter it elsewhere than in one's own mail program."""
    if NEGATED[language].search(sentence):
        return None
    asks = ASKS_FOR_PASSWORD[language].search(sentence)
    return asks or (not OWN_PROGRAM[language].search(sentence) and ASKS_TO_ENTER_IT[language].search(sentence)) or None
