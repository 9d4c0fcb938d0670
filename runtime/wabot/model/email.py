"""What an e-mail address looks like, as people are known by it."""

import re
from typing import Final

from wabot.model.visible import visible

_SHAPE: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
LONGEST: Final = 254


def email_address(text: str) -> str | None:
    """The address as it is stored, in lower case; None when it is none."""
    fits = len(text) <= LONGEST and visible(text) == text and _SHAPE.fullmatch(text)
    return text.lower() if fits else None
