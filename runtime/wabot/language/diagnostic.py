"""A finding: what is wrong, where, and what to do."""

from pathlib import Path
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Location(NamedTuple):
    """A place in a file. Lines and columns count from 1, in characters; the end is the column after the last one."""

    path: Path
    line: int = 1
    column: int = 1
    end_column: int = 0


class Diagnostic(NamedTuple):
    """One finding. `code` names the kind for good (WB…); `message` is one sentence; `hint` says what to do."""

    location: Location
    severity: Severity
    code: str
    message: str
    hint: str = ""
