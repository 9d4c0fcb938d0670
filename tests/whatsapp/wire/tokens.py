"""The words that binary XML shortens to a byte or two, as the loaded client knows them.

The client's library keeps them as Go arrays of strings (pointer, length): one array of 236 words of a byte, and four
slices of 256 words of two bytes. Read there, the table is always that of the client under test, and no copy can age.
"""

import ctypes
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.whatsapp.wire import library

SINGLE: Final = 236
DOUBLE: Final = (4, 256)
_FIRST: Final = b"xmlstreamstart"
_LIBRARY: Final = re.compile(r"neonize-\S+\.so")


class Region(NamedTuple):
    """A part of this process's memory that the library fills."""

    start: int
    end: int
    writable: bool

    def holds(self, address: int, size: int = 1) -> bool:
        return self.start <= address and address + size <= self.end


def regions() -> list[Region]:
    """Where the library stands; empty when it is not loaded."""
    found = []
    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        for line in maps:
            if _LIBRARY.search(line):
                span, mode = line.split()[:2]
                start, end = (int(part, 16) for part in span.split("-"))
                if mode.startswith("r"):
                    found.append(Region(start, end, "w" in mode))
    return found


class _Memory:
    def __init__(self) -> None:
        self.parts = [(region, ctypes.string_at(region.start, region.end - region.start)) for region in regions()]

    def find(self, needle: bytes, *, writable: bool = False) -> Iterator[int]:
        for region, blob in self.parts:
            if writable and not region.writable:
                continue
            for hit in re.finditer(re.escape(needle), blob):
                yield region.start + hit.start()

    def read(self, address: int, size: int) -> bytes:
        if not any(region.holds(address, size) for region, _ in self.parts):
            return b""
        return ctypes.string_at(address, size)

    def word(self, header: int) -> str | None:
        """The Go string whose header stands at this address; None when there is none."""
        found = self.read(header, 16)
        if not found:
            return None
        at, size = struct.unpack("<QQ", found)
        return self.read(at, size).decode() or None if 0 < size < 200 else None


def _single(memory: _Memory) -> list[str]:
    headers = (hit for at in memory.find(_FIRST) for hit in memory.find(struct.pack("<QQ", at, len(_FIRST))))
    table = next(headers)
    words = [""]
    while len(words) < SINGLE and (word := memory.word(table)) is not None:
        words.append(word)
        table += 16
    return words


def _double(memory: _Memory) -> list[list[str]]:
    slices, size = DOUBLE
    for hit in memory.find(struct.pack("<QQ", size, size), writable=True):
        content = memory.read(hit - 8, 24 * slices)
        heads = [struct.unpack_from("<QQQ", content, 24 * index) for index in range(slices)] if content else []
        if not heads or any(head[1:] != (size, size) for head in heads):
            continue
        words = [[memory.word(head[0] + 16 * index) for index in range(size)] for head in heads]
        found = [[word for word in row if word is not None] for row in words]
        if all(len(row) == size for row in found):
            return found
    raise RuntimeError("the words of two bytes stand nowhere in this build of neonize")


def load() -> tuple[list[str], list[list[str]]]:
    """The words of one byte, by that byte, and the four lists of words of two."""
    library.load()
    memory = _Memory()
    return _single(memory), _double(memory)
