"""Identifiers of rows: UUIDv7 as text, so that they sort by the time they were made (RFC 9562, section 5.7)."""

import secrets
import uuid


def uuid7(at: int) -> str:
    """A new identifier for a thing made `at` UTC milliseconds."""
    value = (at & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
