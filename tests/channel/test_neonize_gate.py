"""In front of the library: one message after the other, each asked about again when its turn has come."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from wabot.channel.neonize.gate import Gate, NotYet, Occupied, asked


class Slow:
    """The library's function: it says what it was given, and ends when it is told to."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.ends = threading.Event()

    def SendMessage(self, text: str) -> bytes:
        self.given.append(text)
        assert self.ends.wait(10)
        return b"sent " + text.encode()


async def given(library: Slow) -> None:
    while not library.given:
        await asyncio.sleep(0.001)


def gate(library: Slow) -> Any:
    return Gate(SimpleNamespace(Other=lambda: "passed on"), library)


async def test_the_next_message_is_the_librarys_when_the_one_before_is_acknowledged() -> None:
    library = Slow()
    at_the_gate = gate(library)
    one = asyncio.create_task(at_the_gate.SendMessage("one"))
    await given(library)
    other = asyncio.create_task(at_the_gate.SendMessage("other"))
    done, _ = await asyncio.wait([one, other], timeout=0.05)
    assert not done
    assert library.given == ["one"]
    library.ends.set()
    assert [await one, await other] == [b"sent one", b"sent other"]
    assert at_the_gate.Other() == "passed on"


async def test_who_was_ready_before_the_others_acknowledgement_and_is_not_any_more_does_not_go_out() -> None:
    library, silent = Slow(), True
    at_the_gate = gate(library)

    async def sends() -> bytes:
        with asked(lambda: silent):
            sent: bytes = await at_the_gate.SendMessage("other")
        return sent

    one = asyncio.create_task(at_the_gate.SendMessage("one"))
    await given(library)
    other = asyncio.create_task(sends())
    await asyncio.wait([other], timeout=0.05)
    silent = False
    library.ends.set()
    with pytest.raises(NotYet):
        await other
    assert await one == b"sent one"
    assert library.given == ["one"]
    silent = True
    assert await sends() == b"sent other", "and the gate is open for whoever comes next"


async def test_who_waits_for_too_long_does_not_go_out_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.channel.neonize.gate.PATIENCE", 0.01)
    library = Slow()
    at_the_gate = gate(library)
    one = asyncio.create_task(at_the_gate.SendMessage("one"))
    await given(library)
    with pytest.raises(Occupied):
        await at_the_gate.SendMessage("other")
    library.ends.set()
    await one
    assert library.given == ["one"]
