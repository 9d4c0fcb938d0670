"""When the encrypted backup of the WhatsApp keys is written: after a pairing, and once a day.

The copy is made by another process: the library has the key store open in this one, and two copies of SQLite in one
process drop each other's locks.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wabot.model.errors import BackupError
from wabot.ports import Clock
from wabot.session.report import Report

NO_KEY: Final = "no WHATSAPP_ENCRYPTION_KEY is set: nothing is written"
_AGAIN: Final = 60.0
"""Seconds after a pairing until the phone has handed over its other keys as well."""
_LONGEST: Final = 120.0


class KeysBackup:
    """Writes `keys.backup` into the tenant's data folder; without a key, nothing. `on_damage` is called with what
    SQLite says of a key store that turns out to be damaged."""

    def __init__(self, folder: Path, key: bytes, on_damage: Callable[[str], None] = lambda _found: None) -> None:
        self._folder, self._key, self._on_damage = folder, key, on_damage

    async def write(self, at: int, *, only_new: bool = False) -> str:
        """Write it as of now; what came of it, in a few words. `at` is UTC milliseconds. With `only_new`, only when
        there is none of the device that is linked now.

        Raises:
            BackupError: it could not be written; an older one is as it was.
        """
        if not self._key:
            return NO_KEY
        order = {"folder": str(self._folder.resolve()), "key": self._key.hex(), "at": at, "only_new": only_new}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "wabot.store.keeping.keys_backup"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            # The key goes this way, since every user of the machine can read the arguments of a process.
            said = await asyncio.wait_for(process.communicate(json.dumps(order).encode() + b"\n"), _LONGEST)
        except TimeoutError:
            raise BackupError(f"the copy of the WhatsApp keys was not made within {_LONGEST:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
        out, complaint = (text.decode(errors="replace").strip() for text in said)
        if process.returncode:
            last = complaint.splitlines()[-1] if complaint else f"it ended with code {process.returncode}"
            from wabot.store.keeping.keys_backup import DAMAGED

            if process.returncode == DAMAGED:
                self._on_damage(last)
            raise BackupError(last)
        return out

    async def after_pairing(self, connected: asyncio.Event, clock: Clock, report: Report) -> None:
        """Wait for the first connection of this process; if its link is new, write it at once and a minute later."""
        if not self._key:
            return
        await connected.wait()
        new = await self._told(clock, report, only_new=True)
        if new:
            await asyncio.sleep(_AGAIN)
            await self._told(clock, report, only_new=False)

    async def _told(self, clock: Clock, report: Report, *, only_new: bool) -> bool:
        from wabot.store.keeping.keys_backup import UNCHANGED, UNLINKED

        try:
            said = await self.write(clock.now(), only_new=only_new)
        except (BackupError, OSError) as error:
            report.note(
                "the WhatsApp keys could not be backed up: it is tried again within a day",
                level="error",
                error=str(error),
            )
            return False
        if said in (UNCHANGED, UNLINKED):
            return False
        report.note("the WhatsApp keys are backed up", outcome=said)
        return True
