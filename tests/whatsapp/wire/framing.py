"""Frames: three bytes of length and the content, after the client's greeting of four bytes."""

from typing import Final

_GREETING: Final = 4
_LENGTH: Final = 3


def frame(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content


class Frames:
    """Cuts what the WebSocket brings into frames. `greeting` is what came before the first one."""

    def __init__(self) -> None:
        self.greeting = b""
        self._rest = b""

    def cut(self, data: bytes) -> list[bytes]:
        self._rest += data
        if not self.greeting:
            if len(self._rest) < _GREETING:
                return []
            self.greeting, self._rest = self._rest[:_GREETING], self._rest[_GREETING:]
        found = []
        while len(self._rest) >= _LENGTH:
            size = _LENGTH + int.from_bytes(self._rest[:_LENGTH], "big")
            if len(self._rest) < size:
                break
            found.append(self._rest[_LENGTH:size])
            self._rest = self._rest[size:]
        return found
