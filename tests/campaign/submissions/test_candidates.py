"""Who is behind an address, for columns however Arrow holds them."""

import pyarrow as pa
import pytest

from campaign.submissions import candidates

MINUTE = 60_000_000
DAY = (0, 24 * 60 * MINUTE)
SENT = {
    "id": [0, 1, 2],
    "moment": [100 * MINUTE, 101 * MINUTE, 500 * MINUTE],
    "ip": ["192.0.2.1", "192.0.2.2", None],
    "sender_login": ["a@isp.example", "c@isp.example", None],
    "bare_login": [None, "c", None],
}
LOGINS = {
    "ip": ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3"],
    "user": ["A@isp.example", "b@isp.example", "c", "d@isp.example"],
    "moment": [90 * MINUTE, 95 * MINUTE, 99 * MINUTE, 99 * MINUTE],
}
TYPES = pa.schema([("id", pa.int64()), ("moment", pa.int64()), *((name, pa.string()) for name in list(SENT)[2:])])


def found(sent: pa.Table, logins: pa.Table, size: int) -> list[dict]:
    given = {"window": 30 * MINUTE, "skew": 0, "day": DAY, "crowd": 20}
    return candidates.behind(sent, logins.to_batches(max_chunksize=size), str.lower, **given).to_pylist()


@pytest.mark.parametrize("size", [1, 2, 10])
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_same_comes_out_however_the_columns_are_cut_and_nothing_is_compiled_again(size, parts):
    sent, logins = pa.table(SENT, schema=TYPES), pa.table(LOGINS)
    cut = pa.concat_tables([sent.slice(0, parts), sent.slice(parts)])
    assert found(cut, logins, size) == [
        {"id": 0, "candidates": 1, "owners": 1, "one": "a@isp.example", "owner": "a@isp.example", "from_crowd": False},
        {"id": 1, "candidates": 2, "owners": 1, "one": None, "owner": "c", "from_crowd": False},
        {"id": 2, "candidates": 0, "owners": 0, "one": None, "owner": None, "from_crowd": False},
    ]
    assert len(candidates._by_address.signatures) == len(candidates._count.signatures) == 1


def test_a_day_without_logins_and_one_without_mail_are_compiled_for_no_more_than_others():
    sent, logins = pa.table(SENT, schema=TYPES), pa.table(LOGINS)
    assert [row["candidates"] for row in found(sent, logins.slice(0, 0), 10)] == [0, 0, 0]
    assert found(sent.slice(0, 0), logins, 10) == []
    assert len(candidates._by_address.signatures) == len(candidates._count.signatures) == 1
