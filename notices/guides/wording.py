"""A client's texts in one language, with the provider's values filled in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from campaign.brands import Brand
from campaign.tables import Words
from notices.guides.client import Client, Field, Screen, Step
from notices.guides.schema import MARK
from notices.guides.setup.servers import Server

LOGIN = {
    "address": Words(en="your whole mail address (such as {example})", ja="メールアドレス全体（例: {example}）"),
    "local_part": Words(
        en="what stands before the @ in your mail address (such as {name}, if it is {example})",
        ja="メールアドレスの @ より前（{example} なら {name}）",
    ),
}
TYPED = ("smtp_host", "smtp_port")  # the values that everybody types as they stand
EXAMPLE = "hanako"
QUOTES = {"en": "“{}”", "ja": "「{}」"}


@dataclass(frozen=True)
class Part:
    """A piece of a text: plain `text`, a `label` on the screen (with its quotes), or a `value` to enter."""

    kind: str
    text: str


Told = tuple[Part, ...]


@dataclass(frozen=True)
class Line:
    """One line of a settings screen; `copy` where the value is to be typed as it stands."""

    label: str
    value: Told
    note: Told
    pair: bool
    kind: str
    copy: bool = False


@dataclass(frozen=True)
class Place:
    """A word of a drawn screen; `press` marks the one to press."""

    label: str
    press: bool


@dataclass(frozen=True)
class Drawn:
    """A screen as a drawing shows it; the step's own lines are its fields. `pressed` is the word to press, or ""."""

    kind: str
    title: str
    tabs: tuple[Place, ...]
    entries: tuple[Place, ...]
    buttons: tuple[Place, ...]
    pressed: str


@dataclass(frozen=True)
class Action:
    """A step as a page or a mail tells it; `unsure` when a word in it was never seen on a screen."""

    number: int
    do: Told
    detail: Told
    versions: tuple[tuple[str, Told], ...]
    lines: tuple[Line, ...]
    unsure: bool
    screen: Drawn | None = None
    page: str = ""


@dataclass(frozen=True)
class Setting:
    """A line of the table of values; `pair` marks port and encryption, `copy` what is to be typed as it stands."""

    name: str
    value: str
    pair: bool = False
    copy: bool = False


@dataclass(frozen=True)
class Door:
    """Port and encryption, which belong together."""

    port: int
    security: str


def door(brand: Brand, *, prefers: str = "") -> Door:
    """Where a program shall send; for one that cannot use the brand's first way the other one, if it fits."""
    servers = (Server("smtp", brand.smtp_host, port) for port in (brand.smtp_port, brand.other_smtp_port) if port)
    ways = [Door(each.port, "SSL/TLS" if each.tls_at_once else "STARTTLS") for each in servers]
    return next((way for way in ways if way.security == prefers), ways[0])


def login(brand: Brand, language: str) -> str:
    """What to enter as user name."""
    return LOGIN[brand.login][language].format(example=f"{EXAMPLE}@{brand.domains[0]}", name=EXAMPLE)


def setting_table(brand: Brand, language: str, *, prefers: str = "") -> tuple[Setting, ...]:
    """The values that every program wants, whatever it calls them."""
    way = door(brand, prefers=prefers)
    with translation.override(language):
        return (
            Setting(_("Outgoing server (SMTP)"), brand.smtp_host, copy=True),
            Setting(_("Port"), str(way.port), pair=True, copy=True),
            Setting(_("Encryption"), way.security, pair=True),
            Setting(_("Authentication"), _("Password (on)")),
            Setting(_("User name"), login(brand, language)),
            Setting(_("Password"), _("the password with which you receive your mail")),
        )


class Teller:
    """Tells one client's texts in one language, with one brand's values."""

    def __init__(self, client: Client, language: str, brand: Brand) -> None:
        self.client = client
        self.language = language
        way = door(brand, prefers=client.prefers)
        self.values = {
            "smtp_host": brand.smtp_host,
            "smtp_port": str(way.port),
            "security": client.security[way.security][language],
            "login": login(brand, language),
            "provider": brand.name[language],
            "phone": brand.phone,
        }

    def tell(self, words: Words | None, *, quotes: bool = True) -> Told:
        return tuple(self._parts(words[self.language], quotes=quotes)) if words else ()

    def label(self, key: str) -> str:
        return self.client.labels[key][self.language]

    def actions(self, steps: tuple[Step, ...]) -> tuple[Action, ...]:
        return tuple(self._action(number, step) for number, step in enumerate(steps, 1))

    def _parts(self, text: str, *, quotes: bool = True) -> Iterator[Part]:
        end = 0
        for found in MARK.finditer(text):
            if found.start() > end:
                yield Part("text", text[end : found.start()])
            if found[1]:
                label = self.label(found[1])
                yield Part("label", QUOTES[self.language].format(label) if quotes else label)
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
            screen=self._drawn(step.screen) if step.screen else None,
            page=step.page,
        )

    def _drawn(self, screen: Screen) -> Drawn:
        def places(keys: tuple[str, ...]) -> tuple[Place, ...]:
            return tuple(Place(self.label(key), key == screen.press) for key in keys)

        return Drawn(
            kind=screen.kind,
            title=self.label(screen.title) if screen.title else "",
            tabs=places(screen.tabs),
            entries=places(screen.entries),
            buttons=places(screen.buttons),
            pressed=self.label(screen.press) if screen.press else "",
        )

    def _line(self, field: Field) -> Line:
        return Line(
            label=self.label(field.label),
            value=self.tell(field.value, quotes=False),  # drawn in its box, as the program shows it
            note=self.tell(field.note),
            pair=field.pair,
            kind=field.kind,
            copy=field.value[self.language].strip("{}") in TYPED,
        )

    def _labels(self, step: Step) -> Iterator[str]:
        texts = [step.do, step.detail, *(version.do for version in step.versions)]
        texts += [text for field in step.fields for text in (field.value, field.note)]
        for text in texts:
            if text:
                yield from (label for label, _token in MARK.findall(text[self.language]) if label)
        yield from (field.label for field in step.fields)
        if step.screen:
            yield from filter(None, (step.screen.title, *step.screen.tabs, *step.screen.entries, *step.screen.buttons))


def plain(told: Told) -> str:
    return "".join(part.text for part in told)
