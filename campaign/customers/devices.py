"""Devices told apart: a program is one, and where none is known, an address; each with its last day either way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ADDRESSES = 3  # of a device that are shown: the last ones


@dataclass(frozen=True)
class Use:
    """A day's use one way; `addresses` may be those of several devices of the same program."""

    old: bool
    at: datetime
    program: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Device:
    """`program` is "" where it is known by its address alone."""

    program: str
    addresses: tuple[str, ...]
    old_at: datetime | None
    new_at: datetime | None

    @property
    def left(self) -> bool:
        """Still to be changed: the old way came last."""
        return self.old_at is not None and (self.new_at is None or self.old_at >= self.new_at)


def devices(uses: Iterable[Use]) -> list[Device]:
    """Those still to be changed first, and of these who sent last."""
    seen: dict[tuple[str, str], list[Use]] = {}
    for use in sorted(uses, key=lambda use: use.at, reverse=True):
        keys = [(use.program, "")] if use.program else [("", address) for address in use.addresses]
        for key in keys:
            seen.setdefault(key, []).append(use)
    found = [_device(*key, its) for key, its in seen.items()]
    return sorted(found, key=lambda each: (each.left, max(filter(None, (each.old_at, each.new_at)))), reverse=True)


def _device(program: str, address: str, uses: list[Use]) -> Device:
    last = dict.fromkeys(each for use in uses for each in use.addresses)
    return Device(
        program=program,
        addresses=(address,) if address else tuple(last)[:ADDRESSES],
        old_at=next((use.at for use in uses if use.old), None),
        new_at=next((use.at for use in uses if not use.old), None),
    )
