"""What a node's owner settles about the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`origins` are the sites whose pages may ask from a browser (none: only pages from here). `invite_url` is the page
    of the front end where an invitation is accepted ("": only the path of it is told)."""

    origins: tuple[str, ...] = ()
    invite_url: str = ""
