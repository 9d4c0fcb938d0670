"""A finding: what is wrong, where, and what to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. Lines and columns count from 1, in characters; the end is the column after the last one."""

    path: Path
    line: int = 1
    column: int = 1
    end_column: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding. `code` names the kind for good (WB…); `message` is one sentence; `hint` says what to do."""

    location: Location
    severity: Severity
    code: str
    message: str
    hint: str = ""
