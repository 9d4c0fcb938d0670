"""What the phone remembers, on its way in: imported part by part, while customers who may be known from it wait.

After a first pairing the store knows nobody, and would welcome every old customer as new. So a message of a customer
never seen before waits until the history is in, or for a minute since the pairing at the most.
"""

import asyncio
from pathlib import Path
from typing import Final

from wabot.model.errors import StoreError
from wabot.model.failure import place_of
from wabot.model.history import History
from wabot.model.message import EVENT_TYPES, Message
from wabot.ports import Clock, Store
from wabot.session.insisting import insist
from wabot.session.report import Report

LONGEST: Final = 60.0
"""Seconds of waiting for a history, since the pairing."""
_AGAIN: Final = 1.0


class Histories:
    """Imports a session's history. `longest` is in seconds of real time: a clock that follows a script would be moved
    on by the waiting."""

    def __init__(self, store: Store, clock: Clock, report: Report, *, longest: float = LONGEST) -> None:
        self._store, self._clock, self._report, self._longest = store, clock, report, longest
        self._in = asyncio.Event()
        self._expected = False
        self._until = 0.0
        self._stopped = False
        self._imported = 0

    async def take(self, part: History) -> None:
        """Store a part of the history. A store that fails is waited for."""
        if part.state == "pending":
            self._report.note("the history of the phone is expected: customers never seen before wait for it")
            self._expect(self._longest)
            until = self._clock.now() + int(self._longest * 1000)
            await insist(lambda: self._store.imports.expect(until), self._report, "the history")
        if part.unread:
            self._report.note("a part of the history cannot be read", level="error", file=part.unread)
        left_out = await self._keep(part)
        if left_out:
            self._report.note(
                "messages of the history are left out", level="error", messages=len(left_out), error=left_out[0]
            )
        if part.state == "done":
            self._report.note("the history is in", messages=self._imported)
            self._let_in()
            await insist(lambda: self._store.imports.expect(None), self._report, "the history")

    async def resume(self, data: Path) -> None:
        """Go on with what the process before this one waited for, before anything that it left is decided. A part of
        the history that waits in the folder `data` says that more of it comes."""
        until = await insist(self._store.imports.expected, self._report, "the history")
        left = 0.0 if until is None else (until - self._clock.now()) / 1000
        if await asyncio.to_thread(_waits, data):
            left = self._longest
        if left > 0:
            self._report.note("the history of the phone is still expected: customers never seen before wait for it")
            self._expect(min(left, self._longest))

    def _expect(self, seconds: float) -> None:
        self._until = asyncio.get_running_loop().time() + seconds
        self._expected = True
        self._in.clear()

    async def _keep(self, part: History) -> list[str]:
        """Store all of it that can be stored; where each of the others failed."""
        try:
            await self._add(part)
        except Exception as error:  # something in it that nobody has thought of: the phone says the others only once
            if len(part.messages) + len(part.names) <= 1:
                return [place_of(error)]
            ones = [History((message,)) for message in part.messages]
            ones += [History(names={who: name}) for who, name in part.names.items()]
            return [place for one in ones for place in await self._keep(one)]
        return []

    async def _add(self, part: History) -> None:
        while True:  # also while the session stops: who hands it on must not take it for stored
            try:
                self._imported += await self._store.imports.add(part, self._clock.now())
                return
            except StoreError as error:
                self._report.note("the history waits for the store", level="error", error=str(error))
                await asyncio.sleep(_AGAIN)

    async def may_begin(self, message: Message) -> bool:
        """Return True once `message` may be decided; False when the session ends before: it stays in the journal."""
        if not self._expected or await self._is_known(message):
            return True
        try:
            async with asyncio.timeout_at(self._until):
                await self._in.wait()
        except TimeoutError:
            if self._expected:
                self._report.note("the history did not come in time: unknown customers are new ones", level="warning")
                self._let_in()
        return not self._stopped

    def stop(self) -> None:
        """The session ends: who waits for the history waits for the next one."""
        self._stopped = True
        self._in.set()

    def _let_in(self) -> None:
        self._expected = False
        self._in.set()

    async def _is_known(self, message: Message) -> bool:
        if message.from_me or message.chat_kind != "direct" or message.type in EVENT_TYPES:
            return True
        try:
            context = await self._store.context(message, self._clock.now())
        except StoreError:
            return True  # whoever decides it waits for the store, and says so
        except Exception as error:  # a bug: it waits as one does who is not known
            self._report.note("it is not certain who is known", level="error", error=place_of(error))
            return False
        return context.conversation.earlier_messages > 0


def _waits(data: Path) -> bool:
    return any((data / "history").glob("*.sync"))
