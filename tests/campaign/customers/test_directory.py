import time

import pytest
from builders import make_customer
from django.core.management import CommandError, call_command

from campaign.customers.directory import Imported, NotImported, import_customers
from campaign.models import Address, Customer

pytestmark = pytest.mark.django_db

HEADER = "login,addresses,language,name,contact_address,contract\n"


def take(*rows: str) -> Imported:
    return import_customers((HEADER + "\n".join(rows)).encode(), file="c.csv", default_domain="isp.example")


def addresses() -> dict[str, str]:
    return dict(Address.objects.values_list("address", "customer__login"))


def test_customers_come_with_their_addresses():
    done = take("hanako,hanako@isp.example h@isp.example,en,Hanako,h@gmail.example,A-1", "taro,,,,,")
    assert done == Imported(new=2, changed=0, unchanged=0, addresses_added=3, addresses_removed=0)
    hanako = Customer.objects.get(login="hanako@isp.example")
    assert (hanako.language, hanako.name, hanako.contract) == ("en", "Hanako", "A-1")
    assert hanako.notice_address == "h@gmail.example"
    assert addresses()["taro@isp.example"] == "taro@isp.example"


def test_once_more_changes_nothing():
    rows = ["hanako,hanako@isp.example h@isp.example,en,Hanako,,A-1", "taro,,,,,"]
    take(*rows)
    before = list(Customer.objects.values()), list(Address.objects.values())
    assert take(*rows) == Imported(new=0, changed=0, unchanged=2, addresses_added=0, addresses_removed=0)
    assert before == (list(Customer.objects.values()), list(Address.objects.values()))


def test_a_list_brings_customers_up_to_date_and_leaves_others_alone():
    other = make_customer("jiro@isp.example", client_program="becky")
    seen = make_customer("hanako@isp.example", addresses=("hanako@isp.example", "old@isp.example"), client_program="k9")
    done = take("hanako,hanako@isp.example new@isp.example,en,,,")
    assert done == Imported(new=0, changed=1, unchanged=0, addresses_added=1, addresses_removed=1)
    assert addresses() == {
        "hanako@isp.example": "hanako@isp.example",
        "new@isp.example": "hanako@isp.example",
        "jiro@isp.example": "jiro@isp.example",
    }
    assert Customer.objects.get(pk=seen.pk).client_program == "k9"
    assert Customer.objects.get(pk=other.pk).client_program == "becky"


def test_two_customers_of_a_list_can_exchange_addresses():
    take("hanako,a@isp.example,,,,", "taro,b@isp.example,,,,")
    take("hanako,b@isp.example,,,,", "taro,a@isp.example,,,,")
    assert addresses() == {"b@isp.example": "hanako@isp.example", "a@isp.example": "taro@isp.example"}


def test_an_address_is_not_taken_from_somebody_outside_the_list():
    make_customer("jiro@isp.example")
    with pytest.raises(NotImported) as refused:
        take("hanako,jiro@isp.example,,,,")
    assert refused.value.mistakes == [
        "c.csv:2: addresses is 'jiro@isp.example', "
        "wanted an address that is free; jiro@isp.example, not in this list, has it"
    ]
    assert not Customer.objects.filter(login="hanako@isp.example").exists()


def test_one_mistake_keeps_everything_out():
    with pytest.raises(NotImported):
        take("hanako,,,,,", "taro,,fr,,,")
    assert not Customer.objects.exists()


def test_the_command_says_what_was_done(tmp_path, capsys):
    file = tmp_path / "c.csv"
    file.write_text(HEADER + "hanako,,,,,\n", encoding="utf-8-sig")
    call_command("import_customers", file)
    assert capsys.readouterr().out == (
        f"{file}: 1 new customers, 0 changed, 0 as before; 1 addresses added, 0 removed\n"
    )


def test_the_command_shows_at_most_fifty_mistakes(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(HEADER + "\n".join(f"user{number},,fr,,," for number in range(60)))
    with pytest.raises(CommandError) as refused:
        call_command("import_customers", file)
    lines = str(refused.value).splitlines()
    assert len(lines) == 52
    assert lines[0] == f"{file}:2: language is 'fr', wanted ja or en"
    assert lines[-2:] == ["and 10 more", "Nothing was imported."]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        call_command("import_customers", tmp_path / "nowhere.csv")


def test_a_long_list_takes_seconds():
    rows = [f"user{number},user{number}@isp.example u{number}@isp.example,ja,名前{number},," for number in range(5_000)]
    began = time.process_time()
    take(*rows)
    assert time.process_time() - began < 10
