"""The announcement number as people type it."""

from campaign.models.customers import HYPHENS, NUMBER_LENGTH
from campaign.models.spellings import narrow

LONGEST = 40  # of what is typed; the rest is no number anyway


def number_in(typed: str) -> str | None:
    """The nine digits, full-width and with hyphens or blanks as people write them; None if that is no number."""
    digits = HYPHENS.sub("", narrow(typed))
    return digits if len(digits) == NUMBER_LENGTH and digits.isascii() and digits.isdecimal() else None
