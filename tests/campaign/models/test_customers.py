import pytest
from builders import make_campaign, make_customer, make_holdout, noon
from django.db import connection

from campaign.models import Customer
from notices.models import Mailing, Notice

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    return sorted(customer.login for customer in Customer.objects.matching(words))


@pytest.mark.parametrize("kept", ["小野 大輔", "小野\u3000大輔", "小野大輔"])
@pytest.mark.parametrize("typed", ["小野 大輔", "小野\u3000大輔", "小野大輔", "小野\u3000", "小野大"])
def test_a_name_is_found_whatever_stands_between_its_parts(kept, typed):
    customer = make_customer("ono@isp.example", name=kept)
    make_customer("sato@isp.example", name="佐藤 花子")
    assert list(Customer.objects.matching(typed)) == [customer]


def test_a_search_finds_by_the_beginning_of_login_address_name_and_contract():
    make_customer("hanako@isp.example", addresses=("hana@isp.example", "sales@shop.example"), name="佐藤 花子")
    make_customer("taro@isp.example", name="Tanaka Taro", contract="C-1234")
    assert (
        found("hanako")
        == found("HANAKO@")
        == found("hana@")
        == found("sales")
        == found("佐藤")
        == ["hanako@isp.example"]
    )
    assert found("tanaka") == found("TANAKA T") == found("c-12") == found("C-1234") == ["taro@isp.example"]
    assert found("isp.example") == found("花子") == []


def test_a_search_takes_what_an_input_method_leaves_in_full_width():
    make_customer("hanako@isp.example")
    assert found("ｈａｎａｋｏ") == ["hanako@isp.example"]


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("ヤマダ ハナコ", "ﾔﾏﾀﾞ"),
        ("ヤマダ ハナコ", "ﾔﾏﾀﾞ ﾊﾅｺ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ﾔﾏﾀﾞ\u3000ﾊ"),
        ("ABC商事 03課", "ＡＢＣ商事"),
        ("ABC商事 03課", "ａｂｃ商事０３"),
        ("ＡＢＣ商事\u3000０３課", "abc商事"),
        ("ＡＢＣ商事\u3000０３課", "ＡＢＣ商事０３"),
        ("㈱パール", "㈱パール"),
    ],
)
def test_a_name_is_found_however_wide_its_letters_are_kept_or_typed(kept, typed):
    make_customer("hanako@isp.example", name=kept)
    make_customer("taro@isp.example", name="別の名前")
    assert found(typed) == ["hanako@isp.example"]


def test_a_search_that_wants_only_some_counts_customers_and_not_their_addresses():
    for name in ("hana1", "hana2", "hana3"):
        make_customer(f"{name}@isp.example", addresses=(f"shop.{name}@isp.example", f"shop.{name}@shop.example"))
    assert Customer.objects.matching("shop.", at_most=2).count() == 2
    assert Customer.objects.matching("shop.", at_most=4).count() == Customer.objects.matching("shop.").count() == 3


def test_an_empty_search_finds_everybody():
    make_customer("hanako@isp.example")
    assert found("  ") == ["hanako@isp.example"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "\0", "hanako\0", "*", "\U0010ffff", "a" * 5000, "٤٨٢٩١٣٠٥٧"])
def test_a_search_for_anything_is_only_text(words):
    make_customer("hanako@isp.example")
    assert found(words) in ([], ["hanako@isp.example"])
    assert found(words) == [] or words.strip("\0") in {"", "hanako"}


@pytest.mark.parametrize("typed", ["482913057", "482-913-057", "482 913 057", "４８２ー９１３ー０５７"])
def test_an_announcement_number_leads_to_its_customer(typed):
    campaign = make_campaign()
    holdout = make_holdout(campaign, make_customer("hanako@isp.example"))
    mailing = Mailing.objects.create(
        campaign=campaign,
        period="2026-11",
        planned_at=noon(campaign.starts_on),
        expires_on=campaign.cutoff_on,
        daily_cap=9,
    )
    Notice.objects.create(
        mailing=mailing,
        holdout=holdout,
        number="482913057",
        message_id="m",
        token_digest="t",
        language="ja",
        send_after=noon(campaign.starts_on),
    )
    assert found(typed) == ["hanako@isp.example"]
    assert found("48291305") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans a table as small as this, index or not")
def test_a_search_reads_no_table_from_end_to_end():
    plan = Customer.objects.matching("482913057").explain()
    assert "SEARCH" in plan
    assert "SCAN campaign" not in plan and "SCAN U" not in plan
