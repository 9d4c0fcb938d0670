"""The rules that are live: replaced whole when a change is sound, kept when it is not.

A copy of the last sound version is kept beside the tenant's data, so that a session which is restarted while its rules
are broken on disk goes on with what it had.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from wabot.engine.load import load_tenant
from wabot.language.content import Contents
from wabot.language.diagnostic import Diagnostic
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded
from wabot.model.errors import SendRefused
from wabot.model.same_file import identity
from wabot.model.session import Reload
from wabot.ports import Clock
from wabot.session.changes import BLIND, LOOK_AGAIN, WHY_BLIND, whole_changes
from wabot.session.last_sound import LastSound
from wabot.session.report import Report
from wabot.store.outgoing import OutgoingFolder, is_reference

_SHOWN: Final = 20
_NO_RULES: Final = "WB014"
_UNREADABLE: Final = "WB00"
"""How the codes of files begin that cannot be read at all: other findings can be only what follows from that."""


class LiveRules:
    """A tenant's rules while its session runs. `on_reload` hears of every outcome."""

    def __init__(
        self,
        folder: Path,
        data: Path,
        clock: Clock,
        report: Report,
        on_reload: Callable[[Reload], Awaitable[None]],
        load: Callable[[Path], Loaded] = load_tenant,
    ) -> None:
        self.folder = folder
        self._outgoing = OutgoingFolder(data)
        self._last_sound = LastSound(data, folder.resolve().name)
        self._clock, self._report, self._on_reload = clock, report, on_reload
        self._load = load
        self._live: RuleSet | None = None
        self._one = asyncio.Lock()
        self._read: str | None = None
        self._blind = False
        self._starts = False
        self.ready = asyncio.Event()

    def rule_set(self) -> RuleSet:
        """The rules that are live. Only to be asked once `ready` is set."""
        assert self._live is not None, "no rules were ever sound"
        return self._live

    def file(self, path: str) -> Path:
        """Where to read a file that is sent. What a person sends lies in the tenant's folder for that. What a reply
        sends, named by `path` when it was decided, is taken from the copy of the rules that are live, since on disk a
        change that is not sound may be half done.

        Raises:
            SendRefused: it is neither the tenant's own nor shared (any more): a link leads elsewhere.
        """
        if is_reference(path):
            if (sent := self._outgoing.find(path)) is None:
                raise SendRefused("the file does not lie in the tenant's folder of outgoing files: it is not sent.")
            return sent
        found = self._last_sound.sent(Path(path), self.folder)
        if found is None:
            raise SendRefused(f"the file {Path(path).name} lies outside of the tenant's folder: it is not sent.")
        return found

    async def load(self) -> bool:
        """Load what is on disk; when that is broken, the last sound version. False when there is none of either."""
        await asyncio.to_thread(self._last_sound.recover)
        self._starts = self._last_sound.place.is_dir()
        await self.reload()
        self._starts = False
        if self._live is None and self._last_sound.place.is_dir():
            saved = await asyncio.to_thread(self._load, self._last_sound.place)
            if saved.rule_set is not None:
                self._report.note("running on the last sound rules: those on disk are broken", level="error")
                self._swap(saved.rule_set)
            else:
                self._report.note(f"the last sound rules cannot be read; {self._kept()}", level="error")
        return self._live is not None

    async def watch(self) -> None:
        """Reload whenever a file of the tenant changes, until cancelled; also when the folder itself is replaced
        (moved, checked out anew, or reached by a link that now leads elsewhere).
        Where the machine cannot tell of changes, the files are looked at every few seconds."""
        while True:
            places = self._places()
            if places:
                try:
                    await self._watch(places)
                except Exception as error:  # hot reload goes on without a watcher, and takes one when there is one
                    self._see(error)
                    await asyncio.sleep(BLIND)
                    if await asyncio.to_thread(Contents().of, self.folder) == self._read:
                        continue
            else:
                await asyncio.sleep(LOOK_AGAIN / 1000)
            if self._places():  # without the folder there is nothing to read; it may be on its way
                await self.reload()

    async def _watch(self, places: Mapping[Path, tuple[int, int]]) -> None:
        """Follow changes until other folders stand at these places."""
        from watchfiles import Change

        stands = False
        async for changes in whole_changes(places):
            # What changed after the last look and before the watcher stood, it does not tell.
            missed = not stands and await asyncio.to_thread(Contents().of, self.folder) != self._read
            stands = True
            self._see(None)
            # A folder that is made anew can have the number of the one that is gone, but that one's end was seen.
            ended = any(change == Change.deleted and Path(path) in places for change, path in changes)
            if ended or self._places() != places:
                return
            if changes or missed:
                await self.reload()

    def _see(self, error: Exception | None) -> None:
        """Say it once when changes are not told any more, and when they are again."""
        if error is not None and not self._blind:
            self._report.note("changes of the rules are not told", level="error", error=str(error), action=WHY_BLIND)
        elif error is None and self._blind:
            self._report.note("changes of the rules are told again")
        self._blind = error is not None

    def _places(self) -> dict[Path, tuple[int, int]]:
        """The folders to watch, each with what makes it the same folder; nothing without the tenant's own."""
        # Shared rules may come to be included later, so every folder that may hold some is watched from the start.
        places = (self.folder, *sorted(self.folder.parent.glob("_*")))
        found = {place: seen for place in places if (seen := identity(place)) is not None and place.is_dir()}
        return found if self.folder in found else {}

    async def reload(self) -> None:
        """Read the files as they are now."""
        async with self._one:  # a person's order may come while a change is read: the later look must win
            await self._look()

    async def _look(self) -> None:
        self._read = await asyncio.to_thread(Contents().of, self.folder)
        try:
            loaded = await asyncio.to_thread(self._load, self.folder)
        except Exception as error:  # files that nobody has thought of must not end the watching, nor the session
            await self._unread(error)
            return
        now = self._clock.now()
        if loaded.rule_set is None or (self._live is not None and _emptied(loaded)):
            await self._broken(loaded, now)
        elif self._live is None or loaded.rule_set.revision != self._live.revision:
            self._swap(loaded.rule_set)
            await asyncio.to_thread(self._keep)
            # Recorded first: who hears of it and looks finds it.
            await self._on_reload(Reload(now, True, loaded.rule_set.revision))
            self._report.note("rules are live", revision=loaded.rule_set.revision, rules=len(loaded.rule_set.rules))
        else:
            # The same rules may send another picture: it goes out from the copy.
            await asyncio.to_thread(self._keep)
            # Broken and mended again without a change in between: the error that is shown is over.
            await self._on_reload(Reload(now, True, self._live.revision))

    async def _unread(self, error: Exception) -> None:
        self._report.note(f"the rules could not be read; {self._kept()}", level="error", error=repr(error))
        revision = self._live.revision if self._live else ""
        await self._on_reload(
            Reload(self._clock.now(), False, revision, f"a bug in wabot, please report it: {error!r}")
        )

    async def _broken(self, loaded: Loaded, now: int) -> None:
        errors = [item for item in loaded.diagnostics if item.severity == "error" or item.code == _NO_RULES]
        errors.sort(key=lambda item: not item.code.startswith(_UNREADABLE))
        revision = self._live.revision if self._live else ""
        await self._on_reload(Reload(now, False, revision, _line(errors[0]) if errors else ""))
        for item in errors[:_SHOWN]:
            self._report.note(f"broken rules: {_line(item)}", level="error")
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        self._report.note(f"the rules have {count}; {self._kept()}", level="error")

    def _kept(self) -> str:
        if self._live is None and self._starts:
            return "the last sound version of them is taken"
        return "the rules before them stay live" if self._live else "nobody is answered until they are mended"

    def _swap(self, rule_set: RuleSet) -> None:
        # One assignment: a message that is being decided keeps the rules that it began with.
        self._live = rule_set
        self.ready.set()

    def _keep(self) -> None:
        try:
            self._last_sound.keep(self.folder, self.rule_set().tenant.include)
        except (OSError, shutil.Error) as error:
            self._report.note("the sound rules could not be copied", level="warning", error=str(error))


def _emptied(loaded: Loaded) -> bool:
    """Whether there are no rules any more: an editor that saves, or a slip, but hardly what a shop wants."""
    return any(item.code == _NO_RULES for item in loaded.diagnostics)


def _line(item: Diagnostic) -> str:
    at = item.location
    return f"{at.path}:{at.line}:{at.column}: {item.message}"
