"""Text from customers and files, made fit for a terminal: what would move the cursor, hide words or turn their order
round is shown as it would be written, such as \\x1b."""

import re
from typing import Final

_CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 without the newline, DEL, C1, separators of lines, what turns the direction of writing, halves of characters."""


def visible(text: str) -> str:
    """The text with every control character but the newline written out."""
    return _CONTROLS.sub(_written, text)


def on_one_line(text: str) -> str:
    """As `visible`, for a name: its newlines are spaces."""
    return visible(" ".join(text.split("\n")))


def _written(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
