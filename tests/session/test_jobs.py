"""Jobs at times: on the tenant's clock, once, whatever the machine's clock does."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.blank import lay
from tests.session.stage import START, StageClock, Told, stage
from wabot.language.rule_set import RuleSet
from wabot.session import jobs as module
from wabot.session.clock import RealClock
from wabot.session.jobs import JOBS, Job, Jobs, Site, next_run
from wabot.store.sqlite import SqliteStore, open_store

HOUR = 3_600_000
DAY = 24 * HOUR
BERLIN, JAKARTA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Jakarta")


def at(text: str, zone: ZoneInfo = JAKARTA) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "after", "cron", "then"),
    [
        (JAKARTA, "2026-01-28 10:00", "0 4 * * *", "2026-01-29 04:00"),
        (JAKARTA, "2026-01-28 04:00", "0 4 * * *", "2026-01-29 04:00"),
        (JAKARTA, "2026-01-31 23:59", "0 0 1 * *", "2026-02-01 00:00"),
        (BERLIN, "2026-03-28 23:00", "0 4 * * *", "2026-03-29 04:00"),
        (BERLIN, "2026-03-28 23:00", "30 2 * * *", "2026-03-29 03:00"),  # there is no 02:30 on that day
        (BERLIN, "2026-10-24 23:00", "0 4 * * *", "2026-10-25 04:00"),
        (BERLIN, "2026-10-25 04:00", "0 4 * * *", "2026-10-26 04:00"),
    ],
)
def test_a_time_is_one_on_the_tenants_clock(zone: ZoneInfo, after: str, cron: str, then: str) -> None:
    assert next_run(cron, at(after, zone), zone, "warung") == at(then, zone)


def test_tenants_do_not_all_begin_in_the_same_minute() -> None:
    begin = {next_run("H 4 * * *", START, JAKARTA, f"toko-{number}") for number in range(50)}
    assert len(begin) > 20
    assert {datetime.fromtimestamp(moment / 1000, JAKARTA).hour for moment in begin} == {4}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_at_least_once_a_day(job: Job) -> None:
    first = next_run(job.cron, START, JAKARTA, "warung")
    assert START < first <= START + DAY
    assert next_run(job.cron, first, JAKARTA, "warung") == first + DAY


class Shop:
    """A tenant with a job at four o'clock."""

    def __init__(self, store: SqliteStore, rules: Callable[[], RuleSet]) -> None:
        self.clock, self.told, self.store, self.rules = StageClock(), Told(), store, rules
        self.clock.set(START)
        self.ran: list[str] = []
        self.fails = False

    def jobs(self) -> Jobs:
        """As a process that starts now has them."""
        return Jobs((Job("empat", "0 4 * * *", self.work, ""),), self.store, self.clock, self.rules, self.told)

    async def work(self, site: Site) -> str:
        self.ran.append(datetime.fromtimestamp(site.clock.now() / 1000, JAKARTA).strftime("%d %H:%M"))
        if self.fails:
            raise RuntimeError("disk gone")
        return "done"


@pytest.fixture
async def shop(tmp_path: Path) -> Shop:
    async with stage(tmp_path) as made:
        rules = made.session.live.rule_set()
    return Shop(open_store(lay(tmp_path / "data"), "warung"), lambda: rules)


async def test_a_job_runs_at_its_time_and_not_before(shop: Shop) -> None:
    jobs = shop.jobs()
    assert await jobs.look() == at("2026-01-29 04:00")
    shop.clock.set(at("2026-01-29 04:00") - 1)
    await jobs.look()
    assert shop.ran == []
    shop.clock.set(at("2026-01-29 04:00"))
    assert await jobs.look() == at("2026-01-30 04:00")
    await jobs.look()
    assert shop.ran == ["29 04:00"]


async def test_what_was_missed_runs_once_at_the_start_however_often_it_was_missed(shop: Shop) -> None:
    await shop.jobs().look()
    shop.clock.set(START + 5 * DAY)
    for _ in range(2):
        await shop.jobs().look()
    assert shop.ran == ["02 10:00"]


async def test_a_start_before_its_time_runs_nothing(shop: Shop) -> None:
    await shop.jobs().look()
    shop.clock.set(START + HOUR)
    await shop.jobs().look()
    assert shop.ran == []


async def test_a_job_that_fails_is_told_and_tried_at_its_next_time(shop: Shop) -> None:
    jobs = shop.jobs()
    await jobs.look()
    shop.fails = True
    shop.clock.set(START + DAY)
    await jobs.look()
    await jobs.look()
    assert shop.ran == ["29 10:00"]
    assert shop.told.notes == ["a job failed: it is tried again at its next time disk gone"]
    run = (await shop.store.upkeep.known(("empat",), 0))["empat"]
    assert (run.ok, run.detail) == (False, "disk gone")
    shop.fails = False
    shop.clock.set(START + 2 * DAY)
    await jobs.look()
    assert len(shop.ran) == 2


class Jumping(StageClock):
    """A machine's clock that is set, also back."""

    def set(self, at: int) -> None:
        self._now = at


async def test_a_clock_that_is_set_back_or_on_by_an_hour_costs_no_run(shop: Shop) -> None:
    shop.clock = Jumping()
    shop.clock.set(at("2026-01-29 03:30"))
    jobs = shop.jobs()
    await jobs.look()
    shop.clock.set(at("2026-01-29 04:30"))
    await jobs.look()
    assert shop.ran == ["29 04:30"]
    shop.clock.set(at("2028-01-29 04:30"))  # wrong by years, for a while
    await jobs.look()
    shop.clock.set(at("2026-01-30 03:50"))
    assert await jobs.look() == at("2026-01-30 04:00")
    shop.clock.set(at("2026-01-30 04:00"))
    await jobs.look()
    assert shop.ran == ["29 04:30", "29 04:30", "30 04:00"]
    shop.clock.set(at("2026-01-29 12:00"))  # and a process that starts on an older clock than the last run's
    assert await shop.jobs().look() == at("2026-01-30 04:00")


async def test_the_loop_notices_a_clock_that_jumps(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK", 0.01)
    monkeypatch.setattr(module, "_FIRST", 0.0)
    loop = asyncio.create_task(shop.jobs().run())
    await asyncio.sleep(0.05)
    assert shop.ran == []
    shop.clock.set(START + DAY)
    while not shop.ran:
        await asyncio.sleep(0.01)
    loop.cancel()
    assert shop.ran == ["29 10:00"]


async def test_the_file_is_given_back_what_was_deleted_only_while_nobody_writes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with stage(tmp_path) as made:
        await made.say("jam buka?")
    store = open_store(data, "warung")
    now = RealClock().now()
    filler = "CREATE TABLE filler AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000)"

    def fill(connection: sqlite3.Connection) -> None:
        for statement in (f"{filler} SELECT randomblob(1000) FROM n", "DELETE FROM filler"):
            connection.execute(statement)

    await store._writer.run(fill)
    assert "customers are writing" in await store.upkeep.tidy(START)
    size = (data / "wabot.db").stat().st_size
    assert "given back" in await store.upkeep.tidy(now)
    assert (data / "wabot.db").stat().st_size < size / 10
    assert "0.0 MB free" in await store.upkeep.tidy(now)
    await store.close()
