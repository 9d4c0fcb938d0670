"""The connection of this moment: its client, and whose keys it runs on."""

from wabot.channel.neonize.library import Account, Client


class Connection:
    """What the parts of one channel share. `account` is known once the number has been found to be the tenant's; before
    that nothing is sent and nothing delivered."""

    def __init__(self) -> None:
        self.client: Client | None = None
        self.account: Account | None = None

    @property
    def open(self) -> Client | None:
        """The client, while it is connected."""
        return self.client if self.client is not None and self.client.connected else None

    @property
    def ours(self) -> Client | None:
        """The client, while it is connected as the tenant's number."""
        return self.open if self.account is not None else None
