"""neonize as its own examples use it, and nothing else: `python -m bench.bare_echo KEYS` says every text back.

What a session of wabot is compared with. It logs in with a key store that was paired before.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any


async def echo(keys: Path) -> None:
    from neonize.aioze.client import NewAClient, ProxySettings
    from neonize.aioze.events import ConnectedEv, MessageEv

    client = NewAClient(str(keys))

    async def connected(_: Any, __: Any) -> None:
        print("connected", flush=True)

    async def said(client: Any, message: Any) -> None:
        if not message.Info.MessageSource.IsFromMe:
            await client.send_message(message.Info.MessageSource.Chat, message.Message.conversation)

    client.event(ConnectedEv)(connected)
    client.event(MessageEv)(said)
    running = await client.connect(ProxySettings(proxy_address=os.environ["WABOT_WHATSAPP_PROXY"]))
    await running


if __name__ == "__main__":
    asyncio.run(echo(Path(sys.argv[1])))
