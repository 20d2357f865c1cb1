import pytest
from builders import make_campaign, make_holdout, make_user
from desk import make_mailing
from django.urls import reverse

from campaign.dashboard.signin import urls as signin
from campaign.dashboard.urls import urlpatterns
from campaign.models import Customer
from notices.models import Mailing

pytestmark = pytest.mark.django_db
OPEN = {pattern.name for pattern in signin.urlpatterns}  # tests/campaign/dashboard/signin/test_routes.py
GIVEN = {"pk": 1, "act": "approve", "first": "192.0.2.0", "bits": 24, "day": "2026-11-24"}
GIVEN |= {"campaign": "pop_before_smtp", "kind": "reminder", "language": "ja", "number": 0}


def addresses() -> dict[str, str]:
    """Every staff address, with ids filled in."""
    found = {}
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        found[pattern.name] = reverse(pattern.name, kwargs={name: GIVEN[name] for name in names})
    return found


@pytest.mark.parametrize("name", sorted(set(addresses()) - OPEN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sees_a_staff_page_without_a_login(client, name, method):
    response = getattr(client, method)(addresses()[name])
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login") + "?next=")


def test_no_page_with_personal_data_is_kept_in_a_cache(staff, world):
    customer, mailing = Customer.objects.first().pk, Mailing.objects.first().pk
    pages = ["", "customers/", f"customers/{customer}/", "mailings/", f"mailings/{mailing}/"]
    for page in pages:
        assert "no-store" in staff.get(f"/staff/{page}")["Cache-Control"]


@pytest.mark.parametrize("name", sorted(addresses()))
def test_every_staff_page_answers_before_there_is_anything(staff, name):
    assert staff.get(addresses()[name]).status_code in {200, 302, 403, 404, 405}


def test_the_campaign_stays_in_the_address_from_page_to_page(staff, world):
    other = make_campaign(name="local_port25")
    holdout = make_holdout(other)
    for page in ("", "customers/", f"customers/{holdout.customer_id}/", "mailings/", "cutoff/", "relays/"):
        text = staff.get(f"/staff/{page}?campaign=local_port25").content.decode()
        for name in ("progress", "customers", "mailings", "cutoff", "relays"):
            assert f'<a href="{reverse(name)}?campaign=local_port25"' in text, (page, name)
        assert '<input type="hidden" name="campaign" value="local_port25">' in text
    text = staff.get("/staff/relays/?campaign=nonsense").content.decode()
    assert f'<a href="{reverse("progress")}"' in text and '?campaign=nonsense" ' not in text
    assert "?campaign=" not in staff.get("/staff/relays/").content.decode()


def test_a_customers_page_begins_with_the_campaign_that_is_spoken_of(staff, world):
    customer = Customer.objects.first()
    make_holdout(make_campaign(name="local_port25"), customer, standing="silent")
    first = staff.get(f"/staff/customers/{customer.pk}/").content.decode()
    other = staff.get(f"/staff/customers/{customer.pk}/?campaign=local_port25").content.decode()
    assert first.index('id="stand-1">POP before') < first.index('id="stand-2">Port 25')
    assert other.index('id="stand-1">Port 25') < other.index('id="stand-2">POP before')
    assert "?campaign=local_port25&amp;kind=log" in other


@pytest.mark.parametrize("may_see_numbers", [False, True])
def test_who_may_not_reads_it_on_a_page_for_staff(client, may_see_numbers):
    user = make_user("suzuki")
    if not may_see_numbers:
        user.user_permissions.clear()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    response = client.get("/staff/customers/")
    text = response.content.decode()
    assert response.status_code == 403 and "no-store" in response["Cache-Control"]
    assert "You are logged in as</dt><dd>suzuki" in text and "Log out" in text
    assert ("To the progress of the campaign" in text) == may_see_numbers
    assert "on your bill" not in text


def test_a_login_leads_to_the_page_that_was_wanted(client, empty_redis):
    make_user("suzuki")
    wanted = reverse("customers")
    login = client.get(wanted)["Location"]
    response = client.post(login, {"login": "suzuki", "password": "a long test password", "next": wanted})
    assert response["Location"] == wanted


def test_a_wrong_password_is_told_without_saying_which_was_wrong(client, empty_redis):
    make_user("suzuki")
    client.cookies["django_language"] = "en"
    response = client.post(reverse("login"), {"login": "<b>suzuki", "password": "x"})
    text = response.content.decode()
    assert "do not belong together" in text
    assert "&lt;b&gt;suzuki" in text


def test_a_logout_is_asked_for_by_post_and_ends_the_session(staff):
    assert staff.get(reverse("logout")).status_code == 405
    staff.post(reverse("logout"))
    assert staff.get(reverse("progress")).status_code == 302


def test_the_language_is_chosen_by_post_and_stays_on_the_page(staff, world):
    response = staff.post(reverse("set_language"), {"language": "ja", "next": "/staff/customers/?q=x"})
    assert response["Location"] == "/staff/customers/?q=x"
    assert '<html lang="ja">' in staff.get("/staff/customers/").content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "1e9", "９", "999999999999999999999", "x", ""])
def test_a_page_number_that_there_is_not_leads_to_the_nearest(staff, world, page):
    make_mailing(world, period="2026-01")
    assert staff.get("/staff/customers/", {"page": page}).status_code == 200
    assert staff.get("/staff/mailings/", {"page": page}).status_code == 200
