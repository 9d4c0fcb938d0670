"""One line of `wabot doctor`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Checked:
    """`where` is the machine, a folder or a tenant; `found` what was seen; `do` what a person should do about it ("" =
    nothing). `fix` mends it where that is safe."""

    level: Level
    where: str
    found: str
    do: str = ""
    fix: Callable[[], None] | None = None
