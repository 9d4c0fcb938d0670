"""An API that kills itself at an exact moment: `python -m tests.api.killed MOMENT PLACE KEY`, as in
`tests.acceptance.dying`. It is the real one on the real store; it sends one message to the newest chat of a stage in
PLACE, under the key, and dies."""

import asyncio
import sys
from pathlib import Path

from tests.acceptance.dying import Deadly, deadly_statement
from tests.api.front import api
from tests.session.stage import START
from wabot.session.clock import ScriptClock

TEXT = "sebentar ya kak"


async def send(place: Path, key: str) -> None:
    clock = ScriptClock()
    clock.set(START)
    async with api(place / "data", {"warung": place / "rules" / "warung"}, clock) as served:
        front = served.front()
        chat = (await front.get("/api/conversations"))["data"][0]["id"]
        Deadly.when, Deadly.what = sys.argv[1].split(":")
        await front.post("/api/messages/send", {"conversationId": chat, "content": TEXT, "idempotencyKey": key})


if __name__ == "__main__":
    deadly_statement("", "")  # none yet: which one it is is said once the API is there
    asyncio.run(send(Path(sys.argv[2]), sys.argv[3]))
