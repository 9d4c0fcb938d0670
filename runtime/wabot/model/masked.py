"""Numbers of customers, as logs and alerts may hold them."""

import re
from collections.abc import Mapping
from typing import Any, Final

_NUMBER: Final = re.compile(r"\d{9,}")
_IDS: Final = ("message", "outbound", "alert", "revision", "tenant")
"""Keys of a log line that hold ids, in which digits stand for nobody."""


def masked(phone: str) -> str:
    """6281234567890 → 6281…890: enough to tell two apart, too little to call."""
    return f"{phone[:4]}…{phone[-3:]}" if len(phone) > 8 else "…"


def masked_within(text: str) -> str:
    """The text with each run of digits that may be a number or a LID masked."""
    return _NUMBER.sub(lambda number: masked(number[0]), text)


def masked_line(line: Mapping[str, Any], whole: tuple[str, ...] = ()) -> dict[str, Any]:
    """A log line without whole numbers, but for its ids and the keys in `whole`."""
    return {
        key: masked_within(value) if isinstance(value, str) and key not in _IDS and key not in whole else value
        for key, value in line.items()
    }
