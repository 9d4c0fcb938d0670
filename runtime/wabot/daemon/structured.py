"""structlog as the daemon's processes need it: without rich, which it imports when it is there (typer brings it) for
tracebacks in colour, and which is 5 MB in the memory of every session."""

from wabot.model.hidden import hidden

with hidden("rich"):
    import structlog

__all__ = ["structlog"]
