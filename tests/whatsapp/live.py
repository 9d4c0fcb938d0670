"""`wabot run` on WhatsApp: a folder of tenants, and the processes that serve them."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.tenants import number_of, rules, write_tenant
from tests.whatsapp.paired import Paired
from tests.whatsapp.people.phone import Phone
from tests.whatsapp.sockets import family
from tests.whatsapp.whatsapp import WhatsApp

PATIENCE: Final = 30.0

RULES: Final = """\
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: Kami buka tiap hari kak.
  - id: salam
    trigger: {type: keyword, keywords: [halo], match: word}
    response: "Halo kak {{ first_name }}, ada yang bisa dibantu?"
"""


class Live:
    """One daemon on one server. `environment` goes to its processes, beside the server's.

    Replies leave at once: tenants have no delay, and chance adds none (`spread` milliseconds; None: as in life).
    """

    def __init__(self, whatsapp: WhatsApp, place: Path) -> None:
        self.whatsapp = whatsapp
        self.rules, self.data, self.log = place / "rules", place / "data", place / "daemon.log"
        self.environment: dict[str, str] = {}
        self.spread: int | None = 0
        self.process: Process | None = None

    def tenant(self, name: str = "warung", text: str = RULES, *, phone: str = "", **auto_reply: str) -> Path:
        """Write a tenant. `auto_reply`: settings of that name."""
        settings = {"delay": "0s", "debounce": "0s", **auto_reply}
        head = f'version: 1\nname: {name.title()}\nphone: "{phone or number_of(name)}"\ntimezone: Asia/Jakarta\n'
        body = "".join(f"  {key}: {value}\n" for key, value in settings.items())
        return write_tenant(self.rules / name, rules(text) | {"tenant.yaml": f"{head}auto_reply:\n{body}"})

    def keys(self, tenant: str = "warung") -> Path:
        return self.data / tenant / "keys.db"

    def phone(self, paired: Paired, tenant: str = "warung") -> Phone:
        """The tenant's handset, and its key store in the tenant's folder."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        paired.copy_to(self.keys(tenant))
        return paired.on(self.whatsapp)

    async def start(self, *flags: str, stdout: int | None = None) -> Process:
        """`stdout`: a terminal, say, instead of the log."""
        command = [sys.executable, "-m", "wabot", "run", str(self.rules), "--data", str(self.data), *flags]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                env=os.environ | self.whatsapp.environment() | self._hurry() | self.environment,
            )
        return self.process

    def said(self) -> str:
        """All that the daemon printed."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    async def says(self, text: str, times: int = 1) -> None:
        """Wait until the daemon has printed `text` so many times."""
        try:
            async with asyncio.timeout(PATIENCE):
                while self.said().count(text) < times:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"the daemon never said {text!r}:\n{self.said()}") from None

    async def wabot(self, *words: str, code: int = 0) -> Any:
        """A command over the data folder, and what it told machines."""
        command = [sys.executable, "-m", "wabot", *words, "--data", str(self.data), "--format", "json"]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | self.whatsapp.environment() | self._outside(),
        )
        out, complaint = await process.communicate()
        assert process.returncode == code, complaint.decode() + out.decode()
        return json.loads(out)

    async def status(self, tenant: str = "warung") -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await self.wabot("status", "--tenant", tenant))["tenants"][0]
        return found

    def processes(self) -> list[int]:
        """The daemon and all that it started, however deep."""
        assert self.process is not None
        return family(self.process.pid)

    def session(self, tenant: str = "warung") -> int:
        """The process that serves a tenant, by what the daemon said last. Raises IndexError before there was one."""
        started = re.findall(r"session started\W.*?pid=(\d+).*?tenant=(\S+)", self.said())
        return [int(pid) for pid, name in started if name == tenant][-1]

    async def kills(self, phone: Phone, tenant: str = "warung") -> None:
        """kill -9 the process that serves the tenant with this phone; its connection is gone when this returns."""
        os.kill(self.session(tenant), signal.SIGKILL)
        await phone.disconnected()

    async def restarts(self, phone: Phone) -> None:
        """Stop the daemon and start it again; `phone`'s client has logged in anew when this returns."""
        await self.stop()
        await phone.disconnected()
        await self.start()
        await phone.connected()

    async def stop(self) -> int:
        """End it as a service manager does; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def end(self) -> None:
        """Leave nothing behind, however the test went."""
        if self.process is None or self.process.returncode is not None:
            return
        left = self.processes()
        self.process.kill()
        await self.process.wait()
        for pid in left[1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _hurry(self) -> dict[str, str]:
        return {} if self.spread is None else {"WHATSAPP_TESTS_SPREAD": str(self.spread)}

    def _outside(self) -> dict[str, str]:
        return {name: value for name, value in self.environment.items() if name.startswith("WABOT_")}
