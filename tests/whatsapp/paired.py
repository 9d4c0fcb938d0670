"""A key store that is paired once and copied for each test: a login with a copy takes some 10 ms."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.tenants import number_of
from tests.whatsapp.people.phone import Linked, Phone
from tests.whatsapp.whatsapp import WhatsApp

ROOT: Final = Path(__file__).parent.parent.parent
_PATIENCE: Final = 60.0


def copy_keys(keys: Path, to: Path) -> None:
    """Copy a key store that nobody has open."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for suffix in ("", "-wal", "-shm"):
        side = keys.with_name(keys.name + suffix)
        if side.exists():
            shutil.copy(side, to.with_name(to.name + suffix))


@dataclass(frozen=True)
class Paired:
    """A key store, and the phone that it belongs to. `keys` stands in a folder of its own."""

    keys: Path
    number: str
    name: str
    linked: Linked

    def on(self, whatsapp: WhatsApp) -> Phone:
        """The phone, on another server."""
        return whatsapp.phone(self.number, self.name, linked=self.linked)

    def copy_to(self, keys: Path) -> None:
        """A key store that logs in as the client that was paired."""
        copy_keys(self.keys, keys)


async def pair(
    whatsapp: WhatsApp,
    phone: Phone,
    keys: Path,
    *,
    number: str = "",
    link: Callable[[str], Awaitable[object]] | None = None,
) -> None:
    """Link a client with a new key store; it has ended when this returns. With a `number` it shows eight characters for
    that phone. `link` takes the code; without it the phone scans it, or types it in."""
    keys.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.whatsapp.pairing",
        str(keys),
        *([number] if number else []),
        cwd=ROOT,
        env=os.environ | whatsapp.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_PATIENCE):
            said = json.loads(await process.stdout.readline())
            await (link or (phone.enters if number else phone.scans))(said["code"])
            while not said.get("paired"):
                said = json.loads(await process.stdout.readline())
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def paired(folder: Path, number: str, name: str) -> Paired:
    async with WhatsApp() as whatsapp:
        phone = whatsapp.phone(number, name)
        keys = folder / "keys.db"
        await pair(whatsapp, phone, keys)
        return Paired(keys, number, name, phone.linked())


class Pairs:
    """One key store a tenant of `tests.tenants`, linked once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Paired] = {}

    async def of(self, tenant: str) -> Paired:
        if tenant not in self._known:
            self._known[tenant] = await paired(self._folder / tenant, number_of(tenant), tenant.title())
        return self._known[tenant]

    def at_once(self, tenant: str) -> Paired:
        """The same, for whoever cannot wait for it in an event loop."""
        with ThreadPoolExecutor(1) as thread:  # a thread, for an event loop of its own
            return thread.submit(asyncio.run, self.of(tenant)).result()
