"""Why a change does not show, in words that a customer follows: the likeliest first, with its place in the guide."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.brands import Brand
from campaign.customers.obstacles import Grounds, Obstacle, Signs, obstacles
from campaign.jinja import day
from campaign.models import DailyUse
from notices.guides import catalog
from notices.guides.telling import Guide, told
from notices.guides.wording import door
from notices.pages.guide import aside


@dataclass(frozen=True)
class Hint:
    """`seen`: the last mail shows it. `place` and `where` are the name of a public page and what stands in its path."""

    obstacle: Obstacle
    seen: bool
    title: str
    said: str
    do: str
    link: str
    place: str
    where: dict[str, str | int]


def hints(
    old: DailyUse | None, new: DailyUse | None, failed: DailyUse | None, *, program: str, brand: Brand, language: str
) -> list[Hint]:
    """`old`, `new` and `failed` are the last days sent the old way, the new way, and after a sign-in that was refused;
    `program` is the one that is spoken of."""
    if old is None:
        return []
    seen = signs(old, new, failed)
    guide = told(program or catalog.FALLBACK, language, brand)
    return [_hint(each, grounds, seen, guide, brand, language) for each, grounds in obstacles(seen)]


def signs(old: DailyUse, new: DailyUse | None, failed: DailyUse | None) -> Signs:
    return Signs(
        last_legacy_at=old.last_at,
        submissions=old.submissions,
        at_old_door=old.at_old_door,
        legacy_program=old.client_program,
        failed_at=failed.last_at if failed else None,
        last_auth_at=new.last_at if new else None,
        auth_program=new.client_program if new else "",
    )


def _hint(obstacle: Obstacle, grounds: Grounds, seen: Signs, guide: Guide, brand: Brand, language: str) -> Hint:
    title, said, do, link = {
        Obstacle.PROGRAM: lambda: _program(grounds, seen, language),
        Obstacle.DOOR: lambda: _door(grounds, guide, brand),
        Obstacle.PASSWORD: lambda: _password(grounds, seen.failed_at),
    }[obstacle]()
    place, where = _place(obstacle, guide)
    return Hint(obstacle, grounds is Grounds.SEEN, title, said, do, link, place, where)


def _program(grounds: Grounds, seen: Signs, language: str) -> tuple[str, str, str, str]:
    old, new = (catalog.title(name, language) for name in (seen.legacy_program, seen.auth_program))
    if grounds is Grounds.SEEN and old and new:
        sentence = _("Mail from %(new)s goes the new way. But the last mail sent the old way came from %(old)s.")
    elif old:
        sentence = _("The last mail sent the old way came from %(old)s. Is that the program that you have changed?")
    else:
        sentence = _("The mail came from another program or device than the one that you have changed.")
    do = _("Change the setting in every program and device with which you send mail.")
    return _("Another program or device"), sentence % {"old": old, "new": new}, do, _("See the steps")


def _door(grounds: Grounds, guide: Guide, brand: Brand) -> tuple[str, str, str, str]:
    if grounds is Grounds.SEEN:
        said = _("The last mail came in by the old server name or the old port, where no password is asked for.")
    else:
        said = _("The server name or the port is still the old one, or port and encryption do not match.")
    way = door(brand, prefers=catalog.client(guide.name).prefers)
    values = {"server": brand.smtp_host, "port": way.port, "security": way.security}
    do = _("These belong together: server %(server)s, port %(port)s, encryption %(security)s.") % values
    return _("Server name, port or encryption"), said, do, _("See where they are entered")


def _password(grounds: Grounds, failed_at: datetime | None) -> tuple[str, str, str, str]:
    if grounds is Grounds.SEEN:
        said = _(
            "The password was refused for the last mail. The mail then went the old way, so you may not have noticed."
        )
    elif grounds is Grounds.LIKELY and failed_at:
        said = _("On %(day)s the password was refused, and none has been accepted since.") % {
            "day": day(timezone.localdate(failed_at))
        }
    else:
        said = _("The password or the user name in the program is not the one of your mail.")
    do = _("Enter the password of your mail once more. Capital and small letters count as different.")
    return _("The password"), said, do, _("See what helps with error messages")


def _place(obstacle: Obstacle, guide: Guide) -> tuple[str, dict[str, str | int]]:
    """Where the guide speaks of it; its first page where it nowhere does."""
    start: dict[str, str | int] = {"client": guide.name}
    entered = next((step.number for step in guide.steps if step.lines), None)
    if obstacle is Obstacle.DOOR and entered:
        return "guide_step", start | {"number": entered}
    if obstacle is Obstacle.PASSWORD and "trouble" in aside(guide):
        return "guide_part", start | {"part": "trouble"}
    return "guide", start
