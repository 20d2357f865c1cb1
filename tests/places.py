"""The addresses of all public pages that anybody may open, without their language."""

from notices.guides import catalog
from notices.guides.client import Client

ASKING = ("", "find/", "which/", "which/phone/", "which/computer/")
DEVICES = tuple(f"which/{device}/" for device in ("iphone", "android", "windows", "mac", "else"))
FIXED = (*ASKING, *DEVICES, "setup/", "notices/", "notices/check/")
GUIDES = tuple(f"guide/{client.name}/" for client in catalog.clients())


def parts(client: Client) -> list[str]:
    """Every page of a guide."""
    found = ["", "all/"]
    if client.steps:
        found += [f"{number}/" for number in range(1, len(client.steps) + 1)]
        found += ["test/"] + ["switch/"] * bool(client.pbs_switch)
    return found + ["trouble/"] * bool(client.errors or client.mistakes) + ["undo/"] * bool(client.undo)


def under(place: str) -> list[str]:
    """The page at this place; of a guide, all of its pages."""
    name = place.split("/")[1] if place.startswith("guide/") else ""
    return [place + part for part in parts(catalog.client(name))] if name else [place]
