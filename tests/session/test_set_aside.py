"""Messages that cannot be decided: three tries, however each of them ends, and their chat goes on."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.session.stage import ANI, BUDI, JAM, START, stage
from wabot.model.message import Message
from wabot.store.sqlite import open_store

POISON = "  - {id: racun, trigger: {type: keyword, keywords: [racun]}, delay: 7s, response: Tidak pernah kak.}\n" + JAM


class Loaded(random.Random):
    """Dice that end the turn of the rule with a delay of 7 s: by an error, or with the whole process."""

    deadly = False
    bad_throws = 99

    def randint(self, least: int, most: int) -> int:
        if least == 7_000 and self.bad_throws > 0:
            self.bad_throws -= 1
            if self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            raise RuntimeError("boom")
        return least


def journal(place: Path, message: str) -> tuple[int, str, bool]:
    """Tries, error, and whether the message is dealt with."""
    connection = sqlite3.connect(place / "data" / "wabot.db")
    row: tuple[int, str, bool] = connection.execute(
        "SELECT tries, error, decided_at IS NOT NULL FROM inbound_journal WHERE message_id = ?", (message,)
    ).fetchone()
    connection.close()
    return row


async def test_a_message_that_fails_three_times_is_set_aside_with_its_traceback_and_its_chat_goes_on(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, POISON, hurry=False, chance=Loaded()) as shop:
        await shop.say("racun", settle=False)
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]
        assert shop.told.reasons == ["set_aside"]
        undecided = [note for note in shop.told.notes if "could not be decided" in note]
        assert len(undecided) == 3
        assert all("RuntimeError in randint (test_set_aside.py:" in note for note in undecided)
        assert not any("boom" in note for note in shop.told.notes)  # an error's text can quote the customer
        (alert,) = await shop.store.alerts.due(shop.clock.now(), 10)
        assert (alert.kind, "`wabot why A1`" in alert.text, BUDI in alert.text) == ("set_aside", True, False)
        tries, error, closed = journal(tmp_path, "A1")
        assert (tries, closed) == (3, True)
        assert error.startswith("Traceback")
        assert "RuntimeError: boom" in error
        summary = await shop.store.summary()
        assert (summary.set_aside, summary.received, summary.waiting) == (1, 2, 0)
        chat = (await shop.store.context(Message("X", BUDI, phone=BUDI), START)).conversation
        assert (chat.status, chat.priority) == ("pending", "high")
    async with stage(tmp_path, POISON, hurry=False) as shop:
        assert shop.replies == []


async def test_a_message_that_fails_once_is_answered_all_the_same(tmp_path: Path) -> None:
    dice = Loaded()
    dice.bad_throws = 2
    async with stage(tmp_path, POISON, hurry=False, chance=dice) as shop:
        await shop.say("racun")
        assert shop.replies == ["Tidak pernah kak."]
        assert (await shop.store.summary()).set_aside == 0


async def test_a_store_that_fails_is_no_fault_of_the_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        other = sqlite3.connect(tmp_path / "data" / "wabot.db", isolation_level=None)
        other.execute("CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'full'); END")
        await shop.say("jam buka?", settle=False)
        while not any("waits for the store" in note for note in shop.told.notes):
            await asyncio.sleep(0.01)
        other.execute("DROP TRIGGER full")
        other.close()
        await shop.settle()
        assert shop.replies == ["Kami buka kak."]
        assert journal(tmp_path, "A1")[0] == 1


async def serve(place: Path) -> None:
    """The life of one process that decides what is journalled, or dies of it."""
    dice = Loaded()
    dice.deadly = True
    async with stage(place, POISON, hurry=False, chance=dice) as shop:
        await shop.settle()
        sys.stdout.write("\n".join(map(str, [*shop.channel.heard, *shop.told.reasons])))


def process(place: Path) -> subprocess.CompletedProcess[str]:
    code = f"import asyncio, pathlib; from {__name__} import serve; asyncio.run(serve(pathlib.Path({str(place)!r})))"
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)


def test_a_message_that_kills_the_process_three_times_is_set_aside_at_the_fourth_start(tmp_path: Path) -> None:
    async def arrive() -> None:
        store = open_store(tmp_path / "data", "warung")
        for number, (chat, text) in enumerate([(BUDI, "racun"), (BUDI, "jam buka?"), (ANI, "jam buka?")], 1):
            await store.journal([Message(f"Z{number}", chat, text, phone=chat, sent_at=START)], START)
        await store.close()

    asyncio.run(arrive())
    for tries in (1, 2, 3):
        died = process(tmp_path)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert journal(tmp_path, "Z1") == (tries, "", False)
    last = process(tmp_path)
    assert last.returncode == 0, last.stderr
    assert sorted(last.stdout.splitlines()) == sorted(
        [str((BUDI, "Kami buka kak.")), str((ANI, "Kami buka kak.")), "set_aside"]
    )
    assert "the process died" in journal(tmp_path, "Z1")[1]
    assert journal(tmp_path, "Z3")[0] <= 2, "a message beside the deadly one is not blamed for it"
