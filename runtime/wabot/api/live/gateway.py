"""The Socket.IO server: who comes in, which rooms they are in, and what is told there.

Everybody is in the room of their tenant, which comes from their token. What is told with a cursor goes to that room,
in the order of the feed, so that one cursor says how far a client has come.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import socketio

from wabot.api.feed import Tail, feed_of
from wabot.api.guard import Who, served
from wabot.api.house import House
from wabot.api.live.events import MESSAGES, Event, Namespace
from wabot.api.live.seats import Seat, Seats
from wabot.api.presence import presence_of
from wabot.api.problems import Problem, unavailable
from wabot.model.errors import StoreError
from wabot.model.failure import place_of

_LARGEST: Final = 65_536
"""Bytes of what a client may send at once."""
_CHECK: Final = 3.0
"""Seconds between looks whether everybody may still be here."""
_TO_LOG_IN: Final = 10.0
"""Seconds that a connection has to join a namespace."""
_SLOW: Final = 2_000
"""Packets that wait for one client: one that reads no faster than that is cut, and catches up by its cursor."""

Handler = Callable[["Gateway", Seat, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Deals with a client's event; what it returns stands in the answer beside `success`.

Raises: Problem, StoreError."""
Welcome = Callable[["Gateway", Seat, Mapping[str, Any]], Awaitable[None]]
"""Says the first words to whoever has connected; is handed what they connected with."""


def room_of(tenant: str) -> str:
    return f"tenant:{tenant}"


class Gateway:
    """`events` are the events that clients may send, by namespace and name; `welcomes` what is said to them first."""

    def __init__(
        self,
        house: House,
        events: Mapping[Namespace, Mapping[str, Handler]],
        welcomes: Mapping[Namespace, Welcome],
    ) -> None:
        self.house, self.seats = house, Seats()
        self._events, self._welcomes = events, welcomes
        self._unknown: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            cors_allowed_origins=[],  # the fences see to origins, and to how many connections an address has
            max_http_buffer_size=_LARGEST,
            namespaces=list(events),
        )
        for namespace in events:
            self.server.on("connect", self._connecting(namespace), namespace=namespace)
            self.server.on("disconnect", self._left, namespace=namespace)
            self.server.on("*", self._heard, namespace=namespace)

    def wants(self, tenant: str) -> bool:
        rooms = self.server.manager.rooms
        return any(room_of(tenant) in rooms.get(namespace, {}) for namespace in self._events)

    async def tell(self, tenant: str, events: Sequence[Event]) -> None:
        for event in events:
            await self.emit(event.name, event.data, room_of(tenant), event.namespace)

    async def anew(self, tenant: str, cursor: int) -> None:
        await self.emit("ready", {"cursor": str(cursor), "reset": True}, room_of(tenant), MESSAGES)

    async def emit(self, name: str, data: Mapping[str, Any], to: str, namespace: Namespace) -> None:
        """Tell it to a room, or to one client."""
        await self.server.emit(name, dict(data), to=to, namespace=namespace)

    async def enter(self, seat: Seat, room: str) -> None:
        await self.server.enter_room(seat.sid, room, namespace=seat.namespace)
        seat.rooms.add(room)

    async def leave(self, seat: Seat, room: str) -> None:
        if room in seat.rooms:
            seat.rooms.discard(room)
            await self.server.leave_room(seat.sid, room, namespace=seat.namespace)

    async def tail(self, seat: Seat) -> Tail:
        """The feed of whoever sits there."""
        return await feed_of(self.house).tail(seat.who.tenant)

    async def let_in(self, token: object) -> Who:
        """Whoever bears the token. Asked again as long as they are connected, so it shows that they are there, too.

        Raises:
            Problem: 401, nobody that is known.
        """
        if not isinstance(token, str) or not token:
            raise Problem(401, "Log in first: connect with auth {token}.", "UNAUTHORIZED")
        who = served(self.house, await self.house.door.enter_token(token))
        who.must("view_conversations")
        presence_of(self.house).seen(who.tenant, who.email)
        return who

    async def look_after(self) -> None:
        """Send away whoever may not be here any more, says nothing, or reads too slowly. Until cancelled."""
        while True:
            await asyncio.sleep(_CHECK)
            tokens: dict[str, Problem | None] = {}
            for seat in self.seats:
                if seat.token not in tokens:
                    tokens[seat.token] = await self._refusal(seat)
                if (refused := tokens[seat.token]) is not None:
                    await self.send_away(seat, refused)
                else:
                    presence_of(self.house).seen(seat.who.tenant, seat.who.email)
            now = asyncio.get_running_loop().time()
            known = {seat.connection for seat in self.seats}
            strangers = [name for name in self.server.environ if name not in known]
            self._unknown = {name: self._unknown.get(name, now) for name in strangers}
            for name, since in self._unknown.items():
                if now - since >= _TO_LOG_IN:
                    await self.server.eio.disconnect(name)
            self.release(left=True)
            for name in [name for name, one in self.server.eio.sockets.items() if one.queue.qsize() > _SLOW]:
                await self._cut(name)

    async def send_away(self, seat: Seat, why: Problem) -> None:
        """End it, and say why."""
        await self.emit("unauthorized", {"message": why.message, "code": why.code}, seat.sid, seat.namespace)
        await self.server.disconnect(seat.sid, namespace=seat.namespace)

    def release(self, *, left: bool = False) -> None:
        """Answer the requests that wait for events: their clients ask anew, of whoever comes after. `left`: only of
        those who have left, whose last request the library lets wait for its time."""
        for one in self.server.eio.sockets.values():
            if not one.upgraded and (one.closing or not left):
                one.queue.put_nowait(None)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.server.shutdown()

    async def _refusal(self, seat: Seat) -> Problem | None:
        try:
            who = await self.let_in(seat.token)
        except Problem as problem:
            return problem
        except StoreError:
            return None  # nobody can tell: it is asked again soon
        if who.tenant != seat.who.tenant:
            return Problem(401, "Log in again.", "UNAUTHORIZED")
        seat.who = who
        return None

    async def _cut(self, name: str) -> None:
        one = self.server.eio.sockets.get(name)
        if one is not None:  # what waits for it goes with it
            while not one.queue.empty():
                one.queue.get_nowait()
                one.queue.task_done()
            await one.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)

    def _connecting(self, namespace: Namespace) -> Callable[..., Awaitable[None]]:
        async def connecting(sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
            said = auth if isinstance(auth, dict) else {}
            try:
                who = await self.let_in(said.get("token"))
                connection = self.server.manager.eio_sid_from_sid(sid, namespace)
                seat = Seat(sid, namespace, connection, who, said["token"])
                await self.tail(seat)
                self.seats.take(seat)
            except (Problem, StoreError) as error:
                why = _problem(error)
                raise socketio.exceptions.ConnectionRefusedError(why.message, why.body()) from None
            # Only after this handler has returned is the client told that it is in.
            task = asyncio.create_task(self._welcome(seat, said))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return connecting

    async def _welcome(self, seat: Seat, said: Mapping[str, Any]) -> None:
        try:
            await self._welcomes[seat.namespace](self, seat, said)
        except (Problem, StoreError) as error:
            await self.send_away(seat, _problem(error))
        except Exception as error:
            if self.seats.get(seat.sid) is not None:  # else it has left meanwhile
                self.house.report.note("a client was not welcomed", level="error", error=place_of(error))
                await self.send_away(seat, Problem(500, "Something went wrong here.", "INTERNAL"))

    async def _left(self, sid: str, _reason: object = None) -> None:
        self.seats.leave(sid)

    async def _heard(self, event: str, sid: str, *said: object) -> Mapping[str, Any]:
        seat = self.seats.get(sid)
        try:
            if seat is None:
                raise Problem(401, "Connect first.", "UNAUTHORIZED")
            seat.count(asyncio.get_running_loop().time())
            handler = self._events[seat.namespace].get(event)
            if handler is None:
                raise Problem(404, f"There is no event {event[:100]!r} in {seat.namespace}.", "UNKNOWN_EVENT")
            body = said[0] if said else {}
            if not isinstance(body, dict):
                raise Problem(400, "An event's data is an object.", "INVALID")
            return {"success": True, **(await handler(self, seat, body) or {})}
        except (Problem, StoreError) as error:
            why = _problem(error)
            return {"success": False, "error": why.message, "code": why.code}
        except Exception as error:
            self.house.report.note("an event broke off", level="error", error=place_of(error), name=event[:40])
            return {"success": False, "error": "Something went wrong here.", "code": "INTERNAL"}


def _problem(error: Problem | StoreError) -> Problem:
    return error if isinstance(error, Problem) else unavailable()
