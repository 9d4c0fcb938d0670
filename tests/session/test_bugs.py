"""A bug beside the decision, and in what runs beside the session: it costs one round, or one message, not the rest."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.session.stage import BUDI, Stage, Told, stage
from wabot.model.history import History
from wabot.session import forever as forever_module
from wabot.session import sender
from wabot.session.counting import counting
from wabot.session.forever import forever


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forever_module, "_AGAIN", 0.01)


def once(owner: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call of this method meets a bug."""
    real, failed = getattr(owner, name), False

    def call(*arguments: Any, **more: Any) -> Any:
        nonlocal failed
        if not failed:
            failed = True
            raise ValueError("a row nobody has thought of")
        return real(*arguments, **more)

    monkeypatch.setattr(owner, name, call)


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(work: Callable[[], Awaitable[Any]], told: Told) -> AsyncIterator[None]:
    task = asyncio.create_task(forever(work, told.note, "the work"))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_round_that_breaks_off_is_said_once_without_its_words_and_begun_again() -> None:
    told, rounds = Told(), 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        raise ValueError("0812-3456-7890 said")

    async with running(work, told):
        await until(lambda: rounds > 5)
    (note,) = told.notes
    assert note.startswith("the work broke off and is begun again ValueError in work (test_bugs.py:")


async def test_what_others_queue_is_found_after_a_look_that_failed_by_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_LOOK", 0.01)
    looks = 0
    async with stage(tmp_path) as shop:
        real = shop.store.queued

        async def queued() -> Any:
            nonlocal looks
            looks += 1
            if looks == 1:
                raise ValueError("a row nobody has thought of")
            return await real()

        monkeypatch.setattr(shop.store, "queued", queued)
        await until(lambda: looks > 1)
        assert any("replies that others queued broke off" in note for note in shop.told.notes)


async def test_counting_goes_on_after_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def tell(kind: str, **_news: Any) -> None:
        told.append(kind)
        if len(told) == 1:
            raise ValueError("news nobody has thought of")

    from wabot.model.backlog import Backlog
    from wabot.session.clock import RealClock

    async def backlog(_at: int) -> Backlog:
        return Backlog()

    async with counting(Told(), RealClock(), tell, backlog):
        await until(lambda: len(told) > 1)


async def test_a_bug_while_a_customer_waits_for_the_history_leaves_the_chat_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as shop:
        await history(shop, "pending")
        once(shop.store, "context", monkeypatch)
        await shop.say("jam buka?", settle=False)
        await until(lambda: any("who is known" in note for note in shop.told.notes))
        await history(shop, "done")
        await shop.settle()
        assert shop.channel.heard == [(BUDI, "Kami buka kak.")]


@pytest.mark.parametrize("where", ["decided", "handed over"])
async def test_a_bug_after_the_decision_costs_neither_the_reply_nor_the_chat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with stage(tmp_path) as shop:
        if where == "decided":
            once(shop.told, "decided", monkeypatch)  # the reply stands in the outbox, and nobody was handed it
        else:
            once(shop.session.sender, "add", monkeypatch)
        await shop.say("jam buka?")
        await shop.look()
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."] * 2
        assert any("not dealt with to its end" in note for note in shop.told.notes)


async def history(shop: Stage, state: Any) -> None:
    assert shop.channel.inbox is not None
    await shop.channel.inbox.history(History(state=state))
