"""Linking a phone, in a process that does nothing else: a pairing that fails leaves a thread of the library behind that
never ends, so whoever runs this ends with `os._exit`, and is killed when it does not.

The process goes on until the new device has logged in once: only then has WhatsApp its keys. What arrives meanwhile is
kept (`ears`).
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from wabot.channel.neonize.backoff import backoff
from wabot.channel.neonize.codes import ALL, Codes
from wabot.channel.neonize.ears import Ears
from wabot.channel.neonize.keys import database_name, protect
from wabot.channel.neonize.library import Client, Event, Library, LibraryError
from wabot.channel.neonize.outcomes import NETWORK, Verdict, broken_off, judge, other_keys, wrong_number
from wabot.channel.neonize.pause import pause
from wabot.channel.neonize.redact import redact
from wabot.channel.neonize.unreachable import given_up, unreachable
from wabot.channel.neonize.unusable import using
from wabot.model.history import History
from wabot.ports import Clock, Inbox

_ANSWER: Final = 30.0
"""Seconds for a connection to offer a code, and for the login that follows a pairing."""
LOGIN: Final = 90.0
"""Seconds from the pairing until the first login has come about, or will not."""
_GRACE: Final = 5.0
_LEAST: Final = 1.0
"""Seconds between two attempts to connect, and for the last of them."""
_REFUSAL: Final = "info query returned status"
"""How the library begins to say that WhatsApp answered no."""

Reason = Literal[
    "paired",
    "unlinked",
    "was_unlinked",
    "expired",
    "refused",
    "rejected",
    "wrong_number",
    "other_number",
    "unreachable",
    "unfinished",
    "interrupted",
]
"""`was_unlinked`: by the phone, before; `wrong_number`: the phone that linked it just now has another; `other_number`:
keys that were there before are another number's; `refused`: the phone's signature does not fit; `rejected`: WhatsApp
will not have this account, or this library; `unfinished`: the phone has linked the device, which could not log in
yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail` says what happened, `action` what a person must do ("" = nothing)."""

    reason: Reason
    detail: str = ""
    action: str = ""


RESTRICTED: Final = Outcome(
    "rejected", "WhatsApp restricts this number at present.", "Look at WhatsApp on the phone: it says why."
)
"""Of a session it is said when it tries again. Here nothing does."""


class Pairing:
    """Links the phone with the number `phone` to the key store `keys`. WhatsApp has `seconds` to offer the first code,
    a person as many from then on, and the login that follows `LOGIN`.

    `tell` hears `qr` (code, expires_in), `pair_code` (code, expires_in), `waiting` (detail) and `linking`; with `typed`
    WhatsApp is asked for a pair code, and no QR codes are told. `inbox` takes what arrives, and `complain` sentences
    for the log.
    """

    def __init__(
        self,
        keys: Path,
        phone: str,
        clock: Clock,
        inbox: Inbox,
        tell: Callable[..., None],
        seconds: float,
        *,
        typed: bool = False,
        proxy: str = "",
        complain: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._keys, self._phone, self._clock, self._inbox, self._tell = keys, phone, clock, inbox, tell
        self._seconds, self._typed, self._proxy, self._complain = seconds, typed, proxy, complain
        self._until = 0.0
        self._linked = self._asked = False
        self._ended = self._trouble = ""
        self._client: Client | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Give up, unless the phone has linked the device already: then its login is waited for."""
        self._stopping.set()
        if self._client is not None:
            self._client.events.put_nowait(Event("Close"))

    async def run(self) -> Outcome:
        """Once a process."""
        ears = Ears(self._inbox, self._keys, self._complain)
        with using(self._keys):
            protect(self._keys)
            ears.load()
        library = Library()
        self._until = self._now() + self._seconds
        failures = 0
        while True:
            self._client = client = Client(library, database_name(self._keys.resolve()))
            self._ended = ""
            outcome = None
            try:
                await client.connect(self._proxy)
                outcome = await self._follow(client, ears)
            finally:
                # A pairing that failed has left a thread in the library that never ends, and stopping the library then
                # can abort the process before anybody is told why. It ends right after this anyway.
                told = outcome.reason if outcome else "too_late" if self._now() >= self._until else ""
                if self._linked or told in ("", "wrong_number", "other_number"):
                    await ears.hang_up(client)
            if outcome is not None:
                return outcome
            self._trouble = self._ended or self._trouble
            failures = failures + 1 if self._ended else 0
            if self._ended and (left := self._until - self._now()) >= _LEAST:
                # Ever more often towards the end: what is mended in time is of use.
                wait = max(_LEAST, min(backoff(failures, random.random()), left / 2))
                self._tell("waiting", detail=unreachable(self._ended, wait))
                await self._pause(wait)
            elif self._ended:
                await self._pause(left)
            if self._stopping.is_set() and not self._linked:
                return _INTERRUPTED
            if self._now() >= self._until:
                return self._too_late()

    async def _pause(self, seconds: float) -> None:
        await (asyncio.sleep(seconds) if self._linked else pause(self._stopping, seconds))

    async def _follow(self, client: Client, ears: Ears) -> Outcome | None:
        """One connection; None when another may do better."""
        patience, codes = _ANSWER, Codes()
        while True:
            if self._stopping.is_set() and not self._linked:
                return _INTERRUPTED
            try:
                async with asyncio.timeout_at(min(self._until, self._now() + patience)):
                    event = await client.events.get()
            except TimeoutError:
                return None  # the codes are used up, or the login that must follow does not come over this connection
            match event.kind:
                case "QR":
                    ears.forget()
                    patience = await self._offer(client, codes, str(event.body))
                case "Unpaired" if event.body == "timeout":
                    self._ended = "the connection was cut" if codes.cut(self._now()) else ""
                    return None
                case "Unpaired":
                    reason: Reason = "rejected" if event.body == "err-client-outdated" else "refused"
                    return _outcome(reason, self._judge(event).state)
                case "NoCode" if _REFUSAL in event.body:
                    detail = f"WhatsApp gives no code for {self._phone} ({redact(event.body)})."
                    return Outcome("rejected", detail, "Is WhatsApp on a phone with this number? Or scan a QR code.")
                case "NoCode":
                    self._ended = event.body
                    return None
                case "PairStatus":
                    self._linked = True
                    self._until, patience = self._now() + LOGIN, _ANSWER
                    self._tell("linking")
                case "Connected":
                    outcome = await self._logged_in(client, ears)
                    if outcome is not None:
                        return outcome
                case "Message" | "HistorySync" | "OfflineSyncCompleted":
                    await ears.hear(event)
                case "Ended":
                    self._ended = str(event.body) or "the connection ended"
                    refused = broken_off(self._ended, self._clock.now())
                    return RESTRICTED if refused is not None and refused.then == "wait" else None
                case _:
                    verdict = self._judge(event)
                    if event.kind == "LoggedOut" and not self._linked:
                        return None  # what a pairing that was cut off had left: WhatsApp never heard of it
                    if verdict.then == "wait":
                        return RESTRICTED
                    if verdict.then == "stop":
                        return _outcome("rejected", verdict.state)

    async def _offer(self, client: Client, codes: Codes, code: str) -> float:
        """Show a code; the seconds until the next must have come."""
        if not self._asked:
            self._asked, self._until = True, self._now() + self._seconds
        self._trouble = ""
        alive = codes.show(self._now())
        left = self._until - self._now()
        if not self._typed:
            self._tell("qr", code=code, expires_in=round(min(alive, left)))
        elif codes.shown == 1:
            try:
                typed = await client.pair_code(self._phone)
            except (LibraryError, TimeoutError) as error:
                client.events.put_nowait(Event("NoCode", str(error) or "no answer in time"))
            else:
                self._tell("pair_code", code=typed, expires_in=round(min(ALL, left)))
        return alive + _GRACE

    async def _logged_in(self, client: Client, ears: Ears) -> Outcome | None:
        try:
            account = await client.account()
        except (LibraryError, TimeoutError):
            return None  # cut again already: the next Connected asks again
        if account.phone != self._phone and not self._linked:
            return _outcome("other_number", other_keys(self._phone, account.phone))
        if account.phone != self._phone:
            unlinked = False
            with suppress(LibraryError, TimeoutError):
                await client.unlink()
                unlinked = True
            return _outcome("wrong_number", wrong_number(self._phone, unlinked=unlinked).state)
        self._linked = True
        await self._inbox.history(History(state="pending"))
        await ears.open()
        await ears.drain(client)
        return Outcome("paired")

    def _judge(self, event: Event) -> Verdict:
        return judge(event.kind, event.body, self._phone, self._clock.now())

    def _too_late(self) -> Outcome:
        if self._linked:
            detail = "The phone has linked this bot, but the bot could not log in yet."
            return Outcome("unfinished", detail, "Run the command again: it goes on where this one stopped.")
        if not self._asked or self._trouble:
            return Outcome("unreachable", given_up(self._trouble or "timed out"), NETWORK)
        what = "typed the code on the phone" if self._typed else "scanned the code"
        return Outcome("expired", f"Nobody {what} within {self._seconds:.0f} s.", "Run the command again.")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


_INTERRUPTED: Final = Outcome("interrupted", "Nothing was linked.")


def _outcome(reason: Reason, state: Any) -> Outcome:
    return Outcome(reason, state.detail, state.action)
