"""The status code that a reply's words mean, where the code itself says little (rules)."""

import re

# Japan's mobile carriers say the same of an address that does not exist and of one whose owner takes no
# mail from our domain; what is different is the blank where the address would be, and that they say it
# only after the text went over.
REFUSED_BY_ITS_OWNER = "5.7.1"
FILTERED = re.compile(r"550 : user unknown|550 unknown user.*in reply to end of data", re.I | re.S)
WORDS = {
    "5.1.1": re.compile(
        r"user unknown|unknown user|unknown recipient|no such (?:user|mailbox|recipient|address)|invalid recipient"
        r"|no mailbox here by that name|(?:user|recipient|address|account)\W[^.]{0,80}(?:does not|doesn.t) exist"
        r"|address not found|宛先(?:不明|が見つかりません)|存在しません",
        re.I,
    ),
    "5.2.1": re.compile(r"(?:mailbox|account) (?:has been |is )?(?:disabled|closed|suspended)", re.I),
    "5.2.2": re.compile(r"mailbox (?:is )?full|over ?quota|quota exceeded|exceed\w* .{0,20}quota|容量", re.I),
    "4.4.7": re.compile(r"(?:was|were) not delivered within|could not be delivered for", re.I),
}
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def precise(status_code: str, words: str) -> str:
    """`status_code`, or what the words add to one that is missing or ends in .0.0; never a guess beyond the tables."""
    if FILTERED.search(words) and status_code[:1] in {"", "5"}:
        return REFUSED_BY_ITS_OWNER
    if status_code and not status_code.endswith(".0.0"):
        return status_code
    told = CODE.search(words)
    if told and told[1][0] == (status_code or told[1])[0] and not told[1].endswith(".0.0"):
        return told[1]
    meant = next((code for code, pattern in WORDS.items() if pattern.search(words)), "")
    return meant if meant and meant[0] == (status_code or meant)[0] else status_code
