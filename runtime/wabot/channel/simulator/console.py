"""One customer in this process: what they say is handed in, what they hear comes back by callbacks."""

import asyncio
from collections.abc import Callable

from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Inbox


class ConsoleChannel:
    """`heard` gets every reply, `typing` whether "typing…" is shown."""

    def __init__(self, heard: Callable[[Outbound], None], shown: Callable[[bool], None]) -> None:
        self._heard, self._shown = heard, shown
        self._said: asyncio.Queue[Message | None] = asyncio.Queue()
        self._inbox: Inbox | None = None
        self._connected = asyncio.Event()

    async def run(self, inbox: Inbox) -> None:
        self._inbox = inbox
        await inbox.state(SessionState("connected"))
        self._connected.set()
        while (message := await self._said.get()) is not None:
            await inbox.message(message)
            self._said.task_done()

    def say(self, message: Message) -> None:
        """The customer sends `message`."""
        self._said.put_nowait(message)

    async def settled(self) -> None:
        """Return when all that was said is answered."""
        await self._connected.wait()
        await self._said.join()
        assert self._inbox is not None, "connected without an inbox"
        await self._inbox.settled()

    async def send(self, outbound: Outbound) -> None:
        self._heard(outbound)

    async def typing(self, chat: str, on: bool) -> None:
        self._shown(on)

    async def close(self) -> None:
        self._said.put_nowait(None)
