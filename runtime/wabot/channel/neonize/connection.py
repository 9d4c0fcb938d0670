"""The connection of this moment: its client, and whose keys it runs on."""

from wabot.channel.neonize.library import Account, Client


class Connection:
    """What the parts of one channel share. `account` is known once the number has been found to be the tenant's; before
    that nothing is sent and nothing delivered."""

    def __init__(self) -> None:
        self.client: Client | None = None
        self.account: Account | None = None

    @property
    def ours(self) -> Client | None:
        """The client, while it is connected as the tenant's number."""
        client = self.client if self.account is not None else None
        return client if client is not None and client.connected else None
