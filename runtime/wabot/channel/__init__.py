"""Ways to a tenant's customers. The list is explicit: a channel exists when it is named here."""

from typing import Final

CHANNELS: Final = ("neonize", "simulator")
