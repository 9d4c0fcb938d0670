"""A stage for one session: a scripted channel, a real store, a clock that stands still. Tests read as transcripts."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.blank import lay
from tests.tenants import rules, write_tenant
from wabot.model.errors import ChannelError, SendRefused, SendUnknown
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound
from wabot.ports import Inbox
from wabot.session.clock import ScriptClock
from wabot.session.counting import Counting, Tell
from wabot.session.orders import AskShop, Orders
from wabot.session.report import Mute
from wabot.session.session import Place, Session
from wabot.store.sqlite import SqliteStore, open_store

START = 1_769_569_200_000  # Wednesday 2026-01-28 10:00 in Jakarta
BUDI, ANI = "6281200000001", "6281200000002"
JAM = "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}\n"


class ScriptedChannel:
    """A channel without a network. Not the real thing: it fails on purpose (`next_error`), which no real one can be
    told to do."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.sent: list[str] = []
        self.media: list[str] = []
        self.typed: list[tuple[str, bool]] = []
        self.marked: list[str] = []
        self.next_error: list[Exception] = []
        self.inbox: Inbox | None = None
        self.ready = asyncio.Event()
        self._closed = asyncio.Event()

    async def run(self, inbox: Inbox) -> None:
        self.inbox = inbox
        await inbox.state(SessionState("connected"))
        self.ready.set()
        await self._closed.wait()

    async def send(self, outbound: Outbound) -> None:
        if self.next_error:
            raise self.next_error.pop(0)
        self.heard.append((outbound.chat, outbound.text))
        self.sent.append(outbound.id)
        self.media += [outbound.media] if outbound.media else []

    async def typing(self, chat: str, on: bool) -> None:
        self.typed.append((chat, on))

    async def mark_read(self, chat: str, messages: Sequence[str]) -> None:
        self.marked += messages

    async def close(self) -> None:
        self._closed.set()


class Told(Mute):
    """Keeps what the session tells."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.notes: list[str] = []

    def silent(self, message: Message, reason: str) -> None:
        self.reasons.append(reason)

    def note(self, event: str, *, level: str = "info", **details: Any) -> None:
        self.notes.append(f"{event} {details.get('reason', '')}{details.get('error', '')}".strip())


class StageClock(ScriptClock):
    """A script's clock that sleeps only while `runs` is set, so that a test can let things happen during a sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = asyncio.Event()
        self.runs.set()

    async def sleep(self, milliseconds: int) -> None:
        await self.runs.wait()
        await super().sleep(milliseconds)


class Stage:
    """One tenant, live."""

    def __init__(
        self,
        place: Path,
        store: SqliteStore,
        folder: Path,
        hurry: bool,
        chance: random.Random | None = None,
        count: Tell | None = None,
        ask: AskShop | None = None,
    ) -> None:
        self.clock = StageClock()
        self.clock.set(START)
        self.channel = ScriptedChannel()
        self.told = Told()
        self.counting = Counting(self.told, self.clock, count or (lambda _kind, **_news: None))
        self.orders = Orders(store, self.clock, lambda: self.session.live.rule_set().tenant, self.told, ask, "s3cret")
        self.store = store
        self.folder = folder
        self.session = Session(
            Place(folder, place),
            store,
            lambda _live: self.channel,
            self.clock,
            self.told if count is None else self.counting,
            hurry=hurry,
            watch=False,
            scripted=True,
            chance=chance,
            before=self.orders.before,
        )
        self.count = 0

    async def say(self, text: str, chat: str = BUDI, *, settle: bool = True, **more: Any) -> None:
        self.count += 1
        message = Message(
            **{
                "id": f"A{self.count}",
                "chat": chat,
                "phone": chat,
                "name": "Budi",
                "text": text,
                "sent_at": self.clock.now(),
                **more,
            }
        )
        assert self.channel.inbox is not None
        await self.channel.inbox.message(message)
        if settle:
            await self.settle()

    async def settle(self) -> None:
        assert self.channel.inbox is not None
        await asyncio.wait_for(self.channel.inbox.settled(), 20)

    async def look(self) -> None:
        """The session looks for what others have queued, as it does every two seconds."""
        assert self.session.sender is not None
        await self.session.sender.look_now()

    async def session_decided(self, count: int) -> None:
        """Return when so many customers' messages are decided, whatever became of the replies."""
        while (await self.store.summary()).received < count:
            await asyncio.sleep(0.01)

    async def pass_time(self, milliseconds: int) -> None:
        """The clock moves on, and whatever happens at a time until then happens."""
        until = self.clock.now() + milliseconds
        await self.session.play_until(until, self.clock.set)
        self.clock.set(until)

    def later(self, milliseconds: int) -> None:
        self.clock.set(self.clock.now() + milliseconds)

    @property
    def replies(self) -> list[str]:
        return [text for _, text in self.channel.heard]


@asynccontextmanager
async def stage(
    place: Path,
    text: str = JAM,
    *,
    hurry: bool = True,
    tenant: Mapping[str, str] = {},
    chance: random.Random | None = None,
    count: Tell | None = None,
    home: str = "data",
    called: str = "warung",
    ask: AskShop | None = None,
    **settings: str,
) -> AsyncIterator[Stage]:
    """A session that runs until the block ends. Called again on the same place, it goes on with the same store.
    `tenant` and `settings` are lines of tenant.yaml, at its top and under `auto_reply`. `count` hears what is counted.
    `home` is where its data lies in `place`, `called` the tenant's name; `ask` asks the shop's own system for orders.
    """
    auto = "".join(f"  {key}: {value}\n" for key, value in settings.items())
    files = rules(text)
    files["tenant.yaml"] = 'version: 1\nname: Warung\nphone: "6281100000000"\n'
    files["tenant.yaml"] += f"auto_reply:\n{auto}" if auto else ""
    files["tenant.yaml"] += "".join(
        f"{key}: {value}\n" for key, value in {"timezone": "Asia/Jakarta", **tenant}.items()
    )
    folder = write_tenant(place / "rules" / called, files)
    store = open_store(lay(place / home), called)
    made = Stage(place / home, store, folder, hurry, chance, count, ask)
    running = asyncio.create_task(made.session.run())
    try:
        await asyncio.wait_for(made.channel.ready.wait(), 20)
        yield made
    finally:
        made.session.stop()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(running, 20)
        await made.orders.stop()
        await store.close()


REFUSED = SendRefused("bukan nomor WhatsApp")
UNKNOWN = SendUnknown("no answer after 75 s")
LATER = ChannelError("not connected")
