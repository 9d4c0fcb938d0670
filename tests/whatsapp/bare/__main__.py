"""`python -m tests.whatsapp.bare KEYS`: connects, tells every event, and does what it is told, in lines of JSON."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.whatsapp.bare.wire import PRINTED, pack, unpack
from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Library
from wabot.channel.neonize.quiet import quiet


class Program:
    """One client of the library."""

    def __init__(self, keys: Path, out: Any) -> None:
        self._library, self._out = Library(), out
        protect(keys)
        self._client = self._library.client.NewAClient(database_name(keys.resolve()))
        self._tasks: set[asyncio.Task[None]] = set()
        self._client.event.qr(self._on_code)
        for kind in self._library.events.EVENT_TO_INT:
            if kind.__name__ not in ("Device", "QR"):
                self._listen(kind)

    def say(self, **what: Any) -> None:
        self._out.write(json.dumps(what) + "\n")
        self._out.flush()

    async def run(self) -> None:
        """Until standard input closes."""
        settings = self._library.client.ProxySettings(proxy_address=os.environ["WABOT_WHATSAPP_PROXY"])
        connection = await self._client.connect(settings)
        connection.add_done_callback(self._ended)
        reader = asyncio.StreamReader(limit=1 << 26)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            task = asyncio.create_task(self._do(**json.loads(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _do(self, number: int, call: str, words: list[Any], named: dict[str, Any]) -> None:
        try:
            function = getattr(self._client, call)
            value = await function(*map(self._given, words), **{name: self._given(one) for name, one in named.items()})
            self.say(answer=number, value=pack(value))
        except Exception as error:
            self.say(answer=number, error=str(error) or type(error).__name__)

    def _given(self, value: Any) -> Any:
        value = unpack(value, (self._library.message,))
        if isinstance(value, dict) and "jid" in value:
            user, server, _ = value["jid"]
            return self._library.jid(user, server)
        if isinstance(value, dict) and "member" in value:
            enum, name = value["member"]
            return getattr(self._library.enum, enum)[name]
        return value

    def _listen(self, kind: Any) -> None:
        async def heard(_: Any, body: Any) -> None:
            self.say(event=kind.__name__, body=pack(body))

        self._client.event(kind)(heard)

    async def _on_code(self, _: Any, code: bytes) -> None:
        self.say(event="QR", body=code.decode())

    def _ended(self, connection: "asyncio.Task[None]") -> None:
        error = None if connection.cancelled() else connection.exception()
        self.say(event="Ended", body=str(error) if error else "")


def main() -> None:
    keys = Path(sys.argv[1])
    out, _ = quiet(keys.with_name(PRINTED))

    async def run() -> None:
        await Program(keys, out).run()
        os._exit(0)  # a pairing that nobody finished leaves a thread behind that never ends

    asyncio.run(run())


if __name__ == "__main__":
    main()
