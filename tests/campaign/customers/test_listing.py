import pytest

from campaign.customers.listing import entries

HEADER = "login,addresses,language,name,contact_address,contract\n"


def read(text: str | bytes, *, default_domain: str = "isp.example"):
    content = text if isinstance(text, bytes) else text.encode()
    return entries(content, file="c.csv", default_domain=default_domain)


def mistakes_of(*rows: str) -> list[str]:
    return list(read(HEADER + "\n".join(rows))[1])


def test_a_row_becomes_canonical_values():
    addresses = "hanako@isp.example;H.Yama@isp.example  hanako@ISP.example"
    [entry], mistakes = read(HEADER + f"Hanako%ISP.example,{addresses},EN, 山田　花子 ,H@gmail.example,A1")
    assert not mistakes
    assert (entry.line, entry.login, entry.language) == (2, "hanako@isp.example", "en")
    assert entry.addresses == ("hanako@isp.example", "h.yama@isp.example")
    assert (entry.name, entry.contact_address, entry.contract) == ("山田　花子", "h@gmail.example", "A1")


def test_what_is_left_out_has_a_plain_meaning():
    [entry], _ = read(HEADER + "hanako,,,,,")
    assert (entry.addresses, entry.language, entry.name) == (("hanako@isp.example",), "ja", "")


def test_without_a_default_domain_a_bare_login_has_no_address():
    [entry], mistakes = read(HEADER + "hanako,,,,,", default_domain="")
    assert (entry.login, entry.addresses, list(mistakes)) == ("hanako", (), [])


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_mark_line_ends_and_the_order_of_columns_do_not_matter(begin, end):
    lines = ["contract,name,LOGIN,language,contact_address,addresses", "A-1,花子,hanako,ja,,", "", ""]
    [entry], mistakes = read(begin + end.join(lines).encode())
    assert (entry.login, entry.name, entry.contract, list(mistakes)) == ("hanako@isp.example", "花子", "A-1", [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",,,,,", "c.csv:2: login is '', wanted a login such as hanako or hanako@isp.example"),
        ("two words,,,,,", "c.csv:2: login is 'two words', wanted a login such as hanako or hanako@isp.example"),
        ("花子,,,,,", "c.csv:2: login is '花子', wanted a login such as hanako or hanako@isp.example"),
        ("hanako,,fr,,,", "c.csv:2: language is 'fr', wanted ja or en"),
        (
            "hanako,here,,,,",
            "c.csv:2: addresses is 'here', wanted addresses such as hanako@isp.example, separated by blanks or ;",
        ),
        (
            "hanako,,,,a@b@c,",
            "c.csv:2: contact_address is 'a@b@c', wanted one address such as hanako@isp.example, or nothing",
        ),
        ("hanako,,,,,=1+1", "c.csv:2: contract is '=1+1', wanted text that does not begin like a formula (= + - @)"),
        ("hanako,,,＠SUM,,", "c.csv:2: name is '＠SUM', wanted text that does not begin like a formula (= + - @)"),
        ("hanako,,,a\tb,,", "c.csv:2: name is 'a\\tb', wanted one line without control characters"),
        ('hanako,,,"a\r\nBcc: x",,', "c.csv:2: name is 'a\\r\\nBcc: x', wanted one line without control characters"),
        ("hanako,,,a\0b,,", "c.csv:2: name is 'a\\x00b', wanted one line without control characters"),
        ("hanako,,,a\u202eb,,", "c.csv:2: name is 'a\\u202eb', wanted one line without control characters"),
        ("hanako,,,,", "c.csv:2: the number of fields is '5', wanted 6 as in the header"),
        (f"hanako,,,,,{'9' * 65}", f"c.csv:2: contract is '{'9' * 60}…', wanted at most 64 characters"),
    ],
)
def test_a_mistake_names_line_field_what_stood_there_and_what_would_be_right(row, message):
    assert mistakes_of(row) == [message]


def test_all_mistakes_are_named_with_the_lines_on_which_their_rows_begin():
    found = mistakes_of("a,,xx,,,", "", 'b,,,"two\nlines",,', "c,,yy,,zz,", "d,,,,,")
    assert [message.split(" is ")[0] for message in found] == [
        "c.csv:2: language",
        "c.csv:4: name",
        "c.csv:6: contact_address",
        "c.csv:6: language",
    ]


def test_a_login_stands_once_however_it_is_spelt():
    [message] = mistakes_of("hanako,,,,,", "HANAKO%isp.example,,,,,")
    assert message == "c.csv:3: login is 'hanako@isp.example', wanted each login once; line 2 has it"


def test_an_address_is_one_customers():
    [message] = mistakes_of("hanako,shop@isp.example,,,,", "taro,taro@isp.example SHOP@isp.example,,,,")
    assert message == (
        "c.csv:3: addresses is 'shop@isp.example', "
        "wanted an address of one login; line 2 gives it to hanako@isp.example"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "c.csv:1: the header is '', wanted the columns login,addresses,"),
        (b"login;addresses\n", "c.csv:1: the header is 'login;addresses', wanted the columns"),
        (b"login,addresses,language,name,contact_address\n", "c.csv:1: the header is"),
        (b"login,addresses,language,name,contact_address,contract,tel\n", "c.csv:1: the header is"),
        (b"hanako,,,,,\n", "c.csv:1: the header is 'hanako,,,,,'"),
        (HEADER.encode() + "hanako,,,花子,,\n".encode("cp932"), "c.csv:2: the text is '89 d4 8e 71', wanted UTF-8"),
        (HEADER.encode() + b'hanako,,,"never closed,,\n\n', "c.csv:2: the row is 'unexpected end of data', wanted"),
        (HEADER.encode() + b"hanako,,," + b"x" * 200_000 + b",,\n", "c.csv:2: the row is 'field larger than"),
        (b"\x7fELF\x02\x01\x01\x00" + bytes(range(128, 256)), "c.csv:1: the text is '80 81 82 83', wanted UTF-8"),
    ],
)
def test_what_is_no_customer_list_is_refused_with_one_clear_message(content, message):
    [found] = read(content)[1]
    assert found.startswith(message)
