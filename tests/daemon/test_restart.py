"""When a session that ended is started again."""

import pytest

from wabot.daemon.restart import BUSY, DONE, NEEDS_A_PERSON, NO_RULES, Life, judge
from wabot.model.masked import masked

SHORT = Life(0, 500)
LONG = Life(0, 3_600_000)


@pytest.mark.parametrize(
    ("code", "lives", "wait"),
    [
        (DONE, [SHORT], None),
        (NEEDS_A_PERSON, [SHORT], None),
        (BUSY, [SHORT], None),
        (NO_RULES, [SHORT], None),
        (1, [SHORT], 1_000),
        (-9, [SHORT], 1_000),
        (-6, [SHORT, SHORT], 2_000),
        (1, [SHORT] * 5, 16_000),
        (1, [SHORT] * 9, 60_000),
        (1, [SHORT, SHORT, LONG], 1_000),
        (1, [LONG, SHORT], 2_000),
    ],
)
def test_a_crash_waits_longer_each_time_and_a_steady_life_forgives(
    code: int, lives: list[Life], wait: int | None
) -> None:
    assert judge(code, lives).wait == wait


def test_a_signal_is_named() -> None:
    assert "signal 6" in judge(-6, [SHORT]).why


def test_a_masked_number_tells_two_apart_and_cannot_be_called() -> None:
    assert masked("6281234567890") == "6281…890"
    assert masked("12345") == "…"
