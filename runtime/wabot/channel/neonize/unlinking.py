"""Removing this device from the account, in a process that does nothing else."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from wabot.channel.neonize.backoff import backoff
from wabot.channel.neonize.ears import Ears
from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Client, Event, Library, LibraryError
from wabot.channel.neonize.outcomes import NETWORK, broken_off, judge
from wabot.channel.neonize.pairing import RESTRICTED, Outcome
from wabot.channel.neonize.pause import pause
from wabot.channel.neonize.unreachable import given_up
from wabot.channel.neonize.unusable import using
from wabot.ports import Clock, Inbox

_LOGIN: Final = 20.0
"""Seconds for a connection to become a login."""


class Unlinking:
    """Unlinks the device of the key store `keys`, within `seconds`. What WhatsApp still delivers to the number `phone`
    reaches `inbox`, and to any number when that is ""; sentences for the log reach `complain`."""

    def __init__(
        self,
        keys: Path,
        phone: str,
        clock: Clock,
        inbox: Inbox,
        seconds: float,
        *,
        proxy: str = "",
        complain: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._keys, self._phone, self._clock, self._inbox, self._seconds = keys, phone, clock, inbox, seconds
        self._proxy, self._complain = proxy, complain
        self._until = 0.0
        self._stopping = asyncio.Event()
        self._client: Client | None = None
        self._ended = ""

    def stop(self) -> None:
        """Give up."""
        self._stopping.set()
        if self._client is not None:
            self._client.events.put_nowait(Event("Close"))

    async def run(self) -> Outcome:
        """`unlinked`, `was_unlinked` (the phone did it before), or why not. Once a process."""
        self._until = self._now() + self._seconds
        ears = Ears(self._inbox, self._keys, self._complain)
        with using(self._keys):
            protect(self._keys)
            ears.load()
        library = Library()
        failures = 0
        while not self._stopping.is_set():
            self._client = client = Client(library, database_name(self._keys.resolve()))
            self._ended = ""
            try:
                await client.connect(self._proxy)
                outcome = await self._follow(client, ears)
            finally:
                await ears.hang_up(client)
            if outcome is not None:
                return outcome
            failures += 1
            if (left := self._until - self._now()) <= 0:
                return Outcome("unreachable", given_up(self._ended or "timed out"), NETWORK)
            await pause(self._stopping, min(left, backoff(failures, random.random())))
        return Outcome("interrupted", "Nothing was unlinked.")

    async def _follow(self, client: Client, ears: Ears) -> Outcome | None:
        while True:
            try:
                async with asyncio.timeout_at(min(self._until, self._now() + _LOGIN)):
                    event = await client.events.get()
            except TimeoutError:
                return None
            match event.kind:
                case "Close":
                    return Outcome("interrupted", "Nothing was unlinked.")
                case "QR":
                    return Outcome("was_unlinked")  # there is no device in the store any more
                case "Connected":
                    ears.hurry()
                    with suppress(TimeoutError):
                        try:
                            if self._phone in ("", (await client.account()).phone):
                                await ears.open()
                            await client.unlink()
                        except LibraryError as error:
                            self._ended = str(error)
                            return None
                        await ears.drain(client)
                        return Outcome("unlinked")
                    return None
                case "LoggedOut":
                    return Outcome("was_unlinked")
                case "Message" | "HistorySync" | "OfflineSyncCompleted":
                    await ears.hear(event)
                case "Ended":
                    self._ended = str(event.body) or "the connection ended"
                    refused = broken_off(self._ended, self._clock.now())
                    return RESTRICTED if refused is not None and refused.then == "wait" else None
                case _:
                    verdict = judge(event.kind, event.body, "", self._clock.now())
                    if verdict.then == "wait":
                        return RESTRICTED
                    if verdict.then == "stop" and verdict.state is not None:
                        return Outcome("rejected", verdict.state.detail, verdict.state.action)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
