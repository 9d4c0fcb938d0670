"""Processes that render for the API: what hangs, dies or grows in one stops nobody else."""

import asyncio
import fcntl
import os
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.api.front import api
from tests.session.stage import BUDI
from tests.tenants import rules, write_tenant
from wabot.api.house import House
from wabot.api.problems import Problem
from wabot.api.rendering import PART, Rendering, Said
from wabot.api.workers import Died, Worker, Workers
from wabot.api.workshop.process import MEMORY
from wabot.api.workshop.replacing import LOCK
from wabot.model.context import Contact, Conversation
from wabot.session.clock import ScriptClock

ENDLESS = (
    "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}"
)
RULES = rules(
    "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}\n"
    f"  - {{id: lama, trigger: {{type: keyword, keywords: [lama]}}, response: 'x{ENDLESS}'}}\n"
)
REPLIES = (
    "version: 1\nquick_replies:\n"
    "  - {shortcut: /salam, title: Salam, message: 'Halo kak {{ first_name }}, {{ conversation.status }}'}\n"
    f"  - {{shortcut: /lama, title: Lama, message: 'x{ENDLESS}'}}\n"
    "  - {shortcut: /kami, title: Kami, message: Halo, operators: [Sari@warung.id]}\n"
)
CUSTOMER = (Contact(BUDI, "Pak Budi Santoso"), Conversation())


@asynccontextmanager
async def rendering(place: Path, *tenants: str, seconds: float = 10.0) -> AsyncIterator[Rendering]:
    files = {**RULES, "quick-replies.yaml": REPLIES}
    folders = {name: write_tenant(place / "rules" / name, files) for name in tenants or ("warung",)}
    async with api(place / "data", folders, ScriptClock()) as served:
        made = served.house.parts[PART] = Rendering(served.house, rendering=seconds)
        try:
            yield made
        finally:
            await made.close()


async def test_a_quick_reply_reads_as_it_will_for_this_customer(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        assert await made.quick_reply("warung", "/salam", *CUSTOMER) == "Halo kak Budi, active"


async def test_a_quick_reply_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        for shortcut, email, status, code in (
            ("/tidak-ada", None, 404, "NO_SUCH_QUICK_REPLY"),
            ("/kami", "dedi@warung.id", 404, "NO_SUCH_QUICK_REPLY"),
            ("/kami", "", 404, "NO_SUCH_QUICK_REPLY"),
            ("/lama", None, 422, "RENDER_FAILED"),
        ):
            with pytest.raises(Problem) as refused:
                await made.quick_reply("warung", shortcut, *CUSTOMER, email)
            assert (refused.value.status, refused.value.code) == (status, code)
        assert await made.quick_reply("warung", "/kami", *CUSTOMER, "sari@warung.id") == "Halo"


async def test_an_endless_text_fails_its_rule_and_nothing_else(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        told = await made.decide_test("warung", Said("lama"))
        assert told["replies"][0]["response"] is None
        assert "endless" in told["replies"][0]["error"]
        assert (await made.decide_test("warung", Said("jam buka?")))["replies"][0]["response"] == "Kami buka kak."


async def test_others_are_answered_while_somebody_hangs(tmp_path: Path) -> None:
    """No text hangs: the sandbox sees to that. What it may have overlooked is a stopped process here."""
    async with rendering(tmp_path, "warung", "toko", seconds=60.0) as made:
        asked = [asyncio.create_task(made.decide_test(tenant, Said("jam buka"))) for tenant in ("warung", "toko")]
        await asyncio.gather(*asked)
        both = made.workers.pids
        hangs = asyncio.create_task(made.decide_test("warung", Said("jam buka")))
        for pid in both:  # before it can answer: the order has not left this process yet
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0)
        (busy,) = made.workers.busy
        os.kill(next(pid for pid in both if pid != busy), signal.SIGCONT)
        assert await made.quick_reply("toko", "/salam", *CUSTOMER) == "Halo kak Budi, active"
        assert not hangs.done()
        os.kill(busy, signal.SIGKILL)
        with pytest.raises(Problem):
            await hangs


async def test_what_takes_too_long_is_ended_and_the_next_is_answered(tmp_path: Path) -> None:
    async with rendering(tmp_path, seconds=60.0) as made:
        await made.decide_test("warung", Said("jam buka"))
        (first,) = made.workers.pids
        os.kill(first, signal.SIGSTOP)
        made._rendering = 0.2
        with pytest.raises(Problem) as refused:
            await made.decide_test("warung", Said("jam buka"))
        assert (refused.value.status, refused.value.code) == (422, "TOO_SLOW")
        assert made.workers.pids == []
        made._rendering = 60.0
        assert (await made.decide_test("warung", Said("jam buka")))["reason"] == "answered"


async def test_a_process_that_is_killed_is_begun_anew(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        await made.decide_test("warung", Said("jam buka"))
        (first,) = made.workers.pids
        os.kill(first, signal.SIGKILL)
        with pytest.raises(Problem) as refused:
            await made.decide_test("warung", Said("jam buka"))
        assert refused.value.code == "TOO_LARGE"
        assert (await made.decide_test("warung", Said("jam buka")))["reason"] == "answered"


async def test_the_answer_to_somebody_who_is_gone_is_nobody_elses(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        await made.decide_test("warung", Said("jam buka"))
        gone = asyncio.create_task(made.decide_test("warung", Said("lama")))
        await asyncio.sleep(0.01)
        gone.cancel()
        assert (await made.decide_test("warung", Said("jam buka")))["replies"][0]["ruleId"] == "jam-buka"


async def test_a_tenant_waits_in_a_queue_of_its_own_that_has_an_end(tmp_path: Path) -> None:
    async with rendering(tmp_path, "warung", "toko") as made:
        asked = [asyncio.create_task(made.decide_test("warung", Said("jam buka"))) for _ in range(210)]
        assert (await made.decide_test("toko", Said("jam buka")))["reason"] == "answered"
        done = await asyncio.gather(*asked, return_exceptions=True)
        refused = [one for one in done if isinstance(one, Problem)]
        assert len(refused) == 10 and {one.code for one in refused} == {"BUSY"}
        assert len(made.workers.pids) <= 2


async def test_a_process_has_a_bound_and_no_secret_and_ends_with_its_input() -> None:
    os.environ["WABOT_TEST_SECRET"] = "rahasia"
    try:
        worker = await Worker.begin()
    finally:
        del os.environ["WABOT_TEST_SECRET"]
    assert resource.prlimit(worker.pid, resource.RLIMIT_AS) == (MEMORY, MEMORY)
    assert b"rahasia" not in Path(f"/proc/{worker.pid}/environ").read_bytes()
    assert worker._process.stdin is not None
    worker._process.stdin.close()
    await asyncio.wait_for(worker.gone(), 30)


async def test_an_order_ends_its_process_although_nobody_watches(tmp_path: Path) -> None:
    """Whoever gave the order may be gone, and with it the one who would have ended it."""
    folder = write_tenant(tmp_path / "rules" / "warung", RULES)
    data = tmp_path / "data"
    data.mkdir()
    worker = await Worker.begin()
    with (data / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # the order waits for it
        order = {"act": "change", "folder": str(folder), "data": str(data), "change": {}, "deadline": -0.5}
        with pytest.raises(Died):
            await worker.ask(order)
    await worker.gone()


async def test_orders_beyond_the_processes_wait_and_all_are_carried_out(tmp_path: Path) -> None:
    workers = Workers(2)
    folders = [write_tenant(tmp_path / f"toko-{number}", RULES) for number in range(6)]
    said = {"text": "jam buka", "first": False, "name": "", "tags": [], "orders": 0, "type": "text", "now": 0}
    try:
        done = await asyncio.gather(
            *(
                workers.ask({"act": "decision", "folder": str(folder), "copy": "/nowhere", "said": said}, 20)
                for folder in folders
            )
        )
    finally:
        await workers.close()
    assert [one["done"]["reason"] for one in done] == ["answered"] * 6
    assert workers.pids == []


async def test_rules_that_changed_on_disk_are_read_again_and_broken_ones_are_not_taken(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        folder = tmp_path / "rules" / "warung"
        assert isinstance(made._house, House)
        first = await made.catalogue("warung")
        assert await made.catalogue("warung") == first
        (folder / "rules.yaml").write_text(RULES["rules.yaml"].replace("Kami buka kak", "Kami tutup kak"))
        assert (await made.decide_test("warung", Said("jam buka")))["replies"][0]["response"] == "Kami tutup kak."
        assert (await made.catalogue("warung"))["revision"] != first["revision"]
        (folder / "rules.yaml").write_text("version: 1\nrules: [")
        with pytest.raises(Problem) as refused:
            await made.catalogue("warung")
        assert (refused.value.status, refused.value.code) == (409, "RULES_BROKEN")
        assert refused.value.more["findings"][0]["path"] == "rules.yaml"


async def test_a_tenant_that_is_gone_is_unknown(tmp_path: Path) -> None:
    async with rendering(tmp_path) as made:
        with pytest.raises(Problem) as refused:
            await made.catalogue("lain")
        assert refused.value.status == 404


async def test_where_no_process_can_be_begun_whoever_asks_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rendering(tmp_path) as made:
        monkeypatch.setattr("wabot.api.workers.MODULE", "wabot.there_is_none")
        with pytest.raises(Problem) as refused:
            await made.catalogue("warung")
        assert (refused.value.status, refused.value.code) == (503, "BUSY")
        monkeypatch.undo()
        assert (await made.catalogue("warung"))["rules"]
