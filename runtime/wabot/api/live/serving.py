"""Socket.IO beside the API's endpoints, at `/socket.io`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import socketio
from starlette.types import ASGIApp

from wabot.api.feed import feed_of
from wabot.api.hearing import on_word
from wabot.api.house import House
from wabot.api.linking import PART as LINKING
from wabot.api.linking import attempts_of
from wabot.api.live import messages, whatsapp
from wabot.api.live.events import MESSAGES, WHATSAPP
from wabot.api.live.gateway import Gateway
from wabot.model.errors import WabotError
from wabot.model.failure import place_of
from wabot.session.forever import forever

PATH: Final = "/socket.io"
_PART: Final = "live"


def gateway_of(house: House) -> Gateway:
    """The house's gateway, which is made when it is first asked for."""
    events = {MESSAGES: messages.EVENTS, WHATSAPP: whatsapp.EVENTS}
    welcomes = {MESSAGES: messages.welcome, WHATSAPP: whatsapp.welcome}
    return house.part(_PART, lambda: Gateway(house, events, welcomes))


def with_sockets(house: House, app: ASGIApp) -> ASGIApp:
    """`app`, and Socket.IO beside it."""
    both: ASGIApp = socketio.ASGIApp(gateway_of(house).server, app, socketio_path=PATH)
    return both


@asynccontextmanager
async def live(house: House) -> AsyncIterator[None]:
    """What happens is told within the block, in which `feeding` is, too."""
    gateway, feed = gateway_of(house), feed_of(house)
    tasks: set[asyncio.Task[None]] = set()

    async def types(word: Mapping[str, Any]) -> None:
        try:
            await messages.customer_types(gateway, house, word)
        except WabotError as error:
            house.report.note("a customer's typing was not told", level="warning", error=place_of(error))

    def typing(word: Mapping[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(types(word))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def told(tenant: str, event: str, data: Mapping[str, Any]) -> None:
        await whatsapp.told(gateway, tenant, event, data)

    on_word(house, "typing", typing)
    feed.listeners.append(gateway)
    attempts_of(house).tell = told
    loops = [asyncio.create_task(forever(gateway.look_after, house.report.note, "looking after sockets"))]
    if linking := house.parts.get(LINKING):
        standings = whatsapp.Standings(gateway, linking)
        loops.append(asyncio.create_task(forever(standings.follow, house.report.note, "following the sessions")))
    try:
        yield
    finally:
        feed.listeners.remove(gateway)
        await attempts_of(house).stop()
        for task in (*loops, *tasks):
            task.cancel()
        await asyncio.gather(*loops, *tasks, return_exceptions=True)
        await gateway.stop()
