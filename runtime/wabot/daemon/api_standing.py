"""How the API's process stands, in `data/api.json`, which the daemon that serves the API holds locked: for
`wabot status`, which asks no running process. What stands there when nobody holds it means nothing."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from wabot.model.errors import TenantBusy, WabotError
from wabot.session.locked import hold, is_held

FILE: Final = "api.json"
_MOST: Final = 4_096
_LOOKS: Final = 3

Status = Literal["starting", "serving", "restarting"]


@dataclass(frozen=True, slots=True)
class ApiStanding:
    """`since` is UTC milliseconds; `restarts` are starts after the process had died; `detail` says why it did."""

    address: str
    status: Status
    since: int
    pid: int | None = None
    restarts: int = 0
    detail: str = ""


class Sign:
    """This daemon, as the one that serves the API of the folder `data`, until it ends."""

    def __init__(self, data: Path) -> None:
        """
        Raises:
            TenantBusy: another daemon serves the API of that folder.
            WabotError: the file cannot be written.
        """
        file = data / FILE
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise WabotError(f"{file} cannot be written: {error.strerror}") from error
        try:
            if not hold(self._descriptor):
                raise TenantBusy(
                    f"another `wabot run` serves the API of {data} already: stop that one, or start this one without "
                    "--api"
                )
        except OSError as error:
            os.close(self._descriptor)
            raise WabotError(f"{file} cannot be locked: {error.strerror}") from error
        except TenantBusy:
            os.close(self._descriptor)
            raise

    def show(self, standing: ApiStanding) -> None:
        """A full disk shows what was shown before."""
        said = json.dumps(asdict(standing), ensure_ascii=False).encode("utf-8", "replace")
        with suppress(OSError):
            os.pwrite(self._descriptor, said, 0)
            os.ftruncate(self._descriptor, len(said))

    def end(self) -> None:
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def read_api(data: Path) -> ApiStanding | None:
    """How the API stands of the daemon that serves it; None when none does, or when that is somebody's whose files we
    may not read."""
    if not is_held(data / FILE, unreadable=False):
        return None
    for _ in range(_LOOKS):  # it may be written this very moment
        with suppress(OSError, ValueError, TypeError):
            return ApiStanding(**json.loads((data / FILE).read_bytes()[:_MOST]))
    return None
