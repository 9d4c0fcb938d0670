"""A channel alone in its process, with less patience than a daemon gives it: `python -m tests.live.alone KEYS PHONE
OPTIONS`. Prints a JSON object for each state, for each look at the library (`looks`), and for how it ended (`ended`).
A word on standard input keeps the library's events from the channel from then on.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.whatsapp.paired import Paired
from tests.whatsapp.whatsapp import WhatsApp
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.library import Client, LibraryError
from wabot.channel.neonize.quiet import quiet
from wabot.model.errors import ChannelError
from wabot.model.session import SessionState
from wabot.session.clock import RealClock

PATIENCE = 40.0


class Alone:
    """The test's end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until(self, wanted: Callable[[dict[str, Any]], bool], within: float = PATIENCE) -> dict[str, Any]:
        """The next thing told that is `wanted`."""
        assert self._process.stdout is not None
        async with asyncio.timeout(within):
            while line := await self._process.stdout.readline():
                if wanted(told := json.loads(line)):
                    return dict(told)
        raise AssertionError("the channel has ended, and never told it")

    async def is_(self, status: str, within: float = PATIENCE) -> dict[str, Any]:
        return await self.until(lambda told: told.get("status") == status, within)

    async def ended(self, within: float = PATIENCE) -> str:
        told = await self.until(lambda told: "ended" in told, within)
        assert set(told["refused"]) == {"NotConnected"}, "a call of a stopped client reached the library"
        return str(told["ended"])

    async def deafen(self) -> None:
        """From now on no event of the library's reaches the channel."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"deaf\n")
        await self.until(lambda told: bool(told.get("deaf")))


@asynccontextmanager
async def alone(whatsapp: WhatsApp, paired: Paired, place: Path, **options: float) -> AsyncIterator[Alone]:
    """A channel on a copy of the key store `paired`, in the folder `place`. `options` are the channel's own, and
    `out_seconds`: for how long it has been out of reach."""
    keys = place / "keys.db"
    paired.copy_to(keys)
    paired.on(whatsapp)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.live.alone",
        str(keys),
        paired.number,
        json.dumps({"proxy": whatsapp.address, **options}),
        env=os.environ | whatsapp.environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Alone(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _after(client: Client) -> list[str]:
    """What each call of a client that was stopped raises: in the library it would end the process."""
    calls: list[Callable[[], Awaitable[object]]] = [
        client.account,
        client.holds,
        client.unlink,
        lambda: client.send("6281234567890", "s.whatsapp.net", None),
        lambda: client.download(b""),
        lambda: client.show_typing("6281234567890", "s.whatsapp.net", True),
        lambda: client.show_available(True),
    ]
    raised = []
    for call in calls:
        try:
            await call()
            raised.append("")
        except LibraryError as error:
            raised.append(type(error).__name__)
    return raised


def main() -> None:
    keys, phone, options = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    out, _ = quiet()
    deaf, looks, guarded, holds = [False], [0], Client._guarded, Client.holds
    clients: list[Client] = []

    def tell(**told: Any) -> None:
        print(json.dumps(told), file=out, flush=True)

    def _guarded(self: Client, execute: Callable[..., None]) -> Callable[..., None]:
        clients.append(self)
        heard = guarded(self, execute)
        return lambda *event: None if deaf[0] else heard(*event)

    async def _holds(self: Client) -> bool:
        held = await holds(self)
        looks[0] += 1
        tell(looks=looks[0])
        return held

    patch.multiple(Client, _guarded=_guarded, holds=_holds).start()

    class Listener:
        async def message(self, _message: object) -> None: ...
        async def receipt(self, _receipt: object) -> None: ...
        async def history(self, _part: object) -> None: ...
        async def settled(self) -> None: ...
        async def state(self, state: SessionState) -> None:
            tell(**asdict(state))

    async def run() -> None:
        out = options.pop("out_seconds", None)
        channel = NeonizeChannel(keys, phone, RealClock(), lambda _code: False, **options)
        if out is not None:
            channel.out_since(RealClock().now() - int(out * 1000))

        def heard() -> None:
            deaf[0] = bool(os.read(0, 64))
            tell(deaf=deaf[0])

        asyncio.get_running_loop().add_reader(0, heard)
        try:
            await channel.run(Listener())
            ended = ""
        except ChannelError as error:
            ended = str(error)
        tell(ended=ended, refused=await _after(clients[-1]))

    asyncio.run(run())
    os._exit(0)


if __name__ == "__main__":
    main()
