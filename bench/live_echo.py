"""The baseline of `bench.live`: a bare neonize program that says what it hears. `python -m bench.live_echo KEYS`."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from wabot.channel.neonize.keys import database_name
from wabot.channel.neonize.library import Library
from wabot.channel.neonize.quiet import quiet


async def echo(keys: Path) -> None:
    library = Library()
    client = library.client.NewAClient(database_name(keys.resolve()))

    async def on_message(_: Any, message: Any) -> None:
        text = library.message.Message(conversation=message.Message.conversation)
        await client.send_message(message.Info.MessageSource.Chat, text)

    client.event(library.events.MessageEv)(on_message)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await client.connect(library.client.ProxySettings(proxy_address=os.environ["WABOT_WHATSAPP_PROXY"]))
    await ended.wait()
    await client.stop()


def main() -> None:
    quiet()
    asyncio.run(echo(Path(sys.argv[1])))
    os._exit(0)


if __name__ == "__main__":
    main()
