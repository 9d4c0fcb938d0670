"""What a node's owner settles about the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """`origins` are the sites whose pages may ask from a browser (none: only pages from here)."""

    origins: tuple[str, ...] = ()
