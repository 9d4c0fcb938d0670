"""What dies and what collides: nothing is sent twice, nothing is lost, and a chat has one holder."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.front import api
from tests.api.killed import TEXT
from tests.api.test_conversations import HOME, hire
from tests.api.test_messages import gone_out, write
from tests.session.stage import stage
from tests.store.turns import NOW, message, silent
from wabot.store.sqlite import open_store
from wabot.store.sqlite.inbox import claim
from wabot.store.sqlite.operating import writing


@pytest.mark.parametrize(
    ("moment", "kept"),
    [("after:send_key_add", True), ("before:send_key_add", False)],
    ids=["after the commit", "before the commit"],
)
async def test_an_api_that_is_killed_while_it_sends_sends_once(tmp_path: Path, moment: str, kept: bool) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        await shop.say("halo")
    command = [sys.executable, "-m", "tests.api.killed", moment, str(tmp_path), "k1"]
    died = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    assert await asyncio.wait_for(died.wait(), 60) == -signal.SIGKILL
    async with (
        stage(tmp_path, home=HOME) as again,
        api(tmp_path / "data", {"warung": again.folder}, again.clock) as served,
    ):
        told = await write(served.front(), TEXT, idempotencyKey="k1")
        assert told.get("repeated", False) is kept
        await gone_out(again)
        assert again.replies == [TEXT]


async def test_of_many_who_claim_the_same_chats_at_once_each_chat_goes_to_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / HOME, "warung")
    chats = [f"62812000000{number:02}" for number in range(12)]
    for chat in chats:
        await store.record(silent(message(1, chat=chat, phone=chat)))
    people = [f"op{number}@warung.example" for number in range(6)]
    for email in people:
        hire(tmp_path, email, email, NOW)

    def all_of_them(email: str) -> list[str]:
        """Claims as another process would: with a connection of its own for each."""
        won = []
        for chat in chats:
            with writing(tmp_path / HOME, "warung") as ask:
                operator = ask("operator_by_email", email=email).fetchone()
                row = ask("conversation_of_chat", chat=chat).fetchone()
                taken = claim(ask, row["id"], operator, NOW)
                assert taken.done or taken.row["operator_email"] not in ("", None, email)
                won += [chat] if taken.done else []
        return won

    won = await asyncio.gather(*(asyncio.to_thread(all_of_them, email) for email in people))
    assert sorted(chat for one in won for chat in one) == chats
    await store.close()
