"""Blocks of whole lines, wherever the bytes are cut."""

import gzip

import pytest

from campaign.logs import files
from campaign.logs.files import LogFile

LINES = [b"short\n", b"a line of some length\n", b"x" * 300 + b"\n", b"behind\n", b"the end is near\n", b"unfinished"]


@pytest.fixture(params=[40, 64, 100, 1000])
def small_blocks(request, monkeypatch):
    monkeypatch.setattr(files, "BLOCK", request.param)
    monkeypatch.setattr(files, "HEAD", 16)
    return request.param


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("last_line_too", [False, True])
def test_a_line_longer_than_a_block_is_one_line_and_those_behind_it_keep_their_place(
    tmp_path, small_blocks, pack, last_line_too
):
    whole = b"".join(LINES)
    path = tmp_path / "maillog"
    path.write_bytes(pack(whole))
    with LogFile(str(path)) as log:
        blocks = [(block.offset, block.data.tobytes()) for block in log.blocks(last_line_too=last_line_too)]
    for offset, data in blocks:
        assert whole[offset : offset + len(data)] == data
    given = [line for _offset, data in blocks for line in data.splitlines(keepends=True)]
    expected = LINES if last_line_too else LINES[:-1]
    assert len(given) == len(expected)
    assert [line for line in given if not line.startswith(b"x")] == [line for line in expected if b"xx" not in line]


def test_blocks_go_on_from_any_line(tmp_path, small_blocks):
    path = tmp_path / "maillog"
    path.write_bytes(b"".join(LINES))
    for number in range(len(LINES)):
        offset = sum(map(len, LINES[:number]))
        with LogFile(str(path)) as log:
            blocks = list(log.blocks(offset=offset, last_line_too=True))
        assert blocks[0].offset == offset
        assert sum(len(block.data.tobytes().splitlines()) for block in blocks) == len(LINES) - number
