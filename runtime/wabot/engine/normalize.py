"""The forms of a text that rules are compared with. Keywords and messages go through the same functions."""

import re
import unicodedata
from typing import Final

# Characters that are not seen (zero-width spaces and joiners, bidi marks, variation selectors, soft hyphens), and lone
# surrogates, which no UTF-8 text can hold but a JSON escape can.
_INVISIBLE: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff\ud800-\udfff]"
)


def fold(text: str) -> str:
    """For literal keywords: NFKC, invisible characters dropped, casefolded, white space folded and trimmed."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(visible(text).casefold().split())


def exact(text: str) -> str:
    """As `fold`, with the case kept: for `case_sensitive` keywords."""
    return " ".join((text if text.isascii() else visible(text)).split())


def visible(text: str) -> str:
    """For regexes: NFKC and invisible characters dropped, nothing else."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
