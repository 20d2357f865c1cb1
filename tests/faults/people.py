"""Who is written to in a world, and a round to all of them."""

import json
from datetime import timedelta

from builders import make_user, noon
from faults.world import World
from rounds import DAY

from campaign.customers import rollup
from campaign.models import Address, Customer, DailyUse, Exemption, Holdout
from notices.models import Mailing

CAMPAIGN = "pop_before_smtp"
LAST_SEEN = DAY - timedelta(days=2)


def move_in(**kinds: int) -> None:
    """So many customers of each kind, `KIND1@isp.example` and so on, who sent the old way; the campaign finds them."""
    logins = [f"{kind}{number}@isp.example" for kind, wanted in kinds.items() for number in range(wanted)]
    customers = Customer.objects.bulk_create([Customer(login=login) for login in logins], batch_size=2000)
    Address.objects.bulk_create([Address(address=one.login, customer=one) for one in customers], batch_size=2000)
    use = {"submission_class": CAMPAIGN, "day": LAST_SEEN, "last_at": noon(LAST_SEEN), "submissions": 1, "confirmed": 1}
    rows = [DailyUse(customer=one, auth_failed=0, addresses=["198.51.100.7"], **use) for one in customers]
    DailyUse.objects.bulk_create(rows, batch_size=2000)
    rollup.bring_up_to_date(days=[LAST_SEEN], today=DAY)


def plan(world: World) -> Mailing:
    make_user("first", "notices.run_mailing")
    told = json.loads(world.manage("mailings", "plan", "--campaign", CAMPAIGN, "--user", "first", "--json"))
    return Mailing.objects.get(pk=told["mailing"])


def start(world: World, mailing: Mailing) -> None:
    make_user("second", "campaign.view_customer", "notices.approve_mailing", "notices.run_mailing")
    for act in ("approve", "start"):
        world.manage("mailings", act, "--mailing", str(mailing.pk), "--user", "second")
    world.clock.pass_by(timedelta(minutes=30))  # the hold ends, and all slots of the round have come


def excuse(beginning: str) -> None:
    """Those whose login begins so are exempt from today on: they were planned, and no longer are due."""
    of = {"reason": "asked by phone", "from_day": DAY, "until": DAY + timedelta(days=90)}
    holdouts = Holdout.objects.filter(customer__login__startswith=beginning).values_list("campaign", "customer")
    Exemption.objects.bulk_create(
        Exemption(campaign_id=campaign, customer_id=customer, **of) for campaign, customer in holdouts
    )
