"""Phones that are linked as a test says. Not the real thing, which needs WhatsApp's side: that is tests/live/
test_linked_by_the_api.py."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from wabot.model.errors import TenantBusy
from wabot.model.session import SessionState


class ScriptedAttempt:
    def __init__(self) -> None:
        self.said: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    def says(self, event: str, **data: Any) -> None:
        self.said.put_nowait({"event": event, **data})

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        while True:
            event = await self.said.get()
            yield event
            if event["event"] == "done":
                return

    def stop(self) -> None:
        self.says("done", reason="interrupted", detail="Nothing was linked.")


class ScriptedLinking:
    def __init__(self) -> None:
        self.attempts: list[ScriptedAttempt] = []
        self.keys = False
        self.state: SessionState | None = None
        self.begun = 0
        self.busy = False

    def phone(self, tenant: str) -> str:
        return "6281100000000"

    def linked(self, tenant: str) -> bool:
        return self.keys

    def standing(self, tenant: str) -> SessionState | None:
        return self.state

    def pair(self, tenant: str) -> ScriptedAttempt:
        self.attempts.append(ScriptedAttempt())
        return self.attempts[-1]

    def begin_session(self) -> None:
        self.begun += 1

    async def unlink(self, tenant: str) -> Mapping[str, Any]:
        if self.busy:
            raise TenantBusy("another process has warung")
        was, self.keys = self.keys, False
        return {"reason": "unlinked" if was else "not_linked"}
