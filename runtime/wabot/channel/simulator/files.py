"""Customers from a file, replies into a file: `DIR/<tenant>.in.jsonl` is followed, `DIR/<tenant>.out.jsonl` is written.

A restart reads from the start: the journal knows what it has seen. What the out file holds did go out, so a reply whose
fate a crash left unknown is resolved by it.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path, PurePath
from typing import Any, Final, Literal

from wabot.channel.simulator.fields import BadLine
from wabot.channel.simulator.lines import read_history, read_line, read_state, read_typing
from wabot.model.errors import ChannelError, MediaGone, MediaTooLarge, SendUnknown
from wabot.model.history import MOST, History
from wabot.model.message import Attachment, Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound, Receipt
from wabot.ports import Clock, Inbox

_LOOK: Final = 0.05
"""Seconds between two looks at a file that has not grown."""
_AT_ONCE: Final = 256
"""Lines that are handed over together: so many messages are journalled in one commit."""
_LOOKS: Final = 40
"""With `until_idle`, so many looks for a file that is not there."""


class SimulatorChannel:
    """Plays `tenant`'s customers from the files in `folder`. `until_idle` ends the run when every line is answered;
    `on_time` is called with each line's time before it is heard, and then the next line waits until all is settled: so
    does `--fast` let the clock follow the script. `complain` hears of lines that are no messages."""

    def __init__(
        self,
        folder: Path,
        tenant: str,
        zone: tzinfo,
        clock: Clock,
        *,
        until_idle: bool = False,
        on_time: Callable[[int], Awaitable[None]] | None = None,
        complain: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._incoming = folder / f"{tenant}.in.jsonl"
        self._outgoing = folder / f"{tenant}.out.jsonl"
        self._zone, self._clock = zone, clock
        self._until_idle, self._on_time, self._complain = until_idle, on_time, complain
        # A script's clock moves with each line, which is therefore settled before the next is heard.
        self._at_once = 1 if on_time is not None else _AT_ONCE
        self._closed = asyncio.Event()
        self._typing: Callable[[str, bool], None] = lambda _chat, _on: None
        self._before: list[Message] = []
        self._expected = False
        self._out = -1

    async def run(self, inbox: Inbox) -> None:
        known = [Receipt(outbound, "sent", self._clock.now()) for outbound in sorted(self._open())]
        for start in range(0, len(known), _AT_ONCE):
            await asyncio.gather(*map(inbox.receipt, known[start : start + _AT_ONCE]))
        self._write({"state": "connected"})
        await inbox.state(SessionState("connected"))
        number, rest = 0, b""
        with await self._reader() as source:
            while not self._closed.is_set():
                lines = (rest + source.read()).split(b"\n")
                rest = lines.pop()  # a line that is still being written
                for start in range(0, len(lines), self._at_once):
                    batch = lines[start : start + self._at_once]
                    # Their order is kept: each hands its message over before it waits for the journal.
                    await asyncio.gather(*(self._line(line, number + at, inbox) for at, line in enumerate(batch, 1)))
                    number += len(batch)
                    if self._closed.is_set():
                        return
                if self._before:
                    await self._history(inbox, "part")
                if not lines:
                    size = self._incoming.stat().st_size
                    if size < source.tell():  # cut short meanwhile; what was heard before is a duplicate
                        source.seek(0)
                        number, rest = 0, b""
                    elif self._until_idle:
                        await inbox.settled()
                        if source.tell() == size:
                            await self._line(rest, number + 1, inbox)  # the last line may lack its end
                            await self._history(inbox, "part")
                            await inbox.settled()
                            return
                    await self._pause()

    async def send(self, outbound: Outbound) -> None:
        try:
            media = {"media": PurePath(outbound.media).name} if outbound.media else {}
            kind = {} if outbound.kind == "reply" else {"kind": outbound.kind}
            sent = {
                "to": outbound.chat,
                "text": outbound.text,
                **media,
                **kind,
                **({} if outbound.quoted is None else {"quoted": outbound.quoted.id}),
                "rule": outbound.rule,
                "id": outbound.id,
            }
            self._write(sent)
        except OSError as error:
            raise SendUnknown(f"{self._outgoing} could not be written: {error}") from error

    async def typing(self, chat: str, on: bool) -> None:
        self._write({"state": "typing" if on else "paused", "to": chat})

    def tell_typing(self, heard: Callable[[str, bool], None]) -> None:
        self._typing = heard

    async def mark_read(self, chat: str, messages: Sequence[str]) -> None:
        self._write({"state": "read", "to": chat, "messages": list(messages)})

    async def fetch(self, media: Attachment, most: int) -> bytes:
        file = self._incoming.parent / media.source
        if PurePath(media.source).name != media.source:
            raise MediaGone(f"{media.source} is no name of a file beside {self._incoming.name}")
        try:
            if file.stat().st_size > most:
                raise MediaTooLarge
            return await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise ChannelError(f"{file.name} cannot be read: {error.strerror}") from error

    async def close(self) -> None:
        self._closed.set()

    async def _line(self, line: bytes, number: int, inbox: Inbox) -> None:
        if not line.strip():
            return
        try:
            if (state := read_state(line)) is not None:
                self._write({"state": state.status})
                await inbox.state(state)
                if state.action:  # as when WhatsApp has ended it for good
                    self._closed.set()
                return
            if (typing := read_typing(line)) is not None:
                self._typing(*typing)
                return
            kind = read_history(line)
            if kind in ("pending", "done"):
                await self._history(inbox, kind)
                return
            message = read_line(line, self._zone, self._clock.now)
        except BadLine as error:
            self._complain(f"{self._incoming}:{number}: not a message: {error}")
            self._write({"state": "bad_line", "line": number, "why": str(error)})
            return
        if kind == "message":
            self._before.append(message)
            if len(self._before) >= MOST:
                await self._history(inbox, "part")
            return
        if self._before:
            await self._history(inbox, "part")
        if self._on_time is not None:
            await self._on_time(message.sent_at)
        await inbox.message(message)
        # What waits for the history settles only once that is in: it stands in the lines that follow.
        if self._on_time is not None and not self._expected:
            await inbox.settled()

    async def _history(self, inbox: Inbox, state: Literal["pending", "part", "done"]) -> None:
        part = History(tuple(self._before), state=state)
        self._before.clear()
        self._expected = state == "pending" or (self._expected and state == "part")
        await inbox.history(part)

    async def _reader(self) -> Any:
        looks = 0
        while not self._incoming.exists() and not self._closed.is_set():
            if looks == 0:
                self._complain(f"waiting for {self._incoming}")
            looks += 1
            if self._until_idle and looks > _LOOKS:
                self._complain(f"there is no {self._incoming}: no customer writes to this tenant")
                self._closed.set()
            await self._pause()
        return Path(os.devnull).open("rb") if self._closed.is_set() else self._incoming.open("rb")

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._closed.wait(), _LOOK)
        except TimeoutError:
            return

    def _open(self) -> set[str]:
        """The replies that went out before, by what the out file holds."""
        self._outgoing.parent.mkdir(parents=True, exist_ok=True)
        self._out = os.open(self._outgoing, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        content = self._outgoing.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):  # a process died while it wrote: half a line never reached anybody
            os.ftruncate(self._out, whole)
        return set(_ids(content[:whole]))

    def _write(self, data: dict[str, Any]) -> None:
        at = datetime.fromtimestamp(self._clock.now() / 1000, self._zone).isoformat(timespec="seconds")
        os.write(self._out, (json.dumps({**data, "at": at}, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        if "text" in data:
            os.fsync(self._out)


def _ids(content: bytes) -> Iterator[str]:
    for line in content.splitlines():
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            yield data["id"]
