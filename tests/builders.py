"""Valid things for tests; a test names only what it is about."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from campaign.models import (
    Address,
    Campaign,
    Customer,
    DailyUse,
    Holdout,
    Standing,
    SubmissionClass,
)

TODAY = date(2026, 11, 24)
_serial = count(1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(3, 0), tzinfo=UTC)  # 12:00 in Tokyo


def make_campaign(**given) -> Campaign:
    values = {"name": "pop_before_smtp", "starts_on": date(2026, 4, 1), "cutoff_on": date(2027, 3, 31)}
    return Campaign.objects.create(**values | given)


def make_customer(login: str = "", *, addresses: tuple[str, ...] | None = None, **given) -> Customer:
    login = login or f"customer{next(_serial)}@isp.example"
    customer = Customer.objects.create(login=login, **given)
    for address in (login,) if addresses is None else addresses:
        Address.objects.create(address=address, customer=customer)
    return customer


def make_use(customer: Customer, submission_class: SubmissionClass | str, day: date, **given) -> DailyUse:
    values = {
        "submissions": 1,
        "confirmed": 1,
        "auth_failed": 0,
        "last_at": noon(day),
        "addresses": ["198.51.100.7"],
        "client_program": "",
    }
    return DailyUse.objects.create(customer=customer, submission_class=submission_class, day=day, **values | given)


def make_holdout(campaign: Campaign, customer: Customer | None = None, **given) -> Holdout:
    customer = customer or make_customer()
    last = given.get("last_legacy_on", TODAY - timedelta(days=2))
    values = {
        "client_program": customer.client_program,
        "identified_on": campaign.starts_on,
        "first_legacy_on": campaign.starts_on,
        "last_legacy_on": last,
        "last_legacy_at": noon(last),
        "standing": Standing.HOLDOUT,
        "standing_since": campaign.starts_on,
    }
    return Holdout.objects.create(campaign=campaign, customer=customer, **values | given)


def make_user(name: str, *permissions: str):
    """A staff member who may see numbers, and what `permissions` say, as `notices.approve_mailing`."""
    user = get_user_model().objects.create_user(name, password="a long test password")
    for permission in ("campaign.view_campaign", *permissions):
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user
