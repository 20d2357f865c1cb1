"""The words of the guides that nobody has seen on a screen yet: what is left to check."""

from collections.abc import Iterator
from dataclasses import dataclass

from notices.guides.client import Client


@dataclass(frozen=True)
class Unverified:
    """A word as its file has it; `label` is the label's key, or where the message stands (`errors[2].shows`)."""

    file: str
    label: str
    language: str
    word: str


def unverified(client: Client) -> Iterator[Unverified]:
    """Labels first, then messages, each in the order of the file."""
    file = f"{client.name}.toml"
    for key, label in client.labels.items():
        for language in label.unverified:
            yield Unverified(file, key, language, label[language])
    for place, message in enumerate(client.errors, 1):
        for language in message.unverified:
            yield Unverified(file, f"errors[{place}].shows", language, message.shows[language])
