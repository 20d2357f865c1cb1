import pytest
from builders import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(staff):
    def of(customer, query=""):
        response = staff.get(f"/staff/customers/{customer.pk}/script/{query}")
        assert response.status_code == 200
        return response.content.decode()

    return of


def test_the_guide_of_the_customers_program_is_read_out_in_the_customers_language(shown):
    customer = make_customer("hanako@isp.example", client_program="thunderbird", language="ja")
    text = shown(customer)
    assert '<div class="script" lang="ja">' in text
    assert "アカウント設定" in text and "s m t p ドット i s p" in text
    assert "To read out on the phone</h1>" in text


def test_another_program_or_language_can_be_chosen(shown):
    customer = make_customer("hanako@isp.example", client_program="thunderbird", language="ja")
    text = shown(customer, "?program=iphone&language=en")
    assert '<option value="iphone" selected>' in text
    assert '<div class="script" lang="en">' in text
    assert "SMTP" in text and "アカウント設定" not in text


@pytest.mark.parametrize("query", ["?program=nonsense", "?language=xx", "?program=../../etc"])
def test_what_there_is_not_changes_nothing(shown, query):
    customer = make_customer("hanako@isp.example", client_program="thunderbird")
    main = [text.partition("<main")[2].partition("</main>")[0] for text in (shown(customer, query), shown(customer))]
    assert main[0] == main[1] and "s m t p" in main[0]


def test_who_has_no_known_program_gets_the_guide_for_any_other(shown):
    assert '<option value="other" selected>' in shown(make_customer("hanako@isp.example"))
