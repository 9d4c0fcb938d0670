"""The namespace `/messages`: what happens in a tenant's chats, and what people do there while they look at them."""

from collections.abc import Mapping
from typing import Any, Final

from wabot.api.conversations import found, look_at
from wabot.api.house import House
from wabot.api.live.asking import number, position, text, texts
from wabot.api.live.events import MESSAGES
from wabot.api.live.gateway import Gateway, Handler, room_of
from wabot.api.live.seats import Seat
from wabot.api.problems import Problem, unknown
from wabot.store.sqlite import inbox
from wabot.store.sqlite.queries import Ask

_MOST_ROOMS: Final = 50
"""Chats that one client has open."""
_AT_CONNECT: Final = 1_000
"""Changes that are told anew to a client that comes back; whoever missed more reads all anew."""
_PAGE: Final = 500
_IDS: Final = 500


def conversation_room(tenant: str, conversation: str) -> str:
    return f"conversation:{tenant}:{conversation}"


async def welcome(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    """Into the room of the tenant, without a gap or a change of order between what was missed and what comes."""
    tail = await gateway.tail(seat)
    cursor = None if said.get("cursor") is None else position(said["cursor"])
    async with tail.telling:
        await tail.tell()  # to those who are here already
        reset = False
        await gateway.enter(seat, room_of(seat.who.tenant))
        if cursor is not None:
            missed = tail.read(cursor, _AT_CONNECT, tail.position)
            reset = missed.reset or missed.more
            for event in () if reset else missed.events:
                if event.namespace == MESSAGES:
                    await gateway.emit(event.name, event.data, seat.sid, MESSAGES)
        await gateway.emit("ready", {"cursor": str(tail.position), "reset": reset}, seat.sid, MESSAGES)


async def _catch_up(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> Mapping[str, Any]:
    tail = await gateway.tail(seat)
    missed = tail.read(position(said.get("cursor")), number(said, "limit", _PAGE, _PAGE))
    events = [{"event": event.name, "data": event.data} for event in missed.events if event.namespace == MESSAGES]
    return {"events": events, "cursor": str(missed.cursor), "hasMore": missed.more, "reset": missed.reset}


async def _join(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    room = conversation_room(seat.who.tenant, _conversation(gateway, seat, said)["id"])
    if len(seat.rooms) > _MOST_ROOMS and room not in seat.rooms:
        raise Problem(429, f"A connection has at most {_MOST_ROOMS} conversations open.", "TOO_MANY_CONVERSATIONS")
    await gateway.enter(seat, room)


async def _leave(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    await gateway.leave(seat, conversation_room(seat.who.tenant, text(said, "conversationId")))


async def _typing(gateway: Gateway, seat: Seat, said: Mapping[str, Any], on: bool) -> None:
    seat.who.must("send_messages")
    chat = _conversation(gateway, seat, said)
    if not chat["customer_messages"]:
        raise Problem(409, "This customer has not written first.", "CUSTOMER_HAS_NOT_WRITTEN")
    if chat["is_blocked"]:
        raise Problem(409, "This customer is blocked.", "CONTACT_BLOCKED")
    gateway.house.tell_session(seat.who.tenant, "typing", chat=chat["chat"], on=on)


async def _starts(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    await _typing(gateway, seat, said, True)


async def _stops(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    await _typing(gateway, seat, said, False)


async def _read(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A person has looked at these messages, and so at all before them; at the whole chat when none is named."""
    seat.who.must("send_messages")
    conversation, named = text(said, "conversationId"), texts(said, "messageIds", _IDS)

    def mark(ask: Ask) -> int:
        chat = found(ask, conversation)
        for id in named:
            row = ask("message_row", id=id).fetchone()
            if row is None or row["conversation_id"] != chat["id"]:
                raise unknown("message", id)
        if not named:
            return look_at(ask, chat, gateway.house.clock.now())
        return inbox.looked_at(ask, named) or 0

    return {"markedCount": await gateway.house.desk(seat.who.tenant).write(mark)}


async def authenticate(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    """The client has renewed its token, and stays."""
    who = await gateway.let_in(said.get("token"))
    if who.tenant != seat.who.tenant or (who.account, who.key) != (seat.who.account, seat.who.key):
        raise Problem(403, "That token is somebody else's: connect anew with it.", "FORBIDDEN")
    seat.token, seat.who = said["token"], who


def _conversation(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> Any:
    id = text(said, "conversationId")
    return gateway.house.desk(seat.who.tenant).read(lambda ask: found(ask, id))


async def customer_types(gateway: Gateway, house: House, word: Mapping[str, Any]) -> None:
    """A customer begins or ends to type: told to those who have the chat open."""
    tenant, chat, on = word.get("tenant"), word.get("chat"), word.get("on")
    if not isinstance(tenant, str) or not isinstance(chat, str) or tenant not in house.tenants():
        return
    if not gateway.wants(tenant):
        return
    row = house.desk(tenant).read(lambda ask: ask("conversation_of_chat", chat=chat).fetchone())
    if row is not None:
        told = {"conversationId": row["id"], "isTyping": on is True}
        await gateway.emit("customer-typing", told, conversation_room(tenant, row["id"]), MESSAGES)


EVENTS: Final[Mapping[str, Handler]] = {
    "join-conversation": _join,
    "leave-conversation": _leave,
    "typing-start": _starts,
    "typing-stop": _stops,
    "mark-as-read": _read,
    "catch-up": _catch_up,
    "authenticate": authenticate,
}
