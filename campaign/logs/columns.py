"""Spans of a block become Arrow columns; only distinct values are ever looked at in Python."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa

from campaign.logs.scan import gather

MISSING = -1  # a span that begins here is no text at all, but null


def strings(block: np.ndarray, spans: np.ndarray) -> pa.StringArray:
    """One string a row from `spans` (rows x 2); bytes that are no UTF-8 become U+FFFD."""
    offsets, data = gather(block, spans[:, 0], spans[:, 1])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    if data.size and data.max() > 127:
        raw = pa.Array.from_buffers(pa.binary(), len(spans), buffers).to_pylist()
        made = pa.array([value.decode("utf-8", "replace") for value in raw], pa.string())
    else:
        made = pa.Array.from_buffers(pa.string(), len(spans), buffers)
    missing = spans[:, 0] == MISSING
    return pa.compute.if_else(pa.array(missing), None, made) if missing.any() else made


def mapped(column: pa.StringArray, rule: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """`rule` of every value, asked once for each different one; null stays null."""
    encoded = column.dictionary_encode()
    answers = pa.array([rule(value) for value in encoded.dictionary.to_pylist()], kind)
    return answers.take(encoded.indices)


def named(places: np.ndarray, names: Iterable[str]) -> pa.DictionaryArray:
    """Places in a short list of names as a dictionary column."""
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(list(names), pa.string()))
