"""What only counts while it is the newest: an older state never stands where a newer one stood."""

import asyncio

import pytest

from tests.session.stage import Told
from wabot.model.errors import StoreError
from wabot.session import insisting
from wabot.session.insisting import Newest


async def test_news_that_failed_do_not_come_after_newer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "_AGAIN", 0.0)
    saved: list[str] = []
    gate = asyncio.Event()

    async def save(text: str) -> None:
        if text == "first" and not gate.is_set():
            await gate.wait()
            raise StoreError("full")
        saved.append(text)

    newest = Newest(save, Told(), "the state")
    first = asyncio.create_task(newest.tell("first"))
    await asyncio.sleep(0)
    await newest.tell("second")
    gate.set()
    await first
    for _ in range(10):
        await asyncio.sleep(0)
    assert saved == ["second"]
