"""Linking a tenant's phone: what the API asks of whoever can, and the one attempt that a tenant has at a time.

The library that links phones is below another roof (the daemon starts a process for each attempt): the composition
root puts an implementation of `Linking` into `house.parts["linking"]`.
"""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

import segno

from wabot.api.house import House
from wabot.api.live.events import connection
from wabot.api.problems import Problem
from wabot.model.errors import WabotError
from wabot.model.failure import place_of
from wabot.model.session import SessionState

PART: Final = "linking"
_ATTEMPTS: Final = "attempts"
_SCALE: Final = 6
"""Pixels of a module of the picture: some 400 pixels each way."""
_STATUS: Final = {"busy": 409, "other_number": 409, "unreachable": 503, "rejected": 502, "expired": 410}


class Attempt(Protocol):
    """One attempt to link a phone."""

    def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """What happens, each with an `event`: qr (code, expires_in), waiting (detail), linking, and at last done
        (reason, detail, action)."""

    def stop(self) -> None:
        """Give up, unless the phone has linked it already."""


class Linking(Protocol):
    """Whoever can link phones."""

    def phone(self, tenant: str) -> str:
        """The tenant's number, as its tenant.yaml says; "" when it does not."""

    def linked(self, tenant: str) -> bool:
        """Whether keys of a linked phone are there."""

    def standing(self, tenant: str) -> SessionState | None:
        """What is to be said of a session that does not run; None while it runs."""

    def pair(self, tenant: str) -> Attempt:
        """Begin to link the tenant's phone."""

    def begin_session(self) -> None:
        """Have the sessions that are held started again."""

    async def unlink(self, tenant: str) -> Mapping[str, Any]:
        """Unlink the tenant's phone; the word `done` that came of it.

        Raises:
            WabotError: it cannot be taken from who has it.
        """


def linking_of(house: House) -> Linking:
    """
    Raises:
        Problem: 501, nobody here can.
    """
    found: Linking | None = house.parts.get(PART)
    if found is None:
        raise Problem(501, "Phones cannot be linked here: no daemon runs beside the API.", "LINKING_UNAVAILABLE")
    return found


def phone_of(house: House, tenant: str) -> str:
    """The tenant's number; "" when nobody knows."""
    found: Linking | None = house.parts.get(PART)
    return "" if found is None else found.phone(tenant)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: `picture` is a data URL, `until` the loop's time at which it dies."""

    picture: str
    until: float

    def data(self) -> dict[str, Any]:
        """As the event `qr-code` tells it."""
        left = self.until - asyncio.get_running_loop().time()
        return {"qrCode": self.picture, "expiresIn": max(round(left), 0)}


def picture(code: str) -> str:
    """The code as a PNG in a data URL."""
    drawn = io.BytesIO()
    segno.make(code, error="l", micro=False).save(drawn, kind="png", scale=_SCALE, border=4)
    return "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode("ascii")


Tell = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
"""Is told the tenant, the name of an event, and its data."""


class Pairing:
    """A tenant's attempt under way. `code` is the one that can be scanned now."""

    def __init__(self, house: House, tenant: str, attempt: Attempt, tell: Tell) -> None:
        self._house, self._tenant, self._attempt, self._tell = house, tenant, attempt, tell
        self.code: Code | None = None
        self.linking = False
        self.done: Mapping[str, Any] | None = None
        self._moved = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def first(self) -> None:
        """Return once there is a code, or it is over."""
        await self._moved.wait()

    async def stop(self) -> None:
        """Give up; returns once it is over."""
        self._attempt.stop()
        await asyncio.shield(self._task)

    async def _run(self) -> None:
        done: Mapping[str, Any] = {"reason": "failed", "detail": "The process that links ended."}
        try:
            async for event in self._attempt.events():
                match event["event"]:
                    case "qr":
                        at = asyncio.get_running_loop().time() + event["expires_in"]
                        self.code = Code(picture(event["code"]), at)
                        self._moved.set()
                        await self._tell(self._tenant, "qr-code", self.code.data())
                    case "linking":
                        self.code, self.linking = None, True
                        await self._tell(self._tenant, "connection-status", connection("connecting", "", ""))
                    case "waiting":
                        self.code = None
                    case "done":
                        done = event
        except Exception as error:  # whoever waits for it must learn of it
            self._house.report.note("a pairing broke off", level="error", error=place_of(error))
        self.code, self.done = None, done
        self._moved.set()
        if done["reason"] not in ("paired", "already_paired"):  # else the session tells how it goes on
            why = connection("disconnected", str(done.get("detail", "")), "")
            with suppress(WabotError):
                await self._tell(self._tenant, "connection-status", why)


class Attempts:
    """Each tenant's attempt, if there is one. `tell` hears what clients are told of it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pairings: dict[str, Pairing] = {}
        self.tell: Tell = _nobody

    def of(self, tenant: str) -> Pairing | None:
        """The attempt that is under way."""
        found = self._pairings.get(tenant)
        return None if found is None or found.done is not None else found

    def join(self, tenant: str) -> Pairing:
        """The attempt that is under way, or a new one."""
        found = self.of(tenant)
        if found is None:
            attempt = linking_of(self._house).pair(tenant)
            found = self._pairings[tenant] = Pairing(self._house, tenant, attempt, self._say)
        return found

    async def _say(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        await self.tell(tenant, event, data)

    async def stop(self) -> None:
        """Give up what is under way."""
        under_way = [pairing for tenant in self._pairings if (pairing := self.of(tenant)) is not None]
        await asyncio.gather(*(pairing.stop() for pairing in under_way))


def attempts_of(house: House) -> Attempts:
    """The attempts of this API."""
    return house.part(_ATTEMPTS, lambda: Attempts(house))


def failed(done: Mapping[str, Any]) -> Problem:
    """What an attempt that did not link says, as an answer."""
    reason = str(done.get("reason", "failed"))
    text = " ".join(str(part) for part in (done.get("detail"), done.get("action")) if part)
    return Problem(_STATUS.get(reason, 502), text or "The phone was not linked.", f"LINKING_{reason.upper()}")


async def _nobody(_tenant: str, _event: str, _data: Mapping[str, Any]) -> None:
    return None
