"""Phone numbers as people in Indonesia write them."""

import re
import unicodedata
from typing import Final

_WRITTEN: Final = re.compile(r"\+?\(?[0-9][0-9 \-./()\t]*")
_WHOLE: Final = re.compile(r"[1-9][0-9]{6,14}")
_TRUNK: Final = re.compile(r"\(0\)")
_LOCAL: Final = re.compile(r"8[0-9]{8,11}")
"""An Indonesian mobile number without its 0, as spreadsheets leave it."""


def phone_number(text: str) -> str | None:
    """The number with its country code and digits only: "0812-3456 789", "+62 812 3456 789" and "8123456789" are
    628123456789. None for what is no phone number; another country's needs its + or its code."""
    written = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    if not _WRITTEN.fullmatch(_TRUNK.sub("", written)):
        return None
    international = written.startswith(("+", "00"))
    digits = re.sub(r"[^0-9]", "", _TRUNK.sub("", written))
    digits = digits.removeprefix("00") if international else digits
    if not international and digits.startswith("0"):
        digits = f"62{digits[1:]}"
    elif not international and _LOCAL.fullmatch(digits):
        digits = f"62{digits}"
    if digits.startswith("620"):
        digits = f"62{digits[3:]}"
    return digits if _WHOLE.fullmatch(digits) else None
