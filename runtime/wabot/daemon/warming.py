"""One of wabot's own example tenants, live for a moment: a whole session with a store and customers, in memory.

What Python and the libraries make at their first use is made by it once, before sessions are forked, and not once in
each of them: compiled schemas and regexes, the holidays' library, bytecode that Python has specialised. Nothing of it
lasts but that.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from wabot.engine.load import load_tenant
from wabot.engine.rehearsal import play
from wabot.language.conversation import Conversation, Say, read_conversations
from wabot.language.resources import examples
from wabot.language.tenant import Loaded
from wabot.model.message import Message
from wabot.model.session import SessionState
from wabot.model.turn import Outbound, Receipt
from wabot.ports import Inbox
from wabot.session.clock import ScriptClock
from wabot.session.report import Mute
from wabot.session.session import Place, Session
from wabot.store.keeping.mending import ended, open_kept

_MESSAGES: Final = 12
_SOMEBODY: Final = "6281200000000"
_MEMORY: Final = Path("/dev/shm")


class Customers:
    """A channel on which somebody says these texts, reads what comes back, and goes."""

    def __init__(self, texts: list[str], clock: ScriptClock) -> None:
        self._texts, self._clock = texts, clock
        self._inbox: Inbox | None = None

    async def run(self, inbox: Inbox) -> None:
        self._inbox = inbox
        await inbox.state(SessionState("connected"))
        for number, text in enumerate(self._texts):
            said = Message(f"W{number}", _SOMEBODY, text, name="Budi", phone=_SOMEBODY, sent_at=self._clock.now())
            await inbox.message(said)
        await inbox.settled()

    async def send(self, outbound: Outbound) -> None:
        if self._inbox is not None:
            await self._inbox.receipt(Receipt(outbound.id, "delivered", self._clock.now()))

    async def typing(self, chat: str, on: bool) -> None:
        pass

    async def close(self) -> None:
        pass


def warm() -> list[Loaded]:
    """Play the examples. What is returned is to be kept, so that nothing else takes its place in memory.

    Raises:
        OSError, StoreError: there is no place for a temporary file.
    """
    folder = examples()
    loaded = [load_tenant(one) for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []
    for one in loaded:
        for talk in _conversations(one):
            if one.rule_set is not None:
                play(one.rule_set, talk)
    for one in loaded[:1]:
        place = Path(tempfile.mkdtemp(prefix="wabot-", dir=_MEMORY if _MEMORY.is_dir() else None))
        try:
            asyncio.run(_live(one, place))
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return loaded


async def _live(tenant: Loaded, place: Path) -> None:
    talks = list(_conversations(tenant))
    clock = ScriptClock()
    clock.set(int(talks[0].at.timestamp() * 1000))
    said = (step.text for talk in talks for step in talk.steps if isinstance(step, Say) and step.text)
    customers = Customers(list(islice(said, _MESSAGES)), clock)
    store, _ = open_kept(place, tenant.folder.name, clock.now)
    session = Session(
        Place(tenant.folder, place), store, lambda _: customers, clock, Mute(), hurry=True, watch=False, scripted=True
    )
    await session.run(wait_for_rules=False)
    await store.close()
    ended(place)


def _conversations(tenant: Loaded) -> Iterator[Conversation]:
    for document in tenant.tests:
        yield from read_conversations(document)
