"""WhatsApp's binary XML: stanzas to bytes and back (dictionary version 3)."""

import zlib
from functools import lru_cache
from typing import Final

from tests.whatsapp.wire import tokens
from tests.whatsapp.wire.jid import JID, PN
from tests.whatsapp.wire.node import Node

_SINGLE, _DOUBLE = tokens.load()
_INDEX: Final[dict[str, bytes]] = {
    **{word: bytes([first, at]) for first, row in enumerate(_DOUBLE, tokens.SINGLE) for at, word in enumerate(row)},
    **{word: bytes([at]) for at, word in enumerate(_SINGLE) if word},
}
_EMPTY, _LIST8, _LIST16 = 0, 248, 249
_INTEROP_JID, _FB_JID, _DEVICE_JID, _JID = 245, 246, 247, 250
_HEX8, _BYTES8, _BYTES20, _BYTES32, _NIBBLE8 = 251, 252, 253, 254, 255
_NIBBLES: Final = "0123456789-."
_HEX: Final = "0123456789ABCDEF"
_DOMAINS: Final = {0: PN, 1: "lid", 128: "hosted", 129: "hosted.lid"}
_DOMAIN_OF: Final = {name: number for number, name in _DOMAINS.items()}
_LONGEST_PACKED: Final = 128


def encode(node: Node) -> bytes:
    out = bytearray(b"\0")
    _node(out, node)
    return bytes(out)


def decode(data: bytes) -> Node:
    """Raises ValueError for what is no stanza."""
    flags, data = data[0], data[1:]
    return _Reader(zlib.decompress(data) if flags & 2 else data).node()


def _list(out: bytearray, size: int) -> None:
    if size == 0:
        out.append(_EMPTY)
    elif size < 256:
        out += bytes([_LIST8, size])
    else:
        out += bytes([_LIST16, size >> 8, size & 255])


def _node(out: bytearray, node: Node) -> None:
    attrs = {name: value for name, value in node.attrs.items() if value is not None and value != ""}
    _list(out, 1 + 2 * len(attrs) + (node.content is not None))
    out += _word(node.tag)
    for name, value in attrs.items():
        out += _word(name)
        out += _jid(value) if isinstance(value, JID) else _word(value)
    if isinstance(node.content, list):
        _list(out, len(node.content))
        for child in node.content:
            _node(out, child)
    elif node.content is not None:
        out += _bytes(node.content)


def _bytes(data: bytes) -> bytes:
    size = len(data)
    if size < 256:
        return bytes([_BYTES8, size]) + data
    if size < 1 << 20:
        return bytes([_BYTES20]) + size.to_bytes(3, "big") + data
    return bytes([_BYTES32]) + size.to_bytes(4, "big") + data


@lru_cache(4096)
def _word(text: str) -> bytes:
    if token := _INDEX.get(text):
        return token
    if 0 < len(text) < _LONGEST_PACKED:
        if all(letter in _NIBBLES for letter in text):
            return _packed(_NIBBLE8, _NIBBLES, text)
        if all(letter in _HEX for letter in text):
            return _packed(_HEX8, _HEX, text)
    return _bytes(text.encode())


def _packed(tag: int, alphabet: str, text: str) -> bytes:
    odd = len(text) % 2
    digits = [alphabet.index(letter) for letter in text] + [15] * odd
    pairs = bytes(high << 4 | low for high, low in zip(digits[::2], digits[1::2], strict=True))
    return bytes([tag, len(pairs) | odd << 7]) + pairs


@lru_cache(4096)
def _jid(jid: JID) -> bytes:
    if jid.server in _DOMAIN_OF and (jid.device or jid.server.startswith("hosted")):
        return bytes([_DEVICE_JID, _DOMAIN_OF[jid.server], jid.device]) + _word(jid.user)
    return bytes([_JID]) + (_word(jid.user) if jid.user else bytes([_EMPTY])) + _word(jid.server)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def node(self) -> Node:
        size = self._size(self._number(1))
        tag = self._text()
        attrs = {self._text(): self._address_or_text() for _ in range((size - 1) // 2)}
        return Node(tag, attrs, self._content() if size % 2 == 0 else None)

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise ValueError("the stanza ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _size(self, tag: int) -> int:
        match tag:
            case 0:
                return 0
            case 248:
                return self._number(1)
            case 249:
                return self._number(2)
        raise ValueError(f"{tag} begins no list")

    def _content(self) -> list[Node] | bytes | None:
        tag = self._number(1)
        if tag in (_LIST8, _LIST16):
            return [self.node() for _ in range(self._size(tag))]
        found = self._value(tag)
        return str(found).encode() if isinstance(found, (str, JID)) else found

    def _text(self) -> str:
        return str(self._address_or_text() or "")

    def _address_or_text(self) -> str | JID | None:
        found = self._value(self._number(1))
        return found.decode() if isinstance(found, bytes) else found

    def _value(self, tag: int) -> str | JID | bytes | None:
        if tag == _EMPTY:
            return None
        if tag in (_BYTES8, _BYTES20, _BYTES32):
            size = {_BYTES8: 1, _BYTES20: 3, _BYTES32: 4}[tag]
            return self._take(self._number(size))
        if tokens.SINGLE <= tag < tokens.SINGLE + len(_DOUBLE):
            return _DOUBLE[tag - tokens.SINGLE][self._number(1)]
        if tag in (_NIBBLE8, _HEX8):
            return self._unpacked(_NIBBLES if tag == _NIBBLE8 else _HEX)
        if tag == _JID:
            user, server = self._text(), self._text()
            return JID(user, server)
        if tag == _DEVICE_JID:
            domain, device = self._number(1), self._number(1)
            return JID(self._text(), _DOMAINS.get(domain, PN), device)
        if tag == _FB_JID:
            user, device = self._text(), self._number(2)
            return JID(user, self._text(), device)
        if tag == _INTEROP_JID:
            user, device, _ = self._text(), self._number(2), self._number(2)
            return JID(user, self._text(), device)
        if 0 < tag < len(_SINGLE):
            return _SINGLE[tag]
        raise ValueError(f"{tag} at {self._at} is no token")

    def _unpacked(self, alphabet: str) -> str:
        head = self._number(1)
        digits = [digit for byte in self._take(head & 127) for digit in (byte >> 4, byte & 15)]
        return "".join(alphabet[digit] for digit in (digits[:-1] if head & 128 else digits))
