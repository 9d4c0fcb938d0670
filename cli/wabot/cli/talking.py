"""The conversation of `wabot chat`: a session in this process, with a store that is thrown away afterwards."""

import asyncio
import io
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from wabot.channel.simulator import ConsoleChannel
from wabot.cli.asking import read_time
from wabot.cli.output import say, style
from wabot.engine.trace import explain
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded
from wabot.model.context import SOMEBODY
from wabot.model.errors import UsageError
from wabot.model.message import Message
from wabot.model.turn import Outbound
from wabot.model.visible import on_one_line
from wabot.session.clock import RealClock
from wabot.session.report import Mute
from wabot.session.session import Place, Session
from wabot.store.sqlite import SqliteStore, open_store

HELP: Final = """\
  /at 22:00    move the clock, within its day (also "2026-01-28 22:00"; /at now: back to the real time)
  /who NAME    be another customer; alone: who you are
  /trace       show why each rule did or did not answer, from now on
  /quit        leave"""


class ShiftedClock:
    """The real clock, so many milliseconds off: time goes on, from wherever you put it."""

    def __init__(self) -> None:
        self._real = RealClock()
        self.shift = 0

    def now(self) -> int:
        return self._real.now() + self.shift

    def steady(self) -> int:
        return self._real.steady()

    async def sleep(self, milliseconds: int) -> None:
        await self._real.sleep(milliseconds)

    def moved(self) -> int:
        return self._real.moved()


class _Why(Mute):
    """Prints why there was no reply."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def silent(self, message: Message, reason: str) -> None:
        self._say(style(f"  (no reply: {reason})", dim=True))

    def note(self, event: str, *, level: str = "info", **details: object) -> None:
        if level == "error":
            self._say(style(f"  ({event}: {', '.join(map(str, details.values()))})", fg="red"))


async def talk(loaded: Loaded, name: str, *, hurry: bool) -> None:
    """Talk until /quit, the end of the input, or a signal that asks to end."""
    with tempfile.TemporaryDirectory(prefix="wabot-chat-") as place:
        store = open_store(Path(place) / loaded.tenant_id, loaded.tenant_id)
        try:
            await _Talk(loaded, name, store, Path(place) / loaded.tenant_id, hurry).run()
        finally:
            await store.close()


class _Talk:
    def __init__(self, loaded: Loaded, name: str, store: SqliteStore, data: Path, hurry: bool) -> None:
        self.clock = ShiftedClock()
        self.channel = ConsoleChannel(self.heard, self.typing)
        self.session = Session(
            Place(loaded.folder, data), store, lambda _live: self.channel, self.clock, _Why(self.say), hurry=hurry
        )
        self.store = store
        self.customers = {name: SOMEBODY}
        self.name = name
        self.trace = False
        self.said = 0
        self.terminal = sys.stdin.isatty()

    @property
    def rule_set(self) -> RuleSet:
        return self.session.live.rule_set()

    @property
    def shop(self) -> str:
        return on_one_line(self.rule_set.tenant.name)

    def say(self, text: str) -> None:
        if self.terminal:
            sys.stdout.write("\r\033[K")
        say(text)

    def heard(self, outbound: Outbound) -> None:
        shop = style(self.shop, fg="green", bold=True)
        lines = [f"[{PurePath(outbound.media).name}]"] if outbound.media else []
        lines += outbound.text.splitlines()
        if outbound.kind == "note":  # not to the customer
            self.say(style(f"{self.shop}, a note to itself:", dim=True))
        else:
            self.say(f"{shop} {style(f'[{outbound.rule}]', dim=True)}")
        for line in lines:
            self.say(f"  {line}")

    def typing(self, on: bool) -> None:
        if self.terminal:
            sys.stdout.write(f"\r\033[K{self.shop} sedang mengetik…" if on else "\r\033[K")
            sys.stdout.flush()

    async def run(self) -> None:
        running = asyncio.create_task(self.session.run())
        talking = asyncio.create_task(self._talk())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, talking.cancel)
        try:
            # A session that fails ends the talk, too: nobody would answer any more.
            await asyncio.wait({running, talking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            talking.cancel()
            self.session.stop()
            await running
        with suppress(asyncio.CancelledError):
            await talking

    async def _talk(self) -> None:
        await self.session.live.ready.wait()
        self.say(f"You are {self.name}, writing to {self.shop}. /help lists the commands.")
        lines = _lines(self.terminal)
        while (line := await lines.get()) is not None:
            if line.startswith("/"):
                if not await self.command(line):
                    break
            else:
                await self.write(line)

    async def write(self, text: str) -> None:
        self.said += 1
        phone = self.customers[self.name]
        now = self.clock.now()
        message = Message(f"C{self.said}", phone, text, phone=phone, name=self.name, sent_at=now)
        if self.trace:
            context = await self.store.context(message, now)
            for outcome in explain(self.rule_set, message, context):
                self.say(style(f"    {outcome.rule}  {outcome.outcome}", dim=True))
        self.channel.say(message)
        await self.channel.settled()

    async def command(self, line: str) -> bool:
        """Returns False to leave."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word in ("/quit", "/exit", "/q"):
            return False
        if word == "/at":
            self.at(rest)
        elif word == "/who":
            self.who(rest)
        elif word == "/trace":
            self.trace = not self.trace
            self.say(f"  trace {'on' if self.trace else 'off'}")
        elif word == "/help":
            self.say(HELP)
        else:
            self.say(f"  there is no command {word}; /help lists them")
        return True

    def at(self, text: str) -> None:
        zone = self.rule_set.tenant.timezone
        real = RealClock().now()
        try:
            self.clock.shift = 0 if text in ("", "now") else read_time(text, self.clock.now(), zone) - real
        except UsageError as error:
            self.say(f"  {error}")
            return
        now = datetime.fromtimestamp(self.clock.now() / 1000, zone)
        self.say(f"  it is {now:%A %Y-%m-%d %H:%M} at {self.shop}")

    def who(self, name: str) -> None:
        if name:
            self.name = name
            self.customers.setdefault(name, str(int(SOMEBODY) + len(self.customers)))
        self.say(f"  you are {self.name}, {self.customers[self.name]}")


def _lines(terminal: bool) -> "asyncio.Queue[str | None]":
    """The lines of standard input, read beside the event loop; None at its end."""
    found: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")

    def read() -> None:
        try:
            for line in sys.stdin:
                loop.call_soon_threadsafe(found.put_nowait, line.rstrip("\n"))
        finally:
            with suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(found.put_nowait, None)

    # A daemon thread: a read that waits for a person must not keep the program from ending.
    threading.Thread(target=read, daemon=True).start()
    return found
