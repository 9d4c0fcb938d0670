"""A phone's camera, for QR codes that somebody shows as pictures: nothing is blurred, so no error is corrected."""

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any, Final

from PIL import Image
from segno import consts

_MASKS: Final[Sequence[Callable[[int, int], bool]]] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


def seen(url: str) -> str:
    """The text of the code in a `data:image/png;base64,…` URL."""
    picture = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))).convert("1")
    dark = _modules(picture)
    version = (len(dark) - 17) // 4
    blocks: Any = consts.ECC[version]
    level = 2 * (dark[8][0] ^ 1) + dark[8][1]  # segno names the levels by these bits
    mask = _MASKS[4 * (dark[8][2] ^ 1) + 2 * dark[8][3] + (dark[8][4] ^ 1)]
    bits = [dark[row][column] ^ mask(row, column) for row, column in _path(version)]
    words = [int("".join(str(int(bit)) for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]
    return _text(_in_order(words, blocks[level]), version)


def _modules(picture: Image.Image) -> list[list[bool]]:
    black = [[picture.getpixel((x, y)) == 0 for x in range(picture.width)] for y in range(picture.height)]
    top = next(y for y, row in enumerate(black) if any(row))
    left = black[top].index(True)
    scale = black[top][left:].index(False) // 7  # the edge of the first corner
    return [row[left : len(row) - left : scale] for row in black[top : len(black) - top : scale]]


def _path(version: int) -> Iterator[tuple[int, int]]:
    """The places of the data, in its order."""
    size, up = 17 + 4 * version, True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:  # the sixth column is not data's
        for row in range(size - 1, -1, -1) if up else range(size):
            yield from ((row, column) for column in (right, right - 1) if not _drawn(row, column, version))
        up = not up


def _drawn(row: int, column: int, version: int) -> bool:
    """Whether a place belongs to the corners, the lines, or what is told about the code itself."""
    size = 17 + 4 * version
    if 6 in (row, column) or (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9):
        return True
    if version >= 7 and ((row < 6 and column >= size - 11) or (column < 6 and row >= size - 11)):
        return True
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    corners = {(6, 6), (6, places[-1]), (places[-1], 6)} if places else set()
    middles = [(down, along) for down in places for along in places if (down, along) not in corners]
    return any(abs(row - down) <= 2 and abs(column - along) <= 2 for down, along in middles)


def _in_order(words: Sequence[int], blocks: Sequence[consts.EC]) -> bytes:
    """What was dealt out to blocks, one after the other again."""
    sizes = [block.num_data for block in blocks for _ in range(block.num_blocks)]
    dealt: list[list[int]] = [[] for _ in sizes]
    turns = zip_longest(*([number] * size for number, size in enumerate(sizes)))
    for word, number in zip(words, (one for one in chain(*turns) if one is not None), strict=False):
        dealt[number].append(word)
    return bytes(chain(*dealt))


def _text(data: bytes, version: int) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100", "the code is not of bytes"
    width = 8 if version < 10 else 16
    length, start = int(bits[4 : 4 + width], 2), 4 + width
    return bytes(int(bits[start + 8 * at : start + 8 * at + 8], 2) for at in range(length)).decode()
