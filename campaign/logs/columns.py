"""Spans of a block become Arrow columns; only distinct values are ever looked at in Python."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.addresses import canonical_ip
from campaign.logs.scan import all_plain_ipv4, gather


def strings(block: np.ndarray, fields: np.ndarray, rows: np.ndarray, field: int) -> pa.StringArray:
    """One field of the given rows, a span of the block each; null for row -1 and where there is none.

    Bytes that are no UTF-8 become U+FFFD.
    """
    offsets, data, missing, ascii_only = gather(block, fields, rows, field)
    kind = pa.string() if ascii_only else pa.binary()
    made = pa.Array.from_buffers(kind, rows.size, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    if not ascii_only:
        made = pa.array([value.decode("utf-8", "replace") for value in made.to_pylist()], pa.string())
    if missing:
        there = (rows >= 0) & (fields[rows, field, 0] >= 0)
        made = pc.if_else(pa.array(there), made, None)
    return made


def moments(times: np.ndarray, rows: np.ndarray) -> pa.Array:
    """The times of the given rows; row -1 is null."""
    return pa.array(times[rows], mask=rows < 0)


def mapped(column: pa.StringArray, rule: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """`rule` of every value, asked once for each different one; null stays null."""
    encoded = column.dictionary_encode()
    answers = pa.array([rule(value) for value in encoded.dictionary.to_pylist()], kind)
    return answers.take(encoded.indices)


def addresses(texts: pa.StringArray) -> pa.StringArray:
    """Client addresses in canonical spelling, null where a text is none; nearly all are as they should be."""
    _, offsets, data = texts.buffers()
    begin = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if data is None or (not texts.null_count and all_plain_ipv4(np.frombuffer(data, np.uint8), begin)):
        return texts
    return mapped(texts, canonical_ip, pa.string())


def named(places: np.ndarray, names: Iterable[str]) -> pa.DictionaryArray:
    """Places in a short list of names as a dictionary column."""
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(list(names), pa.string()))
