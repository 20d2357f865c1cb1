"""What an address asks for and cannot be understood: the page says so, and nothing is done to more for it."""

from dataclasses import fields

from django.http import QueryDict

from campaign.customers.chosen import Chosen

LONGEST = 60


def left_out(asked: QueryDict, understood: Chosen) -> list[str]:
    """Each as it stands in the address, such as `standing=foo`; `understood` has nothing of it, or another campaign."""
    found = []
    for field in fields(understood):
        value, taken = asked.get(field.name, "").strip(), getattr(understood, field.name)
        if value and (not taken or (field.name == "campaign" and taken != value)):
            found.append(as_asked(field.name, value))
    return found


def as_asked(name: str, value: str) -> str:
    """To be shown: no longer than a line, and without what no page may have."""
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in value)
    return f"{name}={shown[:LONGEST]}…" if len(shown) > LONGEST else f"{name}={shown}"
