"""What other servers say of a customer, and what may be passed on of it."""

import pytest

from campaign.logs.redaction import without_addresses, without_person

HANAKO = "hanako@isp.example"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("550 5.1.1 <hanako@isp.example>: no such user", "550 5.1.1 <…@…>: no such user"),
        ("550 hanako@isp.example, taro+x@far.example", "550 …@…, …@…"),
        ('550 "ha na\\"ko"@isp.example unknown', "550 …@… unknown"),
        ("550 <hanako@[192.0.2.7]> unknown", "550 <…@…> unknown"),
        ("451 try again @ noon", "451 try again @ noon"),
    ],
)
def test_no_form_of_an_address_stays(words, left):
    assert without_addresses(words) == left


def test_the_bare_login_of_the_customer_in_question_goes_as_well():
    assert without_person("550 Hanako: mailbox of hanako_2, hanako@isp.example is full", HANAKO) == (
        "550 …: mailbox of hanako_2, …@… is full"
    )
    assert without_person("250 Ok", "") == "250 Ok"
    assert without_person("550 no (user)", "(user@isp.example") == "550 no …)"
