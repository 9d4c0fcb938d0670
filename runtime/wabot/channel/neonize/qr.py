"""A pairing code as a QR symbol in the terminal."""

import io
import os
from typing import Final, TextIO

import segno

_BESIDE: Final = 3
"""Lines of a code's heading and of what surrounds it."""


def draw(code: str) -> str:
    """The QR symbol of `code` in half-block characters, two modules a character."""
    out = io.StringIO()
    segno.make_qr(code, error="l").terminal(out, compact=True)
    return out.getvalue()


def cramped(drawn: str, stream: TextIO, more: int) -> tuple[bool, str]:
    """Whether what `draw` returned is too wide for the terminal `stream`, where each line would break; and what to say
    when it does not fit, with `more` lines beside it. A terminal that does not tell its size is large enough."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return False, ""
    lines = drawn.splitlines()
    width, height = max(map(len, lines)), len(lines) + more
    narrow, low = 0 < size.columns < width, 0 < size.lines < height
    if not narrow and not low:
        return False, ""
    return narrow, (
        f"The QR code needs {width} columns and {height} lines, and this terminal has {size.columns} and {size.lines}: "
        "enlarge it (or choose a smaller font)"
    )


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
        drawn = draw(code)
        narrow, why = cramped(drawn, self._stream, _BESIDE)
        if why:
            why += "; the next code comes within a minute. "
            why += f"Or stop this, and `wabot pair {self._tenant}` with --out or --code.\n"
        self._stream.write(f"\n{self._tenant}: {why}" if narrow else f"\n{heading}\n{drawn}\n{why}")
        self._stream.flush()
        return True
