"""The first page narrowed: by what, in words, and to which address each click leads."""

from dataclasses import asdict, dataclass, fields, replace

from django.http import QueryDict
from django.urls import reverse

from campaign.customers import past
from campaign.customers.chosen import Chosen
from campaign.dashboard import words
from campaign.dashboard.finding import Filters, filters_in
from campaign.dashboard.shell import Choice
from campaign.models import Campaign

BY = ("standing", "reason", "program", "wave", "brand", "range")


@dataclass(frozen=True)
class Narrowed(Chosen):
    """What the page's address asks for. `round` is the mailing whose recipients the way of the notices shows."""

    round: str = ""

    @property
    def chosen(self) -> Chosen:
        return Chosen(**{field.name: getattr(self, field.name) for field in fields(Chosen)})

    def url(self, **changes: object) -> str:
        return f"{reverse('progress')}?{self.query(**changes)}"

    def list_url(self, **changes: object) -> str:
        """The customers themselves: with the same filters, `changes` apart."""
        return Filters(**asdict(self.chosen) | changes).url()

    @property
    def any(self) -> bool:
        return any(getattr(self, field) for field in BY)

    @property
    def past_is_told(self) -> bool:
        return past.can_be_told(self)

    @property
    def of_left(self) -> "Narrowed":
        """Those who are left among them, unless a standing is chosen: of whom reasons, programs and so on tell."""
        return self if self.standing else replace(self, standing="left")


def narrowed_in(asked: QueryDict, campaign: Campaign) -> Narrowed:
    """The list's filters, as far as the page follows them."""
    found = filters_in(asked, campaign)
    number = asked.get("round", "")
    round_ = number if number.isascii() and number.isdigit() and len(number) < 10 else ""
    return Narrowed(**{field.name: getattr(found, field.name) for field in fields(Chosen)}, round=round_)


def chips(narrowed: Narrowed) -> list[Choice]:
    """What it is narrowed by, each with the address of the page without it."""
    values = asdict(narrowed)
    return [
        Choice(words.filter_title(field, values[field]), narrowed.url(**{field: ""}), True)
        for field in BY
        if values[field]
    ]
