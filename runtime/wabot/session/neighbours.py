"""A session and the processes beside it: it says that its store changed and that a customer types, and hears that
something was queued and that a person types."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from wabot.bus import API, SESSION, Ear, Mouth
from wabot.session.report import Report
from wabot.session.session import Place, Session
from wabot.store.sqlite import SqliteStore

LONGEST: Final = 25.0
"""Seconds for which a person is shown as typing after their last word of it."""
_RENEW: Final = 10.0
"""Seconds after which it is said again: phones let it fade 20 to 25 seconds after they heard it."""
_MOST: Final = 100
"""Chats in which people type at once."""


class PeopleType:
    """Shows customers that a person types, for as long as that is said, and never for longer than `LONGEST`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._fading: dict[str, asyncio.TimerHandle] = {}
        self._shown: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, chat: str, on: bool) -> None:
        loop = asyncio.get_running_loop()
        fading = self._fading.pop(chat, None)
        if fading is not None:
            fading.cancel()
        if not on:
            if self._shown.pop(chat, None) is not None:
                self._show(chat, False)
        elif len(self._fading) < _MOST:
            self._fading[chat] = loop.call_later(LONGEST, self.heard, chat, False)
            if loop.time() - self._shown.get(chat, -_RENEW) >= _RENEW:
                self._shown[chat] = loop.time()
                self._show(chat, True)

    def stop(self) -> None:
        for fading in self._fading.values():
            fading.cancel()
        for task in self._tasks:
            task.cancel()

    def _show(self, chat: str, on: bool) -> None:
        sender = self._session.sender
        if sender is None or self._session.state.status != "connected":
            return
        task = asyncio.get_running_loop().create_task(sender.show_typing(chat, on))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Looking:
    """Has the session look for what was queued, once for all words that come meanwhile."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def soon(self) -> None:
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while self._again:
            self._again = False
            await self._session.look()

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


@contextmanager
def neighbours(session: Session, place: Place, store: SqliteStore, report: Report) -> Iterator[None]:
    """The session of `place.data` (`data/<tenant>`) hears and is heard within the block. Without ears it goes on: it
    looks by itself every few seconds."""
    mouth, tenant = Mouth(place.data.parent, API), place.data.name
    typing, looking = PeopleType(session), _Looking(session)

    def heard(kind: str, word: Mapping[str, Any]) -> None:
        if kind == "look":
            looking.soon()
        elif kind == "typing" and isinstance(chat := word.get("chat"), str) and chat:
            typing.heard(chat, word.get("on") is True)

    store.writer.on_change = lambda: mouth.say("changed", tenant=tenant)
    session.on_typing = lambda chat, on: mouth.say("typing", tenant=tenant, chat=chat, on=on)
    ear = None
    try:
        ear = Ear(place.data, SESSION, heard)
    except OSError as error:
        report.note("the session is deaf to what others queue, and looks for it", level="warning", error=str(error))
    try:
        yield
    finally:
        store.writer.on_change = None
        typing.stop()
        looking.stop()
        if ear is not None:
            ear.close()
