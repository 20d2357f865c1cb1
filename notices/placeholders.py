"""The fixed list of names that a text may hold, and what each stands for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Placeholder:
    """`optional`: empty for some customers; `condition`: no text, can only be asked for; `rare`: holds for few."""

    name: str
    meaning: Promise
    example: dict[str, str]
    optional: bool = False
    condition: bool = False
    rare: bool = False

    @property
    def written(self) -> str:
        return f"{{% if {self.name} %}}" if self.condition else f"{{{{ {self.name} }}}}"


def _text(name: str, meaning: Promise, en: str, ja: str = "", *, optional: bool = False) -> Placeholder:
    return Placeholder(name, meaning, {"en": en, "ja": ja or en}, optional=optional)


def _condition(name: str, meaning: Promise, *, rare: bool = False) -> Placeholder:
    return Placeholder(name, meaning, {"en": "", "ja": ""}, condition=True, rare=rare)


STEPS_EN = "1. Open the “Settings” of your program.\n2. Look for “Outgoing server”.\n3. Save the settings."
STEPS_JA = "1. お使いのソフトの「設定」を開きます。\n2. 「送信サーバー」を探します。\n3. 設定を保存します。"
CASE_EN = "Mail was also sent the new way. So one device seems to be changed already, and another one is not."
CASE_JA = "新しい方法で送られたメールもありました。設定がすんだ機器と、まだの機器があるようです。"
_all = (
    _text("provider", _("our name"), "Mihon Net", "みほんネット"),
    _text("name", _("the customer's name"), "Hanako Sato", "佐藤 花子", optional=True),
    _text("number", _("the announcement number"), "482-913-057"),
    _text(
        "cutoff",
        _("the first day on which the old way no longer works"),
        "Thursday, April 1, 2027",
        "2027年4月1日（木）",
    ),
    _text("until", _("the last day on which the old way works"), "Wednesday, March 31, 2027", "2027年3月31日（水）"),
    _text("cutoff_day", _("the first day without the old way, short, for a subject"), "April 1", "4月1日"),
    _text("until_day", _("the last day of the old way, short, for a subject"), "March 31", "3月31日"),
    _text(
        "sent_on", _("the day of the last mail sent the old way"), "Sunday, November 22, 2026", "2026年11月22日（日）"
    ),
    _text("sent_at", _("the time of the last mail sent the old way"), "12:00"),
    _text("program", _("the mail program that most likely sent it"), "Thunderbird", optional=True),
    _text("situation", _("one or two sentences on this customer's own case"), CASE_EN, CASE_JA, optional=True),
    _text("steps", _("the numbered steps for the customer's mail program"), STEPS_EN, STEPS_JA),
    _text(
        "moved_on",
        _("the day of the last mail sent the new way"),
        "Monday, November 23, 2026",
        "2026年11月23日（月）",
        optional=True,
    ),
    _text("smtp_host", _("the outgoing server"), "smtp.isp.example"),
    _text("smtp_port", _("the port of the outgoing server"), "465"),
    _text("link", _("the address of the customer's own page"), "https://www.isp.example/p/x/"),
    _text("home", _("the address of our home page"), "https://www.isp.example/"),
    _text("phone", _("the phone number printed on the bill"), "0120-000-000"),
    _text("hours", _("when the phone is answered"), "Monday to Friday, 9:00 to 18:00", "平日 9:00～18:00"),
    _condition("confirmed", _("the last mail sent the old way was certainly this customer's")),
    _condition("has_guide", _("the steps are those of the customer's own mail program")),
    _condition("program_ended", _("the customer's mail program cannot send the new way at all"), rare=True),
    _condition("own_network", _("it is about mail from our own lines, not about POP before SMTP")),
)
ASSURED = {"has_guide": ("program",)}
"""Where a condition holds, these are not empty either."""
PLACEHOLDERS = {each.name: each for each in _all}
"""By name, in the order in which the editor lists them."""

_ALWAYS = ("provider", "number", "phone")


def required(kind: str) -> tuple[str, ...]:
    """The names without which a text of this kind is not approved. Thanks come after the date has lost its point."""
    return _ALWAYS if kind == "thanks" else (*_ALWAYS, "cutoff")


def examples(language: str) -> dict[str, str | bool]:
    """A value for every name, for a look at a text without a customer; every condition holds that is not rare."""
    return {each.name: not each.rare if each.condition else each.example[language] for each in _all}
