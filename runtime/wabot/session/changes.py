"""Changes of files, told once they are whole: a checkout, an upload or an editor writes many files and is one."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from watchfiles import Change

BLIND: Final = 5.0
"""Seconds between looks at the files themselves while nobody tells of changes."""
WHY_BLIND: Final = (
    "if the machine has no inotify instances left, raise fs.inotify.max_user_instances (sysctl); until then files are "
    "looked at every few seconds"
)
"""What a person is told to do then."""
LOOK_AGAIN: Final = 1_000
"""Milliseconds between looks whether the watched folders are still the ones at their places."""
_QUIET: Final = 200
"""Milliseconds without a write after which a change counts as whole."""
_LONGEST: Final = 5_000
"""Milliseconds after which a change counts as whole although the writing goes on."""
_CHECKOUT: Final = 10_000
"""Milliseconds for which a checkout is waited for; a lock that is older was left behind."""
_STEP: Final = 0.05


async def whole_changes(places: Collection[Path]) -> "AsyncIterator[set[tuple[Change, str]]]":
    """What changed in `places` and below, each time that the writing has ended; without changes an empty set every
    second. Ends when one of the places is not there any more.

    Raises:
        Exception: the machine cannot tell of changes, its inotify instances being used up, say.
    """
    from watchfiles import awatch

    looking = awatch(*places, debounce=_LONGEST, step=_QUIET, rust_timeout=LOOK_AGAIN, yield_on_timeout=True)
    try:
        async for changes in looking:
            if changes:
                await _checked_out(places)
            yield changes
    except FileNotFoundError:
        await asyncio.sleep(_STEP)


async def _checked_out(places: Collection[Path]) -> None:
    """Return when no git command is writing the files around `places`: git holds its index locked meanwhile."""
    locks = {lock for place in places if (lock := _index_lock(place)) is not None}
    waited = 0.0
    while waited * 1000 < _CHECKOUT and any(map(_fresh, locks)):
        await asyncio.sleep(_STEP)
        waited += _STEP


def _fresh(lock: Path) -> bool:
    with suppress(OSError):
        return RealClock().now() - lock.stat().st_mtime_ns // 1_000_000 < _CHECKOUT
    return False


def _index_lock(place: Path) -> Path | None:
    """Where git would lock the index of the repository that `place` is in."""
    for folder in (place.absolute(), *place.absolute().parents):
        git = folder / ".git"
        if git.is_dir():
            return git / "index.lock"
        with suppress(OSError, ValueError):
            if git.is_file():  # a worktree: the file names the folder
                return folder / git.read_text("utf-8").removeprefix("gitdir:").strip() / "index.lock"
    return None
