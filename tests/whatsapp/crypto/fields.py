"""The few protobuf fields of Signal's messages, which no generated module brings: numbers and bytes."""

from collections.abc import Mapping


def pack(fields: Mapping[int, int | bytes]) -> bytes:
    out = b""
    for number, value in fields.items():
        if isinstance(value, int):
            out += _varint(number << 3) + _varint(value)
        else:
            out += _varint(number << 3 | 2) + _varint(len(value)) + value
    return out


class Fields:
    """Raises ValueError for what is no such message."""

    def __init__(self, data: bytes) -> None:
        self.numbers: dict[int, int] = {}
        self.bytes: dict[int, bytes] = {}
        at = 0
        while at < len(data):
            tag, at = _read(data, at)
            value, at = _read(data, at)
            if tag & 7 == 0:
                self.numbers[tag >> 3] = value
            elif tag & 7 == 2:
                self.bytes[tag >> 3] = data[at : at + value]
                at += value
            else:
                raise ValueError(f"{tag & 7} is no type of a field here")


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _read(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the message ends within a number")
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
