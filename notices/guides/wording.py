"""A client's texts in one language, with the provider's values filled in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from campaign.tables import Words
from notices.guides.client import Client, Field, Step
from notices.guides.schema import MARK

SECURITY = {465: "SSL/TLS"}  # RFC 8314: TLS from the first byte there; every other port begins in clear
LOGIN = Words(en="your whole mail address (such as {example})", ja="メールアドレス全体（例: {example}）")
QUOTES = {"en": "“{}”", "ja": "「{}」"}


@dataclass(frozen=True)
class Part:
    """A piece of a text: plain `text`, a `label` on the screen (with its quotes), or a `value` to enter."""

    kind: str
    text: str


Told = tuple[Part, ...]


@dataclass(frozen=True)
class Line:
    """One line of a settings screen."""

    label: str
    value: Told
    note: Told
    pair: bool


@dataclass(frozen=True)
class Action:
    """A step as a page or a mail tells it; `unsure` when a word in it was never seen on a screen."""

    number: int
    do: Told
    detail: Told
    versions: tuple[tuple[str, Told], ...]
    lines: tuple[Line, ...]
    unsure: bool


@dataclass(frozen=True)
class Setting:
    """A line of the table of values; `pair` marks port and encryption."""

    name: str
    value: str
    pair: bool = False


def security() -> str:
    return SECURITY.get(settings.SMTP_PORT, "STARTTLS")


def login(language: str) -> str:
    return LOGIN[language].format(example=f"hanako@{settings.DEFAULT_DOMAIN}")


def setting_table(language: str) -> tuple[Setting, ...]:
    """The values that every program wants, whatever it calls them."""
    with translation.override(language):
        return (
            Setting(_("Outgoing server (SMTP)"), settings.SMTP_HOST),
            Setting(_("Port"), str(settings.SMTP_PORT), pair=True),
            Setting(_("Encryption"), security(), pair=True),
            Setting(_("Authentication"), _("Password (on)")),
            Setting(_("User name"), login(language)),
            Setting(_("Password"), _("the password with which you receive your mail")),
        )


class Teller:
    """Tells one client's texts in one language."""

    def __init__(self, client: Client, language: str) -> None:
        self.client = client
        self.language = language
        self.values = {
            "smtp_host": settings.SMTP_HOST,
            "smtp_port": str(settings.SMTP_PORT),
            "security": client.security[security()][language],
            "login": login(language),
            "provider": settings.PROVIDER_NAME[language],
            "phone": settings.SUPPORT_PHONE,
        }

    def tell(self, words: Words | None) -> Told:
        return tuple(self._parts(words[self.language])) if words else ()

    def label(self, key: str) -> str:
        return self.client.labels[key][self.language]

    def actions(self, steps: tuple[Step, ...]) -> tuple[Action, ...]:
        return tuple(self._action(number, step) for number, step in enumerate(steps, 1))

    def _parts(self, text: str) -> Iterator[Part]:
        end = 0
        for found in MARK.finditer(text):
            if found.start() > end:
                yield Part("text", text[end : found.start()])
            if found[1]:
                yield Part("label", QUOTES[self.language].format(self.label(found[1])))
            else:
                yield Part("value", self.values[found[2]])
            end = found.end()
        if end < len(text):
            yield Part("text", text[end:])

    def _action(self, number: int, step: Step) -> Action:
        return Action(
            number=number,
            do=self.tell(step.do),
            detail=self.tell(step.detail),
            versions=tuple((version.when[self.language], self.tell(version.do)) for version in step.versions),
            lines=tuple(self._line(field) for field in step.fields),
            unsure=any(self.language in self.client.labels[key].unverified for key in self._labels(step)),
        )

    def _line(self, field: Field) -> Line:
        return Line(self.label(field.label), self.tell(field.value), self.tell(field.note), field.pair)

    def _labels(self, step: Step) -> Iterator[str]:
        texts = [step.do, step.detail, *(version.do for version in step.versions)]
        texts += [text for field in step.fields for text in (field.value, field.note)]
        for text in texts:
            if text:
                yield from (label for label, _token in MARK.findall(text[self.language]) if label)
        yield from (field.label for field in step.fields)


def plain(told: Told) -> str:
    return "".join(part.text for part in told)
