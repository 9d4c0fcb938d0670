"""What waits in a tenant's store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """`outbox` replies wait or are being sent; the oldest of them was made at `oldest`, the first is due at `due` (UTC
    milliseconds). `undecided` messages are journalled and not decided."""

    outbox: int = 0
    oldest: int | None = None
    due: int | None = None
    undecided: int = 0
    alerts_open: int = 0
    alerts_dead: int = 0
