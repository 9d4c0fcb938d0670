"""The test's end of a bare client."""

import asyncio
import itertools
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from neonize.proto import Neonize_pb2 as neonize

from tests.whatsapp.bare.wire import PRINTED, pack, unpack
from tests.whatsapp.bell import Bell
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.whatsapp import WhatsApp

_ROOT: Final = Path(__file__).parent.parent.parent.parent
_PATIENCE: Final = 20.0


class CallFailed(Exception):
    """What the library said when it failed."""


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is the library's name without "Ev"; or "QR" (body: the code), or "Ended" (body: the error, or "")."""

    kind: str
    body: Any


class Client:
    """`events` holds all that the client told, in order."""

    def __init__(self, process: Process, keys: Path) -> None:
        self.process, self._keys = process, keys
        self.events: list[Event] = []
        self.bell = Bell()
        self._new: list[Event] = []
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, whatsapp: WhatsApp, keys: Path, *program: str, **environment: str) -> Self:
        """`program`: Python's arguments, instead of those that run the bare client."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                *(program or ("-m", "tests.whatsapp.bare")),
                str(keys),
                cwd=_ROOT,
                env=os.environ | whatsapp.environment() | environment,
                stdin=PIPE,
                stdout=PIPE,
                limit=1 << 26,
            ),
            keys,
        )

    async def call(self, name: str, *words: Any, **named: Any) -> Any:
        """Call the library's method of this name. Addresses are JIDs, members of enums are Members.

        Raises CallFailed with the library's own words.
        """
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        what = {
            "number": number,
            "call": name,
            "words": pack(words),
            "named": {key: pack(one) for key, one in named.items()},
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        return await answer

    async def tells(self, kind: str, within: float = _PATIENCE) -> Any:
        """The body of the next event of this kind that no earlier call returned."""

        def found() -> Event | None:
            return next((event for event in self._new if event.kind == kind), None)

        try:
            await self.bell.until(lambda: found() is not None or self._reading.done(), kind, within)
        except AssertionError:
            raise AssertionError(f"the client never told {kind}{self._otherwise()}") from None
        event = found()
        assert event is not None, f"the client has ended and did not tell {kind}{self._otherwise()}"
        self._new.remove(event)
        return event.body

    def _otherwise(self) -> str:
        printed = self._keys.with_name(PRINTED)
        said = printed.read_text("utf-8", "replace")[-4000:] if printed.exists() else ""
        return f"; it told {[event.kind for event in self.events]} and printed:\n{said}"

    def told(self, kind: str) -> list[Any]:
        """The bodies of all events of this kind, so far."""
        return [event.body for event in self.events if event.kind == kind]

    async def end(self) -> int:
        """Hang up and end the process; its exit code, which is negative for the signal that ended it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                code = await self.process.wait()
        except TimeoutError:
            self.process.kill()
            code = await self.process.wait()
        await self._reading
        return code

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            if "event" in said:
                event = Event(said["event"], unpack(said["body"], (neonize,)))
                self.events.append(event)
                self._new.append(event)
            elif (answer := self._answers.pop(said["answer"])) and not answer.done():
                if "error" in said:
                    answer.set_exception(CallFailed(said["error"]))
                else:
                    answer.set_result(unpack(said["value"], (neonize,)))
            self.bell.ring()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(CallFailed("the client's process has ended"))
        asyncio.get_running_loop().call_soon(self.bell.ring)  # once this has ended


@dataclass(frozen=True, slots=True)
class Linked:
    """A client that is linked to `phone`."""

    whatsapp: WhatsApp
    phone: Phone
    client: Client
