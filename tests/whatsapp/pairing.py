"""Links a client: `python -m tests.whatsapp.pairing KEYS` prints codes as lines of JSON, and ends when all is there.

With a number after KEYS the code is the one that is to be typed into that phone.

A process of its own, because the real client must never run in a test's process.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Library
from wabot.channel.neonize.quiet import quiet


async def _pair(keys: Path, number: str, say: Any) -> None:
    library = Library()
    protect(keys)
    client = library.client.NewAClient(database_name(keys.resolve()))
    connected = asyncio.Event()
    asked: list[str] = []

    async def on_code(_: Any, code: bytes) -> None:
        if not number:
            say({"code": code.decode()})
        elif not asked:
            asked.append(number)
            say({"code": await client.PairPhone(number, True)})

    async def on_connected(_: Any, __: Any) -> None:
        connected.set()

    client.event.qr(on_code)
    client.event(library.events.ConnectedEv)(on_connected)
    await client.connect(library.client.ProxySettings(proxy_address=os.environ["WABOT_WHATSAPP_PROXY"]))
    await connected.wait()
    while True:  # until the phone's settings have come, presence is refused
        try:
            await client.send_presence(library.enum.Presence.UNAVAILABLE)
            break
        except Exception:
            await asyncio.sleep(0.02)
    say({"paired": True})
    await client.stop()


def main() -> None:
    out, _ = quiet()

    def say(what: dict[str, Any]) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    asyncio.run(_pair(Path(sys.argv[1]), "".join(sys.argv[2:]), say))
    os._exit(0)


if __name__ == "__main__":
    main()
