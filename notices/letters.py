"""The letters of a chunk, each made while the relay takes the one before."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.brands import by_login
from notices import compose, ledger, selection
from notices.claims import Claim
from notices.compose import Letter, NotSendable
from notices.models import Notice

log = logging.getLogger(__name__)
State = Notice.State
READY = 2  # one to send, and one to announce


@dataclass
class Letters:
    """Whoever gets no letter any more has an end with the reason. The first text that fails is the last one tried."""

    claims: Iterable[Claim]
    end: Callable[[Claim, State, str], None]
    now: datetime
    ready: deque[tuple[Claim, Letter]] = field(default_factory=deque)
    failure: str = ""  # for people: why a text could not be made
    away: DatabaseError | InterfaceError | None = None  # what the database said, which is no word about the text

    def __post_init__(self) -> None:
        self._made = self._make()

    def fill(self) -> bool:
        """Make what is to be ready; whether there is a letter. Never raises: the relay's word may be on its way."""
        while len(self.ready) < READY and (made := next(self._made, None)):
            self.ready.append(made)
        return bool(self.ready)

    def take(self) -> tuple[Claim, Letter, Letter | None]:
        """The next one, and the letter behind it, if there is one."""
        notice, letter = self.ready.popleft()
        return notice, letter, self.ready[0][1] if self.ready else None

    def _make(self) -> Iterator[tuple[Claim, Letter]]:
        last_look, brands = LastLook(timezone.localdate(self.now)), None
        for notice in self.claims:
            try:
                if reason := last_look.why_not(notice):
                    self.end(notice, State.WITHDRAWN, reason)
                    continue
                brands = brands or by_login()
                letter = compose.letter(notice.case, notice.mailing, now=self.now, brands=brands)
                ledger.keep_coding(notice, utf8_instead=letter.utf8_instead)
            except NotSendable as error:
                self.end(notice, State.REFUSED, str(error))
            except (DatabaseError, InterfaceError) as error:
                self.away = error
                return
            except Exception as error:  # whatever a text can do wrong, it does it to the next customer, too
                log.exception("notice %s cannot be composed", notice.case.number)
                values = {"number": notice.case.number, "error": f"{type(error).__name__}: {error}"}
                self.failure = _("The text for announcement number %(number)s fails: %(error)s") % values
                return
            else:
                yield notice, letter


@dataclass
class LastLook:
    """The last look before a mail is made: what speaks against it is the same for all who stand alike."""

    today: date
    found: dict[tuple, str] = field(default_factory=dict)

    def why_not(self, notice: Claim) -> str:
        """English, for the ledger, or ""."""
        facts = (notice.case.standing, notice.exempt, notice.muted, notice.unreachable)
        if facts not in self.found:
            standing, exempt, muted, unreachable = facts
            self.found[facts] = selection.no_longer_due(
                notice.mailing, standing, exempt=exempt, muted=muted, unreachable=unreachable, today=self.today
            )
        return self.found[facts]
