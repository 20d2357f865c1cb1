"""The guides: one data file per mail program below `clients/`, read once and checked."""

from functools import cache
from pathlib import Path

from campaign.brands import Brand
from campaign.logs.client import MACHINES
from notices.guides import schema
from notices.guides.client import Client
from notices.guides.wording import Teller, plain
from notices.links import public_path

FOLDER = Path(__file__).parent / "clients"
FALLBACK = "other"

# Programs that a log can name and that have no guide of their own: what people call them.
WITHOUT_GUIDE = {
    "windows-mail": "Windows Mail",
    "android": "Android",
    "hidemaru": "HidemaruMail",
    "edmax": "EdMax",
    "al-mail": "AL-Mail",
    "winbiff": "Winbiff",
    "entourage": "Microsoft Entourage",
    "netscape": "Netscape",
    "seamonkey": "SeaMonkey",
    "postbox": "Postbox",
    "em-client": "eM Client",
    "foxmail": "Foxmail",
    "the-bat": "The Bat!",
    "pegasus": "Pegasus Mail",
    "lotus-notes": "Notes",
    "airmail": "Airmail",
    "mailmate": "MailMate",
    "evolution": "Evolution",
    "kmail": "KMail",
    "mutt": "Mutt",
    "alpine": "Alpine",
    "emacs": "Emacs",
    "webmail": "Webmail",
}
IN_JAPANESE = {  # where Windows, a Mac or the maker's page call it otherwise
    "hidemaru": "秀丸メール",
    "webmail": "Webメール",
}


@cache
def clients() -> tuple[Client, ...]:
    """In the order of the index, the fallback last."""
    found = [schema.read(path) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(found, key=lambda client: (client.order, client.name)))


def client(name: str) -> Client:
    """The guide for a program; whoever has none gets the one for any other program."""
    by_name = _by_name()
    return by_name.get(name, by_name[FALLBACK])


@cache
def _by_name() -> dict[str, Client]:
    """Each guide under its own name and under those of the other programs that it is for."""
    own = {client.name: client for client in clients()}
    return {program: client for client in clients() for program in client.programs} | own


def title(name: str, language: str) -> str:
    """What people call a program; "" where it is not known which one it is, and for a machine, which is none."""
    if name in MACHINES:
        return ""
    if name in WITHOUT_GUIDE:
        return IN_JAPANESE.get(name, WITHOUT_GUIDE[name]) if language == "ja" else WITHOUT_GUIDE[name]
    found = client(name)
    return "" if found.name == FALLBACK else found.title[language]


def mail_steps(name: str, language: str, brand: Brand) -> list[str]:
    """The guide's steps as lines of plain text, numbered; the caller wraps them."""
    told = client(name)
    teller = Teller(told, language, brand)
    lines = [plain(teller.tell(told.instead))] if told.instead else []
    for action in teller.actions(told.steps):
        lines.append(f"{action.number}. {plain(action.do)}")
        lines += [f"   ({when}: {plain(do)})" for when, do in action.versions]
        lines += [f"   - {line.label}: {plain(line.value)}" for line in action.lines]
        lines += [f"   {brand.site}{public_path(action.page, language)}"] if action.page else []
    return lines
