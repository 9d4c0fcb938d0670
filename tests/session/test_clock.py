"""The machine's clock may be set at any moment, also between two looks at it: nobody waits an hour because of that."""

import asyncio
from pathlib import Path

import pytest

from tests.session import stage as stages
from tests.session.stage import BUDI, StageClock, stage
from wabot.session.clock import RealClock

HOUR = 3_600_000


class SetAt(RealClock):
    """Is set by `hours` before it is looked at for the `looks`th time."""

    def __init__(self, looks: int, hours: int) -> None:
        self.looks, self.hours, self.seen = looks, hours, 0
        super().__init__()
        self.seen = 0

    def now(self) -> int:
        self.seen += 1
        return super().now() + (self.hours * HOUR if self.seen >= self.looks else 0)


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("looks", [1, 2, 3])
async def test_a_sleep_is_as_long_as_it_was_meant_to_be(looks: int, hours: int) -> None:
    async with asyncio.timeout(10):
        await SetAt(looks, hours).sleep(50)


class SetBack(StageClock):
    """Is set back by an hour before it is looked at for the `looks`th time since `armed`."""

    looks = 0
    armed = False

    def __init__(self) -> None:
        super().__init__()
        self.seen = self.slept = 0

    def now(self) -> int:
        if self.armed:
            self.seen += 1
            if self.seen == self.looks:
                self._now -= HOUR
        return super().now()

    async def sleep(self, milliseconds: int) -> None:
        self.slept += milliseconds
        await super().sleep(milliseconds)


@pytest.mark.parametrize("looks", range(1, 25))
async def test_a_reply_waits_no_hour_whenever_the_clock_is_set_back(
    looks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "StageClock", SetBack)
    async with stage(tmp_path, hurry=False, delay="3s", debounce="0s") as shop:
        clock = shop.clock
        assert isinstance(clock, SetBack)
        clock.looks, clock.armed = looks, True
        await shop.say("jam buka")
        assert [to for to, _ in shop.channel.heard] == [BUDI]
        assert clock.slept < 60_000
