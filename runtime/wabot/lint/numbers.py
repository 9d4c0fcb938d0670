"""One number belongs to one tenant: two sessions on it would answer each customer twice."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from wabot.language.diagnostic import Diagnostic


def same_number(tenant: str, other: str, number: str) -> str:
    """The sentence for two tenants with one number."""
    return f"{tenant} and {other} have the same number ({number}), and one number belongs to one tenant"


def same_numbers(tenants: Iterable[tuple[str, Path, str]]) -> Iterator[Diagnostic]:
    """What is to be said about tenants (name, folder, number; "" where it is not known) with the number of one that
    stands before them, as `wabot run` would refuse them."""
    first: dict[str, str] = {}
    for name, folder, number in tenants:
        other = first.setdefault(number, name) if number else name
        if other != name:
            from wabot.language.document import read_document

            yield Diagnostic(
                read_document(folder / "tenant.yaml").locate(("phone",)),
                "error",
                "WB221",
                same_number(name, other, number),
                "give one of them another `phone`, or remove its folder",
            )
