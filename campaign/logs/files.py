"""Whole lines from log files: plain, gzip, zstd, xz, bzip2, still growing, or standard input.

A file is known by what it holds: `fingerprint()` of its first uncompressed bytes. Rotation,
renaming and compression do not make it new.
"""

import bz2
import hashlib
import io
import lzma
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import zstandard
from isal import igzip

BLOCK = 16 << 20
HEAD = 4096  # bytes that the fingerprint looks at, if the file has so many
STANDARD_INPUT = "-"
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2"}
DAMAGE = (EOFError, OSError, lzma.LZMAError, zstandard.ZstdError, ValueError)


class Unreadable(Exception):
    """A file, or the rest of it, that could not be read; the text says why."""


class Block(NamedTuple):
    """Whole lines, but for the begin of one that is longer than a block. `offset` counts uncompressed bytes."""

    data: np.ndarray
    offset: int


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of the first `length` uncompressed bytes."""

    digest: str
    length: int


class LogFile:
    """One file, opened for reading by blocks of whole lines.

    `grows` is true for plain files: their last line may still be being written, and waits
    without its line end. Raises Unreadable.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.written_on: date | None = None
        self.size: int | None = None
        self.inode = ""  # the same whatever name rotation gives it; none for standard input
        try:
            raw = sys.stdin.buffer if path == STANDARD_INPUT else Path(path).open("rb")  # noqa: SIM115
            if path != STANDARD_INPUT:
                status = os.fstat(raw.fileno())  # of this very file: another may have the name by now
                self.written_on = datetime.fromtimestamp(status.st_mtime, UTC).date()
                self.size = status.st_size
                self.inode = f"{status.st_dev:x}-{status.st_ino:x}"
            self._buffered = io.BufferedReader(raw, 1 << 20)  # type: ignore[type-var]
            start = self._buffered.peek(8)
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error
        self.compression = next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")
        self.grows = not self.compression and path != STANDARD_INPUT
        self._stream = _unpacked(self._buffered, self.compression)
        self._head = b""

    def __enter__(self) -> "LogFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self.path != STANDARD_INPUT:
            self._buffered.close()

    def head(self) -> bytes:
        """The first bytes, at most HEAD; reading goes on in front of them."""
        if not self._head:
            try:
                room = bytearray(HEAD)
                self._head = bytes(room[: _fill(self._stream, memoryview(room))])
            except DAMAGE as error:
                raise Unreadable(_why(error, self.compression)) from error
        return self._head

    def fingerprint(self, length: int = HEAD) -> Fingerprint:
        head = self.head()[:length]
        return Fingerprint(hashlib.sha256(head).hexdigest(), len(head))

    def blocks(self, *, offset: int = 0, last_line_too: bool = False) -> Iterator[Block]:
        """Whole lines from `offset` on, which must be where a line begins.

        `last_line_too`: take a last line without its line end. Raises Unreadable where the
        data end early; all before that was yielded.
        """
        carried = memoryview(self._skip_to(offset))
        failed: Unreadable | None = None
        endless = False  # inside a line longer than a block
        while True:
            data = bytearray(max(BLOCK, len(carried) + 1))  # of each block its own: others read it meanwhile
            filled = len(carried)
            data[:filled] = carried
            try:
                fresh = _fill(self._stream, memoryview(data)[filled:])
            except DAMAGE as error:
                fresh, failed = 0, Unreadable(_why(error, self.compression))
            filled += fresh
            begin = 0
            cut = filled if not fresh and last_line_too and not failed else data.rfind(b"\n", 0, filled) + 1
            if endless and cut:  # the rest of such a line is no line of its own
                begin, endless = data.find(b"\n", 0, cut) + 1 or cut, False
            if not cut and filled >= BLOCK:
                cut = filled  # handed on once, so that it is reported
                begin = cut if endless else 0
                endless = True
            if begin < cut:
                yield Block(np.frombuffer(data, np.uint8, cut - begin, begin), offset + begin)
            offset += cut
            carried = memoryview(data)[cut:filled]
            if failed:
                raise failed
            if not fresh:
                return

    def _skip_to(self, offset: int) -> bytes:
        """Moves to `offset`; returns the bytes behind it that were read already."""
        head = self.head()
        if offset <= len(head):
            return head[offset:]
        if self.grows:
            self._buffered.seek(offset)
            return b""
        left = offset - len(head)
        try:
            while left and (skipped := self._stream.read(min(left, BLOCK))):
                left -= len(skipped)
        except DAMAGE as error:
            raise Unreadable(_why(error, self.compression)) from error
        return b""


def _fill(stream: BinaryIO, room: memoryview) -> int:
    """How many bytes were read into `room`; fewer than it holds only at the end of the data, or before damage."""
    filled = 0
    while filled < len(room):
        try:
            if isinstance(stream, io.BufferedReader):
                size = stream.readinto(room[filled:])
            else:
                part = stream.read(min(len(room) - filled, 1 << 16))
                size = len(part)
                room[filled : filled + size] = part
        except DAMAGE:
            if not filled:
                raise
            break  # what came before the damage is good; the next read raises again
        if not size:
            break
        filled += size
    return filled


class _Zstd:
    """Reads zstd frames; raises EOFError where one is cut off, which the library's own reader hides."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._inside = False
        self._ready = b""

    def read(self, size: int) -> bytes:
        while not self._ready:
            packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame, self._inside = zstandard.ZstdDecompressor().decompressobj(), False
            packed = packed or self._stream.read(1 << 16)
            if not packed:
                if self._inside:
                    raise EOFError("ends inside a frame")
                return b""
            self._ready, self._inside = self._frame.decompress(packed), True
        part, self._ready = self._ready[:size], self._ready[size:]
        return part


def _unpacked(stream: BinaryIO, compression: str) -> BinaryIO:
    if compression == "gzip":
        return igzip.IGzipFile(fileobj=stream)  # type: ignore[return-value]
    if compression == "zstd":
        return _Zstd(stream)  # type: ignore[return-value]
    if compression == "xz":
        return lzma.LZMAFile(stream)  # type: ignore[return-value]
    if compression == "bzip2":
        return bz2.BZ2File(stream)  # type: ignore[return-value]
    return stream


def _why(error: Exception, compression: str) -> str:
    if isinstance(error, IsADirectoryError):
        return "is a directory"
    if compression:
        return f"{compression} data damaged or cut off ({error or type(error).__name__})"
    return str(error)
