"""kill -9 at any moment: no event is lost, none is made twice, and a receiver can tell what it got before."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.receiver import Receiver, receiving
from tests.session.stage import stage
from wabot.store.sqlite import webhooks
from wabot.store.sqlite.operating import writing
from wabot.store.sqlite.webhooks import Webhook

HOME = "data/warung"
EVENTS = ("conversation.created", "message.received", "message.sent")
ASKED = 5


async def shop_with_a_day_behind_it(place: Path, receiver: Receiver) -> Path:
    """A store whose feed nobody has read; the tenant's folder."""
    hook = Webhook(
        id="hook",
        url=receiver.url,
        description="",
        events=EVENTS,
        content=True,
        secret="whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
        secret_before="",
        secret_before_until=0,
        active=True,
        active_since=0,
        disabled="",
        created=0,
        updated=0,
    )
    async with stage(place, home=HOME) as shop:
        with writing(place / HOME, "warung") as ask:
            webhooks.add(ask, hook, "")
        for number in range(ASKED):
            await shop.say("jam buka?", f"628120000010{number}")
    return shop.folder


def deliveries(place: Path) -> list[Any]:
    with writing(place / HOME, "warung") as ask:
        return ask("deliveries_listed", webhook="hook", before="~", most=1_000).fetchall()


async def until(happened: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    async with asyncio.timeout(60):
        while not happened():
            assert process.poll() is None, "the process ended by itself"
            await asyncio.sleep(0.01)


async def test_events_survive_kills_and_arrive_each_under_one_id(tmp_path: Path) -> None:
    with receiving() as receiver:
        folder = await shop_with_a_day_behind_it(tmp_path, receiver)

        def start() -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "tests.api.posting", str(tmp_path / "data"), "warung", str(folder)]
            return subprocess.Popen(command)

        receiver.held.clear()
        process = start()
        await until(lambda: bool(receiver.received), process)
        process.kill()  # while the receiver thinks: nobody knows whether it took the event
        process.wait()
        receiver.held.set()
        process = start()
        await until(lambda: all(one["status"] == "delivered" for one in deliveries(tmp_path)), process)
        process.kill()
        process.wait()
    rows = deliveries(tmp_path)
    told = [(one["event"], one["subject_id"] or one["conversation_id"]) for one in rows]
    assert len(told) == len(set(told)) == len(EVENTS) * ASKED
    assert {one.headers["webhook-id"] for one in receiver.received} == {one["id"] for one in rows}
    first = receiver.received[0].headers["webhook-id"]
    again = [one.body for one in receiver.received if one.headers["webhook-id"] == first]
    assert len(again) >= 2
    assert len(set(again)) == 1
