import csv
import io

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice
from django.contrib.auth.models import Permission
from django.db.models.functions import Now

from campaign.dashboard.unreachable import defused
from campaign.models import Customer, Holdout
from notices.deliveries import unreachable
from notices.models import Delivery, Suppression, UnreachedCount

pytestmark = pytest.mark.django_db
PAGE, FILE = "/staff/unreachable/", "/staff/unreachable/file/"
NAMES = ("suppressed", "no_address", "refused", "came_back", "given_up", "fine", "again", "moved", "waiting")


def permit(client, *codenames: str) -> None:
    user = client.get("/staff/").wsgi_request.user
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


@pytest.fixture
def people(db) -> dict[str, Holdout]:
    """One holdout for each reason, and some whom mail reaches."""
    campaign = make_campaign()
    mailing, later = make_mailing(campaign), make_mailing(campaign, period="2026-12")
    found = {
        name: make_holdout(campaign, make_customer(f"{name}@isp.example", name=f"{name} 様", contract=f"C-{name}"))
        for name in NAMES
    }
    make_notice(mailing, found["suppressed"], fate="bounced")
    suppress(found["suppressed"].customer)
    make_notice(
        mailing, found["no_address"], state="refused", reply="not sent: there is no mail address", ended_at=noon(TODAY)
    )
    refused = {"state": "refused", "reply": "554 5.7.1 no", "ended_at": noon(TODAY)}
    make_notice(mailing, found["refused"], **refused)
    make_notice(mailing, found["came_back"], fate="bounced")
    make_notice(mailing, found["given_up"], fate="expired")
    make_notice(mailing, found["fine"], fate="delivered")
    make_notice(mailing, found["again"], fate="bounced")
    make_notice(later, found["again"], fate="delivered")
    make_notice(mailing, found["moved"], fate="bounced")
    Holdout.objects.filter(pk=found["moved"].pk).update(standing="migrated")
    make_notice(mailing, found["waiting"], fate="bounced")
    make_notice(later, found["waiting"], state="waiting")
    return found


def suppress(customer: Customer, **given) -> Suppression:
    values = {
        "address": customer.notice_address,
        "since": noon(TODAY),
        "status_code": "5.1.1",
        "text": "550 5.1.1 unknown",
    }
    return Suppression.objects.create(customer=customer, **values | given)


def listed(campaign) -> list[int]:
    return sorted(unreachable.keys_kept(campaign).values_list("pk", flat=True))


def test_few_are_looked_up_when_somebody_asks(people):
    campaign = people["fine"].campaign
    assert unreachable.keep_due() == 0
    found = ("suppressed", "no_address", "refused", "came_back", "given_up", "moved", "waiting")
    assert listed(campaign) == sorted(people[name].pk for name in found)


def test_many_are_kept_and_looked_up_again_by_the_job(people, monkeypatch):
    monkeypatch.setattr(unreachable, "MANY", 1)
    campaign = people["fine"].campaign
    assert unreachable.keep_due() == 7
    before = listed(campaign)
    Delivery.objects.filter(notice__holdout=people["came_back"]).update(fate="delivered")
    Delivery.objects.filter(notice__holdout=people["fine"]).update(fate="bounced")
    assert listed(campaign) == before
    assert unreachable.keep_due() == 7
    assert people["came_back"].pk in before and people["came_back"].pk not in listed(campaign)
    assert people["fine"].pk not in before and people["fine"].pk in listed(campaign)
    Delivery.objects.filter(notice__holdout=people["given_up"]).update(fate="delivered")
    UnreachedCount.objects.update(counted_at=Now() - unreachable.TOO_OLD)
    assert people["given_up"].pk not in listed(campaign), "no job keeps them any more"
    monkeypatch.setattr(unreachable, "MANY", 1000)
    unreachable.keep_due()
    assert not UnreachedCount.objects.exists()


def test_the_list_is_the_same_where_it_is_kept(staff, people, monkeypatch):
    pages = [PAGE, *(f"{PAGE}?reason={reason}" for reason in unreachable.Reason.values)]
    looked_up = [logins(staff.get(page).content.decode()) for page in pages]
    monkeypatch.setattr(unreachable, "MANY", 1)
    unreachable.keep_due()
    campaign = people["fine"].campaign
    by_reason = dict(unreachable.holdouts(campaign).values_list("pk", "unreached"))
    assert {key: why for key, why in unreachable.reasons(campaign).items() if key in by_reason} == by_reason
    assert [logins(staff.get(page).content.decode()) for page in pages] == looked_up
    kept = [unreachable.count(campaign, reason=reason) for reason in ("", *unreachable.Reason.values)]
    assert kept == [len(names) for names in looked_up] and kept[0] == 6


def test_whom_mail_has_come_to_reach_is_not_listed_for_another_minute(staff, people, monkeypatch):
    monkeypatch.setattr(unreachable, "MANY", 1)
    unreachable.keep_due()
    Delivery.objects.filter(notice__holdout=people["came_back"]).update(fate="delivered")
    Delivery.objects.filter(notice__holdout=people["given_up"]).update(fate="bounced")
    assert logins(staff.get(PAGE).content.decode()) == ["suppressed", "no_address", "refused", "given_up", "waiting"]
    assert logins(staff.get(PAGE, {"reason": "came_back"}).content.decode()) == ["waiting"]
    unreachable.keep_due()
    assert logins(staff.get(PAGE, {"reason": "came_back"}).content.decode()) == ["given_up", "waiting"]


def logins(text: str) -> list[str]:
    return [name for name in NAMES if f">{name}@isp.example</span>" in text]


def test_each_is_listed_with_the_reason_and_the_words(staff, people):
    text = staff.get(PAGE).content.decode()
    assert logins(text) == ["suppressed", "no_address", "refused", "came_back", "given_up", "waiting"]
    assert "6 customers" in text
    for words in ("550 5.1.1 unknown", "there is no mail address", "554 5.7.1 no", "mailbox full", "C-came_back"):
        assert words in text


@pytest.mark.parametrize("reason", ["suppressed", "no_address", "refused", "given_up"])
def test_the_list_is_narrowed_by_the_reason(staff, people, reason):
    assert logins(staff.get(PAGE, {"reason": reason}).content.decode()) == [reason]


def test_a_reason_that_does_not_exist_narrows_nothing(staff, people):
    assert len(logins(staff.get(PAGE, {"reason": "'; drop"}).content.decode())) == 6


def test_another_campaign_has_its_own(staff, people):
    make_holdout(make_campaign(name="local_port25"), people["fine"].customer)
    text = staff.get(PAGE, {"campaign": "local_port25"}).content.decode()
    assert logins(text) == []
    assert "mail reaches everybody here" in text
    suppress(people["fine"].customer)
    assert logins(staff.get(PAGE, {"campaign": "local_port25"}).content.decode()) == ["fine"]


def test_an_address_that_was_changed_is_off_the_list(staff, people):
    Delivery.objects.filter(notice__holdout=people["suppressed"]).update(fate="delivered")
    Customer.objects.filter(login="suppressed@isp.example").update(contact_address="new@elsewhere.example")
    assert "suppressed" not in logins(staff.get(PAGE).content.decode())


def test_without_a_campaign_the_page_says_so(staff):
    assert "There is no campaign yet" in staff.get(PAGE).content.decode()


def test_a_long_list_has_pages(staff, people):
    mailing = make_mailing(people["fine"].campaign, period="2026-08")
    for _each in range(60):
        make_notice(mailing, fate="expired")
    assert "Page 1 of 2" in staff.get(PAGE).content.decode()
    assert "Page 2 of 2" in staff.get(PAGE, {"page": 2}).content.decode()


def test_the_file_has_everybody_in_utf8_for_spreadsheets(staff, people, django_assert_max_num_queries):
    permit(staff, "export_unreachable")
    Customer.objects.filter(login="came_back@isp.example").update(name='=HYPERLINK("http://evil.example")\n2')
    with django_assert_max_num_queries(15):
        response = staff.get(FILE)
        content = b"".join(response.streaming_content)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="unreachable-pop_before_smtp-2026-11-24.csv"'
    assert "no-store" in response["Cache-Control"]
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head[:4] == ["Name", "Login", "Notices go to", "Contract"]
    assert len(rows) == 6
    by_login = {row[1]: row for row in rows}
    assert by_login["came_back@isp.example"][0] == '\'=HYPERLINK("http://evil.example")\n2'
    assert by_login["suppressed@isp.example"][5:8] == [
        "The address does not exist or takes no mail",
        "2026-11-24 12:00",
        "550 5.1.1 unknown",
    ]


def test_the_file_is_narrowed_as_the_list_is(staff, people):
    permit(staff, "export_unreachable")
    content = b"".join(staff.get(FILE, {"reason": "refused"}).streaming_content).decode()
    assert content.count("@isp.example") == 2
    assert "refused@isp.example" in content


def test_only_who_may_saves_the_file(staff, people):
    assert FILE not in staff.get(PAGE).content.decode()
    assert staff.get(FILE).status_code == 403
    permit(staff, "export_unreachable")
    assert FILE in staff.get(PAGE).content.decode()


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_a_formula(cell):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "hanako@isp.example", "花子", "C-1", "5.1.1"])
def test_other_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


def test_the_customer_s_page_shows_the_address_and_who_may_clears_it(staff, people):
    customer = people["suppressed"].customer
    suppression = Suppression.objects.get()
    page, clear = f"/staff/customers/{customer.pk}/", f"/staff/suppressions/{suppression.pk}/clear/"
    text = staff.get(page).content.decode()
    assert "No mail arrives at" in text and "550 5.1.1 unknown" in text and clear not in text
    assert staff.post(clear).status_code == 403
    permit(staff, "clear_suppression")
    assert clear in staff.get(page).content.decode()
    assert staff.get(clear).status_code == 405
    response = staff.post(clear)
    assert (response.status_code, response["Location"]) == (303, page)
    text = staff.get(page).content.decode()
    assert "Notices go to suppressed@isp.example again." in text and "No mail arrives at" not in text
    suppression.refresh_from_db()
    assert (suppression.ended_why, suppression.ended_by.get_username()) == ("staff", "suzuki")
    assert "Nothing is in the way" in staff.post(clear, follow=True).content.decode()


def test_nobody_gets_in_without_a_login(client, people):
    for address in (PAGE, FILE, "/staff/suppressions/1/clear/"):
        assert client.get(address)["Location"].startswith("/staff/login/")


def test_the_mailing_and_the_list_of_mailings_lead_there(staff, people):
    mailing = people["fine"].campaign.mailings.first()
    for address in ("/staff/mailings/", f"/staff/mailings/{mailing.pk}/"):
        assert PAGE in staff.get(address).content.decode()
    assert make_user("other").has_perm("notices.export_unreachable") is False
