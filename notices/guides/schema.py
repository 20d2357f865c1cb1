"""A client's TOML file -> a frozen Client; whatever is wrong is named by file and field."""

import re
from pathlib import Path

from campaign import tables
from campaign.tables import WrongFile, strings, wrong
from notices.guides.client import Client

MARK = re.compile(r"\[([a-z0-9_]+)\]|\{([a-z0-9_]+)\}")
TOKENS = ("smtp_host", "smtp_port", "security", "login", "provider", "phone")
LANGUAGES = ("en", "ja")
ON_SCREEN = re.compile(r"\.screen\.(?:title|press|(?:tabs|entries|buttons)\[\d+\])$")
SHOWN_AS_IT_IS = re.compile(r"(?:^title|\.when|\.shows)\.(?:en|ja)$")
DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def read(path: Path) -> Client:
    """Raises `WrongFile`."""
    client = tables.read(path, Client, same=_is_token)
    try:
        _check_texts(client)
    except WrongFile as error:
        raise WrongFile(f"{path.name}: {error}") from None
    if client.name != path.stem:
        raise WrongFile(f"{path.name}: name is {client.name!r}, wanted {path.stem!r} as the file is called")
    return client


def _is_token(text: str) -> bool:
    found = MARK.fullmatch(text)
    return bool(found and found[2])


def _check_texts(client: Client) -> None:
    """Every word on the screen and every token that a text names must exist."""
    if set(client.security) != {"SSL/TLS", "STARTTLS"}:
        raise wrong("security", sorted(client.security), "both SSL/TLS and STARTTLS")
    if client.state != "dead" and not (client.steps and client.test):
        raise WrongFile("steps and test are empty, wanted at least one step each")
    if client.state != "current" and not (client.instead and DAY.fullmatch(client.retired_on)):
        raise WrongFile(
            f"state is {client.state!r}, wanted instead and retired_on (as 2024-12-31, 2024-12 or 2024), too"
        )
    for place, step in enumerate(client.steps, 1):
        if step.screen and step.screen.press not in ("", *step.screen.tabs, *step.screen.entries, *step.screen.buttons):
            wanted = "one of the screen's tabs, entries and buttons"
            raise wrong(f"steps[{place}].screen.press", step.screen.press, wanted)
    for where, value in strings(client):
        of_screen = ON_SCREEN.search(where) and value
        if (of_screen or where.endswith((".label", "].label"))) and value not in client.labels:
            raise wrong(where, value, "one of the labels " + ", ".join(client.labels))
        if re.search(r"unverified\[\d+\]$", where) and value not in LANGUAGES:
            raise wrong(where, value, "one of " + ", ".join(LANGUAGES))
        if where.startswith("mailers"):
            continue  # the header's own brackets: “Becky! ver. 2.81.05 [ja]”
        if SHOWN_AS_IT_IS.search(where) and MARK.search(value):
            raise wrong(where, value, "a text without [labels] and {tokens}")
        for label, token in MARK.findall(value):
            if label and label not in client.labels:
                raise WrongFile(f"{where}: [{label}] is not known, wanted one of {', '.join(client.labels)}")
            if token and token not in TOKENS:
                raise WrongFile(f"{where}: {{{token}}} is not known, wanted one of {', '.join(TOKENS)}")
