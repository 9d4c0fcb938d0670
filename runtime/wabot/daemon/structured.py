"""structlog as the daemon's processes need it: without rich, which it imports when it is there (typer brings it) for
tracebacks in colour, and which is 5 MB in the memory of every session."""

import sys

_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # Python's word for what cannot be imported
import structlog  # noqa: E402 (after that word)

if _rich is None:
    del sys.modules["rich"]
else:
    sys.modules["rich"] = _rich

__all__ = ["structlog"]
