"""What waits in a tenant's store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """`outbox` replies wait or are being sent; the oldest of them was made at `oldest`, the first is due at `due` (UTC
    milliseconds). `undecided` messages are journalled and not decided. Until `first_contacts_until` nobody new is
    answered, because WhatsApp restricts the number (0: it does not). `undelivered` replies of the last day were sent a
    quarter of an hour ago and reached no phone, though their customers have written since."""

    outbox: int = 0
    oldest: int | None = None
    due: int | None = None
    undecided: int = 0
    alerts_open: int = 0
    alerts_dead: int = 0
    first_contacts_until: int = 0
    undelivered: int = 0
