"""Linking phones for the API: each attempt is the process that `wabot pair` starts, heard in a thread."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from wabot.channel.neonize.linked import read_linked
from wabot.daemon.handover import taken, tell_daemon
from wabot.daemon.link_process import LinkProcess
from wabot.daemon.linking_order import Order
from wabot.daemon.numbers import Numbers
from wabot.daemon.standing import read_standing
from wabot.model.errors import TenantBusy, WabotError
from wabot.model.failure import place_of
from wabot.model.session import SessionState
from wabot.session.last_sound import COPY
from wabot.session.locked import is_held
from wabot.store.keeping.layout import KEYS

_SECONDS: Final = 180.0
"""Seconds for a person to scan a code."""
_RELEASE: Final = 60.0
"""Seconds for a session to make way."""
_UNLINK: Final = 60.0
_STOPPED: Final = SessionState("stopped", "No session runs.")


class ApiLinking:
    """`wabot.api.linking.Linking` for the data folder `data`, whose `tenants` have their folders of rules."""

    def __init__(self, data: Path, tenants: Callable[[], Mapping[str, Path]]) -> None:
        self._data, self._tenants, self._numbers = data, tenants, Numbers()

    def phone(self, tenant: str) -> str:
        copy = self._data / tenant / COPY / tenant  # of the rules that were live last
        folder = self._tenants().get(tenant, copy)
        return self._numbers.of(folder) or self._numbers.of(copy)

    def linked(self, tenant: str) -> bool:
        try:
            return read_linked(self._data / tenant / KEYS) is not None
        except WabotError:  # the session says what is wrong with it
            return False

    def standing(self, tenant: str) -> SessionState | None:
        folder = self._data / tenant
        if (said := read_standing(folder)) is not None:
            return SessionState(said.status, said.detail, said.action)
        return None if is_held(folder / "lock", unreadable=True) else _STOPPED

    def pair(self, tenant: str) -> "LinkAttempt":
        return LinkAttempt(self._data / tenant, Order("pair", _SECONDS, self.phone(tenant)))

    def begin_session(self) -> None:
        tell_daemon(self._data)

    async def unlink(self, tenant: str) -> Mapping[str, Any]:
        return await asyncio.to_thread(self._unlink, tenant)

    def _unlink(self, tenant: str) -> Mapping[str, Any]:
        folder = self._data / tenant
        if not self.linked(tenant):
            return {"reason": "not_linked"}
        with taken(folder, _RELEASE) as free:
            if not free:
                raise TenantBusy(f"Another process has {tenant}, and does not let it go.")
            with LinkProcess(folder, Order("unpair", _UNLINK)) as process:
                return list(process.events())[-1]


class LinkAttempt:
    """`wabot.api.linking.Attempt`."""

    def __init__(self, folder: Path, order: Order) -> None:
        self._folder, self._order = folder, order
        self._process: LinkProcess | None = None
        self._stopped = False
        self._guard = threading.Lock()

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        loop, heard = asyncio.get_running_loop(), asyncio.Queue[Mapping[str, Any]]()

        def hear(event: Mapping[str, Any]) -> None:
            loop.call_soon_threadsafe(heard.put_nowait, event)

        # A thread of its own: one that waits three minutes for a person must not keep the pool's.
        thread = threading.Thread(target=self._run, args=(hear,), name="linking", daemon=True)
        thread.start()
        while True:
            event = await heard.get()
            yield event
            if event["event"] == "done":
                return

    def stop(self) -> None:
        with self._guard:
            self._stopped = True
            if self._process is not None:
                self._process.stop()  # what it still says is heard by whoever hears it already

    def _run(self, hear: Callable[[Mapping[str, Any]], None]) -> None:
        done: Mapping[str, Any] = {"event": "done", "reason": "interrupted", "detail": "Nothing was linked."}
        try:
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._guard:
                if self._stopped:
                    return
                self._process = LinkProcess(self._folder, self._order)
            with self._process as process:
                for event in process.events():
                    if event["event"] == "done":
                        action = str(event.get("action", "")).replace("Run the command again", "Connect again")
                        done = {**event, "action": action}
                    else:
                        hear(event)
        except Exception as error:  # whoever waits must learn of it
            done = {"event": "done", "reason": "failed", "detail": f"The phone could not be linked: {place_of(error)}"}
        finally:
            hear(done)
