"""An outage that outlasts a session's process: the next one goes on where it stood."""

from pathlib import Path

import pytest

from tests.session.stage import JAM, START, ScriptedChannel, StageClock, Told
from tests.tenants import rules, write_tenant
from wabot.model.errors import ChannelError
from wabot.model.session import SessionState
from wabot.ports import Inbox
from wabot.session.session import Place, Session
from wabot.store.sqlite import open_store


class OutOfReach(ScriptedChannel):
    def __init__(self, clock: StageClock) -> None:
        super().__init__()
        self._clock = clock
        self.out: list[int] = []

    def made(self, _live: object) -> "OutOfReach":
        return self

    def out_since(self, at: int) -> None:
        self.out.append(at)

    async def run(self, inbox: Inbox) -> None:
        await inbox.state(SessionState("connecting"))
        self._clock.set(self._clock.now() + 60_000)
        await inbox.state(SessionState("disconnected", "A new process goes on trying."))
        raise ChannelError("A new process goes on trying.")


async def test_it_is_counted_from_its_begin(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", rules(JAM))
    store = open_store(tmp_path, "warung")
    clock = StageClock()
    clock.set(START)
    await store.save_state(SessionState("connected"), START - 120_000)
    await store.save_state(SessionState("disconnected"), START)
    try:
        for minutes in (1, 2):
            channel = OutOfReach(clock)
            session = Session(Place(folder, tmp_path), store, channel.made, clock, Told(), hurry=True, watch=False)
            with pytest.raises(ChannelError):
                await session.run()
            assert channel.out == [START]
            summary = await store.summary()
            assert (summary.state.status, summary.state_since) == ("disconnected", START)
            assert clock.now() == START + minutes * 60_000
    finally:
        await store.close()
