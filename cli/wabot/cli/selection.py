"""Which codes a user wants to hear of: `--select WB3,WB412 --ignore WB305`."""

from collections.abc import Sequence
from dataclasses import dataclass

from wabot.lint.catalogue import CATALOGUE, closest
from wabot.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes or beginnings of codes. `select` empty means all; `ignore` wins."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        return (not self.select or code.startswith(self.select)) and not code.startswith(self.ignore or ("-",))


def read_selection(select: Sequence[str], ignore: Sequence[str]) -> Selection:
    """What the options said; each may be repeated, and hold several codes separated by commas.

    Raises:
        UsageError: a code that does not exist, or no code at all.
    """
    return Selection(_codes(select, "--select"), _codes(ignore, "--ignore"))


def _codes(options: Sequence[str], flag: str) -> tuple[str, ...]:
    codes = [code.strip().upper() for option in options for code in option.split(",")]
    for code in codes:
        if not code:
            raise UsageError(f"{flag} needs a code such as WB103, or the beginning of some such as WB1")
        if not any(known.startswith(code) for known in CATALOGUE):
            raise UsageError(f"{flag}: {unknown_code(code)}")
    return tuple(codes)


def unknown_code(code: str) -> str:
    """A sentence about a code that does not exist."""
    close = closest(code)
    return f"there is no code `{code}`" + (f"; did you mean {close}?" if close else "; `wabot explain` lists them all")
