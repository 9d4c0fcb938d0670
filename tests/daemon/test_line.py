"""The line from a session to its supervisor: real descriptors, and a real process at the far end."""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Any

from wabot.daemon.line import LONGEST, Line, Listener


class Ear:
    """Keeps what is heard, and waits for it."""

    def __init__(self) -> None:
        self.news: list[tuple[str, str, Mapping[str, Any]]] = []
        self._more = asyncio.Event()

    def heard(self, tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        self.news.append((tenant, kind, news))
        self._more.set()

    async def until(self, count: int) -> None:
        while len(self.news) < count:
            self._more.clear()
            await self._more.wait()


def far_end(listener: Listener) -> Line:
    """A session's end in this process, as it would be inherited."""
    line = Line(os.dup(listener.far_end))
    listener.born()
    return line


async def test_news_of_a_process_are_heard_with_their_tenant_and_kind_and_in_order() -> None:
    ear = Ear()
    listener = Listener("warung", ear.heard)
    told = (
        "import sys; from wabot.daemon.line import Line; line = Line(int(sys.argv[1]))\n"
        "line.tell('state', status='connected', detail='', action='Scan é')\nline.tell('reload', ok=True)"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", told, str(listener.far_end), pass_fds=(listener.far_end,)
    )
    listener.born()
    await child.wait()
    listener.close()
    assert ear.news == [
        ("warung", "state", {"status": "connected", "detail": "", "action": "Scan é"}),
        ("warung", "reload", {"ok": True}),
    ]


async def test_a_full_line_drops_what_is_told_and_goes_on_when_it_is_read_again() -> None:
    ear = Ear()
    listener = Listener("warung", ear.heard)
    line = far_end(listener)
    for number in range(5_000):  # nobody reads meanwhile: this test holds the event loop
        line.tell("counts", number=number, padding="x" * 1_000)
    await asyncio.sleep(0)
    await ear.until(1)
    while len(before := list(ear.news)) < 5_000:
        await asyncio.sleep(0.01)
        if len(ear.news) == len(before):
            break
    assert len(before) < 5_000
    assert [news["number"] for _, _, news in before] == list(range(len(before)))
    line.tell("beat")
    await ear.until(len(before) + 1)
    assert ear.news[-1] == ("warung", "beat", {})
    listener.close()


async def test_nobody_at_the_other_end_no_descriptor_or_unspeakable_news_raise_nothing() -> None:
    ear = Ear()
    listener = Listener("warung", ear.heard)
    line = far_end(listener)
    line.tell("counts", what=object())
    line.tell("counts", what="x" * LONGEST)
    line.tell("beat")
    await ear.until(1)
    listener.close()
    line.tell("beat")
    Line(None).tell("beat")
    Line(987).tell("beat")
    assert ear.news == [("warung", "beat", {})]


async def test_what_is_no_news_is_passed_over() -> None:
    ear = Ear()
    listener = Listener("warung", ear.heard)
    descriptor = os.dup(listener.far_end)
    listener.born()
    for said in (b"\xff\xfe", b"[1]", b'{"no": "kind"}', b'{"kind": 3}', b'{"kind": "beat"}'):
        os.write(descriptor, said)
    await ear.until(1)
    assert ear.news == [("warung", "beat", {})]
    os.close(descriptor)
    listener.close()


async def test_a_line_beats_while_its_event_loop_lives() -> None:
    ear = Ear()
    listener = Listener("warung", ear.heard)
    beating = asyncio.create_task(far_end(listener).beat(0.01))
    await ear.until(3)
    beating.cancel()
    listener.close()
    assert {kind for _, kind, _ in ear.news} == {"beat"}
