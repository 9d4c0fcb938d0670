"""A pairing code as a QR symbol in the terminal."""

import io
from typing import TextIO

import segno


def draw(code: str) -> str:
    """The QR symbol of `code` in half-block characters, two modules a character."""
    out = io.StringIO()
    segno.make_qr(code, error="l").terminal(out, compact=True)
    return out.getvalue()


class TerminalQR:
    """Shows pairing codes on a terminal; what the channel calls for each new code."""

    def __init__(self, stream: TextIO, tenant: str) -> None:
        self._stream = stream
        self._tenant = tenant
        self._shown = 0

    def __call__(self, code: str) -> bool:
        """Draw `code` below what stands there; False when the stream is no terminal, so that nobody can scan it."""
        if not self._stream.isatty():
            return False
        self._shown += 1
        heading = f"{self._tenant}: scan this with WhatsApp > Linked devices > Link a device."
        if self._shown > 1:
            heading += " The code above no longer works."
        self._stream.write(f"\n{heading}\n{draw(code)}\n")
        self._stream.flush()
        return True
