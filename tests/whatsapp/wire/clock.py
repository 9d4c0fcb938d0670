"""The server's clock."""

import time


def now() -> int:
    """Seconds since 1970, as WhatsApp stamps messages."""
    return int(time.time())
