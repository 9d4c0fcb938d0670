"""Which tenants there are, followed while the daemon runs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

from wabot.daemon.structured import structlog
from wabot.language.content import Contents
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError
from wabot.model.same_file import identity
from wabot.session.changes import BLIND, LOOK_AGAIN, WHY_BLIND, whole_changes

_AWAY: Final = 2
"""Looks without a folder after which its tenant counts as removed: a folder that is replaced is gone for a moment."""


class Discovery:
    """The tenants in `path`: a folder of tenants, or one tenant's. `tenants` has their folders by name; a link counts
    by the name of what it leads to."""

    def __init__(self, path: Path, data: Path) -> None:
        self._path, self._data = path, data.resolve()
        self._missed: dict[str, int] = {}
        self._blind = False
        self._log: Any = structlog.get_logger()
        self.tenants: Mapping[str, Path] = {folder.resolve().name: folder for folder in find_tenants(path).folders}

    def look(self) -> None:
        """Renew `tenants`. A new folder is a tenant once it holds a tenant.yaml. A folder of tenants that is gone, or
        cannot be read, says nothing about them: all stay."""
        try:
            found = find_tenants(self._path)
        except UsageError:
            return
        if found.diagnostics and not any(item.code == "WB010" for item in found.diagnostics):
            return
        there = {folder.resolve().name: folder for folder in found.folders}
        self._missed = {name: self._missed.get(name, 0) + 1 for name in self.tenants if name not in there}
        kept = {name: self.tenants[name] for name, missed in self._missed.items() if missed < _AWAY}
        fresh = {
            name: folder for name, folder in there.items() if name in self.tenants or (folder / "tenant.yaml").is_file()
        }
        self.tenants = {**kept, **fresh}

    async def changes(self) -> AsyncIterator[set[Path]]:
        """Renews `tenants` after each whole change below `path` and once a second, and tells which files changed.
        Where the machine cannot tell of changes, the files are looked at every few seconds."""
        seen: Mapping[Path, str | None] | None = None
        while True:
            places = self._places()
            if not places:
                await asyncio.sleep(LOOK_AGAIN / 1000)
                self.look()
                yield set()
                continue
            try:
                async for changed in whole_changes(places):
                    self._blind, seen = False, None
                    self.look()
                    # Data may lie below the rules; what a session writes there is no change of them.
                    files = {Path(name) for _, name in changed}
                    yield {file for file in files if not file.resolve().is_relative_to(self._data)}
                    if self._places() != places or any(Path(name) in places for _, name in changed):
                        break
            except Exception as error:  # new tenants are found without a watcher, too
                if not self._blind:
                    self._blind = True
                    self._log.error("changes of the folders are not told", error=str(error), action=WHY_BLIND)
                await asyncio.sleep(BLIND)
                self.look()
                now = await asyncio.to_thread(self._contents)
                before, seen = now if seen is None else seen, now
                yield {folder / "tenant.yaml" for folder, content in now.items() if before.get(folder) != content}

    def _contents(self) -> dict[Path, str | None]:
        contents = Contents()  # what several share is looked at once
        return {folder.absolute(): contents.of(folder) for folder in self.tenants.values()}

    def owner(self, file: Path) -> str | None:
        """The tenant that a changed file belongs to; None for what several share."""
        for name, folder in self.tenants.items():
            if file.is_relative_to(folder.absolute()) or file.is_relative_to(folder.resolve()):
                return name
        return None

    def _places(self) -> dict[Path, tuple[int, int]]:
        """The folders to watch, each with what makes it the same folder: links lead out of the one that holds them."""
        places = (self._path, *(folder.resolve() for folder in self.tenants.values() if folder.is_symlink()))
        found = {place: seen for place in places if (seen := identity(place)) is not None}
        return found if self._path in found else {}
