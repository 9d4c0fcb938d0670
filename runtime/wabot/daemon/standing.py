"""What the supervisor has to say about a tenant whose session it does not run, in `data/<tenant>/supervisor.json`: for
`wabot status`, which asks no running process. There is no file while all is well."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

FILE: Final = "supervisor.json"

Status = Literal["restarting", "parked", "needs_a_person", "refused"]
"""`restarting`: it died, and is started again soon. `parked`: it died too often. `needs_a_person`: its session ended
because only a person can help. `refused`: it is not started, as it is written now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`since` is UTC milliseconds; `detail` says what is wrong, `action` what a person must do ("" = nothing)."""

    status: Status
    since: int
    detail: str = ""
    action: str = ""


def write_standing(data: Path, standing: Standing | None) -> None:
    """Replace what is said about the tenant whose data is in `data`; None: all is well. Readers see the old or the new.

    Raises:
        OSError: the folder cannot be written.
    """
    file = data / FILE
    if standing is None:
        file.unlink(missing_ok=True)
        return
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = data / f".{FILE}.{os.getpid()}"
    try:
        draft.touch(0o600)
        draft.write_text(json.dumps(asdict(standing), ensure_ascii=False) + "\n", "utf-8")
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def read_standing(data: Path) -> Standing | None:
    """What the supervisor says; None when it says nothing, or nothing that can be read."""
    try:
        return Standing(**json.loads((data / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
