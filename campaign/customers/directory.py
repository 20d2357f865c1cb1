"""The provider's list of customers -> customers and their addresses, all or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaign.customers.listing import Entry, Mistakes, entries
from campaign.locks import CUSTOMERS, in_turn
from campaign.models import Address, Customer

FIELDS = ("language", "name", "contact_address", "contract")
BATCH = 500


class NotImported(ValueError):
    """The list has mistakes and nothing of it was taken; `mistakes` are messages with file and line."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Imported:
    """Numbers of customers, and of addresses that came or went."""

    new: int
    changed: int
    unchanged: int
    addresses_added: int
    addresses_removed: int


def import_file(path: Path) -> Imported:
    """The customers of a CSV file, as the command imports them. Raises NotImported and OSError."""
    return import_customers(path.read_bytes(), file=str(path), default_domain=settings.DEFAULT_DOMAIN)


def import_customers(content: bytes, *, file: str, default_domain: str) -> Imported:
    """Make the customers of the list be as the list says; once more changes nothing.

    Customers who are not in the list stay as they are; their addresses cannot be given to
    others. Raises NotImported.
    """
    listed, mistakes = entries(content, file=file, default_domain=default_domain)
    if mistakes:
        raise NotImported(mistakes)
    with transaction.atomic():
        in_turn(CUSTOMERS)
        removed, wanted = _addresses(listed, mistakes)
        if mistakes:
            raise NotImported(mistakes)
        new, changed = _store_customers(listed)
        for batch in _batches(removed):
            Address.objects.filter(address__in=batch).delete()
        _store_addresses(wanted)
    return Imported(new, changed, len(listed) - new - changed, len(wanted), len(removed))


def _addresses(listed: list[Entry], mistakes: Mistakes) -> tuple[list[str], dict[str, str]]:
    """Addresses to remove (or to take from another of the list), and those to add, with the login."""
    owner = dict(Address.objects.values_list("address", "customer__login").iterator())
    logins = {entry.login for entry in listed}
    wanted: dict[str, str] = {}
    for entry in listed:
        for address in entry.addresses:
            has = owner.get(address, "")
            if has and has not in logins:
                mistakes.note(
                    entry.line, "addresses", address, f"an address that is free; {has}, not in this list, has it"
                )
            wanted[address] = entry.login
    removed = [address for address, login in owner.items() if login in logins and wanted.get(address) != login]
    return removed, {address: login for address, login in wanted.items() if owner.get(address) != login}


def _store_customers(listed: list[Entry]) -> tuple[int, int]:
    """How many are new and how many changed; only these are written."""
    known = {login: values for login, *values in Customer.objects.values_list("login", *FIELDS).iterator()}
    in_order = sorted(listed, key=lambda entry: entry.login)  # as `campaign/submissions/loading.py` makes new ones
    written = [entry for entry in in_order if known.get(entry.login) != [getattr(entry, field) for field in FIELDS]]
    Customer.objects.bulk_create(
        (Customer(login=entry.login, **{field: getattr(entry, field) for field in FIELDS}) for entry in written),
        update_conflicts=True,
        unique_fields=["login"],
        update_fields=FIELDS,
    )
    new = sum(entry.login not in known for entry in written)
    return new, len(written) - new


def _store_addresses(wanted: dict[str, str]) -> None:
    keys = dict(Customer.objects.values_list("login", "pk").iterator()) if wanted else {}
    Address.objects.bulk_create(Address(address=address, customer_id=keys[login]) for address, login in wanted.items())


def _batches(addresses: list[str]) -> Iterator[list[str]]:
    remaining = iter(addresses)
    return iter(lambda: list(islice(remaining, BATCH)), [])
