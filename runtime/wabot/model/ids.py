"""Identifiers of rows: UUIDv7 as text, so that they sort by the time they were made (RFC 9562, section 5.7), and within
one millisecond in the order in which this process made them (section 6.2: a counter of fixed length)."""

import itertools
import os
import random
import secrets
from typing import Final

_CHANCE: Final = random.Random(secrets.randbits(256))
"""Seeded once a process: nothing here is a secret, and asking the system for each id takes longer than a statement."""
_COUNT: Final = itertools.count()
_COUNTED: Final = 32
"""Bits of the counter; the rest of 74 is chance."""
# A forked process would give out the same ids as its sisters.
os.register_at_fork(after_in_child=lambda: _CHANCE.seed(secrets.randbits(256)))


def made_at(id: str) -> int:
    """When an identifier was made, UTC milliseconds."""
    return int(id.replace("-", "")[:12], 16)


def uuid7(at: int) -> str:
    """A new identifier for a thing made `at` UTC milliseconds."""
    own = (next(_COUNT) & (1 << _COUNTED) - 1) << 74 - _COUNTED | _CHANCE.getrandbits(74 - _COUNTED)
    value = (at & (1 << 48) - 1) << 80 | 0x7 << 76 | (own >> 62) << 64 | 0b10 << 62 | own & (1 << 62) - 1
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
