"""What a node's owner settles about the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`invite_url` is the page of the front end where an invitation is accepted ("": only the path of it is told).
    Files to send are fetched from `media_hosts` (none: from nowhere). `private_networks`: these, and webhooks, may
    stand in private networks."""

    invite_url: str = ""
    media_hosts: tuple[str, ...] = ()
    private_networks: bool = False
