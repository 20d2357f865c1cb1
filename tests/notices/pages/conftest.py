import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, noon

from notices import links
from notices.models import Mailing, Notice


@pytest.fixture(autouse=True)
def nobody_was_counted(empty_redis):
    """What one test asks for takes nothing from the limit of the next."""


@pytest.fixture
def today(monkeypatch):
    """The pages look at the clock; for them it is noon of the builders' day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def make_notice(campaign):
    """A notice to a holdout whose last legacy mail came from `old`, and its last new one from `new`."""
    mailing = Mailing.objects.create(
        campaign=campaign, period="2026-11", planned_at=noon(TODAY), expires_on=TODAY, daily_cap=10
    )

    def make(*, old="iphone", new="", number="482913057", login="suzuki@isp.example", **holdout):
        made = make_holdout(campaign, make_customer(login), **holdout)
        make_use(
            made.customer, campaign.legacy_class, made.last_legacy_on, client_program=old, last_at=made.last_legacy_at
        )
        if made.last_auth_on:
            make_use(made.customer, "smtp_auth", made.last_auth_on, client_program=new, last_at=made.last_auth_at)
        message_id = f"notice.pbs.2026-11.{number}@isp.example"
        return Notice.objects.create(
            mailing=mailing,
            holdout=made,
            number=number,
            message_id=message_id,
            token_digest=links.digest(links.token_for(message_id)),
            language="ja",
            client_program=old,
            send_after=noon(TODAY),
        )

    return make


@pytest.fixture
def path_of():
    def path(notice, language="en"):
        return f"/{language}/p/{links.token_of(notice)}/"

    return path
