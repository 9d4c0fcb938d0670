"""The namespace `/whatsapp`: how the link to WhatsApp stands, and the codes that link a phone."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from wabot.api.linking import Linking, attempts_of, phone_of
from wabot.api.live.events import WHATSAPP, connection
from wabot.api.live.gateway import Gateway, Handler, room_of
from wabot.api.live.messages import authenticate
from wabot.api.live.seats import Seat
from wabot.api.problems import Problem
from wabot.api.standing import standing
from wabot.api.unlinking import disconnect
from wabot.model.session import SessionState

_LOOK: Final = 1.0


def pairing_room(tenant: str) -> str:
    """The room of those who may link the phone."""
    return f"pairing:{tenant}"


async def welcome(gateway: Gateway, seat: Seat, _said: Mapping[str, Any]) -> None:
    tail = await gateway.tail(seat)
    async with tail.telling:
        await tail.tell()
        await gateway.enter(seat, room_of(seat.who.tenant))
        await _tell_state(gateway, seat)


async def _join(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> None:
    _own(seat, said)
    if seat.who.may("manage_whatsapp"):
        await gateway.enter(seat, pairing_room(seat.who.tenant))
    await _tell_state(gateway, seat)
    pairing = attempts_of(gateway.house).of(seat.who.tenant)
    if pairing is not None and pairing.code is not None and seat.who.may("manage_whatsapp"):
        await gateway.emit("qr-code", pairing.code.data(), seat.sid, WHATSAPP)


async def _disconnect(gateway: Gateway, seat: Seat, said: Mapping[str, Any]) -> Mapping[str, Any]:
    _own(seat, said)
    seat.who.must("manage_whatsapp")
    return {"message": await disconnect(gateway.house, seat.who)}


async def told(gateway: Gateway, tenant: str, event: str, data: Mapping[str, Any]) -> None:
    """What happens to an attempt to link the phone."""
    room = pairing_room(tenant) if event == "qr-code" else room_of(tenant)
    await gateway.emit(event, data, room, WHATSAPP)


class Standings:
    """What the supervisors say of sessions that do not run: those cannot say it themselves, so it stands in no feed."""

    def __init__(self, gateway: Gateway, linking: Linking) -> None:
        self._gateway, self._linking = gateway, linking
        self._said: dict[str, SessionState | None] = {}

    async def follow(self) -> None:
        """Tell it to those who listen, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK)
            for tenant in {seat.who.tenant for seat in self._gateway.seats if seat.namespace == WHATSAPP}:
                said = self._linking.standing(tenant)
                if said is not None and said != self._said.get(tenant):
                    data = connection(said.status, said.detail, self._linking.phone(tenant))
                    await self._gateway.emit("connection-status", data, room_of(tenant), WHATSAPP)
                self._said[tenant] = said


def _own(seat: Seat, said: Mapping[str, Any]) -> None:
    """The tenant is the token's; to name another is a mistake, or worse."""
    if said.get("tenantId", seat.who.tenant) != seat.who.tenant:
        raise Problem(403, "Your token is not for that tenant.", "FORBIDDEN")


async def _tell_state(gateway: Gateway, seat: Seat) -> None:
    now = standing(gateway.house, seat.who.tenant)
    data = connection(now.status, now.detail, phone_of(gateway.house, seat.who.tenant))
    await gateway.emit("connection-status", data, seat.sid, WHATSAPP)


EVENTS: Final[Mapping[str, Handler]] = {
    "join-tenant": _join,
    "disconnect-whatsapp": _disconnect,
    "authenticate": authenticate,
}
