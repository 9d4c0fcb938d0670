"""What a node's owner settles about the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Files to send are fetched from `media_hosts` (none: from nowhere). `private_networks`: these, and webhooks, may
    stand in private networks."""

    media_hosts: tuple[str, ...] = ()
    private_networks: bool = False
