"""neonize in the test's own process: its protobufs are WhatsApp's, and its table of tokens is read from its memory.

The client under test never runs here.
"""

import logging
import platform
import sys
from typing import Any, Final
from unittest import SkipTest

WHY_NOT: Final = (
    ""
    if sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
    else f"the WhatsApp server for tests reads the client's memory, as Linux shows it; this is {sys.platform} on "
    f"{platform.machine()}"
)
"""Why there can be no WhatsApp server on this machine; "" where there can."""


def load() -> Any:
    """The module `neonize.proto`, once neonize stands in memory; logging stays as it was.

    Raises SkipTest where that cannot be, which pytest reports as a skipped module.
    """
    if WHY_NOT:
        raise SkipTest(WHY_NOT)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    import neonize.proto

    root.handlers[:] = handlers
    root.setLevel(level)
    return neonize.proto
