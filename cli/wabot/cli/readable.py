"""Whether the daemon's data folder may be read by whoever types a command, and by whom else."""

import os
import pwd
from pathlib import Path
from shlex import quote

from wabot.model.errors import UsageError, WabotError


def readable(data: Path | None) -> Path | None:
    """The folder as it was given; one that is not there is the command's to tell.

    Raises:
        UsageError: it is no folder.
        WabotError: it may not be read; the text says whose it is.
    """
    if data is None:
        return None
    place = Path(data)
    try:
        if place.exists() and not place.is_dir():
            raise UsageError(f"{place} is a file; --data names a folder")
        if not place.exists() or os.access(place, os.R_OK | os.X_OK, effective_ids=True):
            return place
    except PermissionError:
        pass
    owner = _owner(place)
    raise WabotError(
        f"{place} may not be read: it belongs to {owner}. Run this as that user: sudo -u {quote(owner)} wabot …"
    )


def _owner(place: Path) -> str:
    """Of the folder, or of the nearest above it that can be seen."""
    for seen in (place, *place.absolute().parents):
        try:
            uid = seen.stat().st_uid
        except OSError:
            continue
        return user_name(uid)
    return "root"


def user_name(uid: int) -> str:
    """A user's name, or "#UID" for one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
