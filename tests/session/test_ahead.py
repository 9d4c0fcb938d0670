"""Which messages look old only because the machine's clock was set."""

from pathlib import Path

from tests.session.stage import BUDI, START, StageClock, stage
from wabot.model.message import Message
from wabot.session.ahead import Ahead

HOUR = 3_600_000


class SetClock(StageClock):
    """A clock that somebody sets, which no test may do to the machine's; tests/acceptance does it to processes."""

    def __init__(self) -> None:
        super().__init__()
        self.set(START)
        self.by = 0

    def now(self) -> int:
        return super().now() + self.by

    def moved(self) -> int:
        return self.by


def test_a_clock_set_forward_wrongly_is_ahead_of_the_stamps_until_it_is_put_right() -> None:
    clock = SetClock()
    ahead = Ahead(clock)
    assert ahead.of(START) == 0
    clock.by = HOUR
    assert ahead.of(START) == HOUR
    clock.by = -HOUR
    assert ahead.of(START) == 0
    clock.by = 0
    assert ahead.of(START) == 0


def test_a_clock_that_was_behind_and_is_put_right_is_believed_from_the_next_message_on() -> None:
    clock = SetClock()
    ahead = Ahead(clock)
    clock.by = HOUR
    assert ahead.of(START + HOUR) == 0
    assert ahead.of(START) == 0, "an hour old, in truth"
    clock.by = 2 * HOUR
    assert ahead.of(START + HOUR) == HOUR, "and now it goes wrong"


async def test_what_was_sent_in_an_hour_that_comes_again_is_no_loop(tmp_path: Path) -> None:
    async with stage(tmp_path, max_per_minute="600") as shop:
        for _ in range(9):
            await shop.say("jam buka?")
            shop.later(300_000)
        assert len(shop.replies) == 9
        back = START + 1
        known = await shop.store.context(Message("X", BUDI, "jam buka?", phone=BUDI, sent_at=back), back)
        assert not known.loop_suspected
