"""When a session that ended is started again."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.daemon.patience import policy
from wabot.daemon.restart import BUSY, DONE, NEEDS_A_PERSON, NO_RULES, Life, Policy, judge
from wabot.model.errors import UsageError
from wabot.model.masked import masked

MINUTE = 60_000


class Most(random.Random):
    """Chance that always takes the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        return b


def crashes(count: int, apart: int = 20_000, life: int = 500) -> list[Life]:
    """Lives that ended `apart` milliseconds from each other."""
    return [Life(number * apart - life, number * apart) for number in range(1, count + 1)]


LONG = Life(0, 3_600_000)


@pytest.mark.parametrize(
    ("code", "lives", "then", "wait"),
    [
        (DONE, crashes(1), "end", 0),
        (NEEDS_A_PERSON, crashes(1), "hold", 0),
        (NEEDS_A_PERSON, crashes(9), "hold", 0),
        (BUSY, crashes(1), "end", 0),
        (NO_RULES, crashes(1), "end", 0),
        (1, crashes(1), "again", 1_000),
        (-9, crashes(1), "again", 1_000),
        (-6, crashes(2), "again", 2_000),
        (1, crashes(4, apart=100), "again", 8_000),
        (1, crashes(5, apart=15_000), "hold", 0),
        (1, crashes(5, apart=15_001), "again", 16_000),
        (1, crashes(9), "again", 60_000),
        (1, [*crashes(2), LONG], "again", 1_000),
        (1, [LONG, Life(3_700_000, 3_700_500)], "again", 2_000),
        (1, [LONG, *[Life(3_600_000 + each, 3_600_001 + each) for each in range(4)]], "hold", 0),
    ],
)
def test_a_crash_waits_longer_each_time_a_steady_life_forgives_and_five_in_a_minute_park(
    code: int, lives: Sequence[Life], then: str, wait: int
) -> None:
    verdict = judge(code, lives, Most())
    assert (verdict.then, verdict.wait) == (then, wait)


def test_a_tenant_that_another_process_has_is_waited_for_when_no_other_daemon_lives() -> None:
    assert judge(BUSY, crashes(1), Most(), alone=True).then == "again"
    assert judge(BUSY, crashes(50, apart=10), Most(), alone=True).then == "again"


@given(st.integers(1, 300), st.integers(0, 2**32), st.sampled_from([1, 2, -6, -9, -11]))
def test_no_wait_is_longer_than_the_cap_nor_shorter_than_half_the_first(count: int, seed: int, code: int) -> None:
    verdict = judge(code, crashes(count), random.Random(seed))
    assert verdict.then == "again"
    assert 500 <= verdict.wait <= MINUTE


@given(st.integers(0, 2**32))
def test_tenants_that_died_together_come_back_at_different_moments(seed: int) -> None:
    chance = random.Random(seed)
    assert len({judge(1, crashes(3), chance).wait for _ in range(20)}) > 1


@given(st.lists(st.integers(1, 10 * MINUTE), min_size=1, max_size=12), st.sampled_from([1, -9]))
def test_it_is_parked_exactly_when_the_last_five_crashes_lie_within_a_minute(pauses: list[int], code: int) -> None:
    at, lives = 0, []
    for pause in pauses:
        at += pause
        lives.append(Life(at - 1, at))
    crowded = len(lives) >= 5 and lives[-1].ended - lives[-5].ended <= MINUTE
    assert judge(code, lives, Most()).parked == crowded


def test_the_cause_is_named() -> None:
    assert "signal 6" in judge(-6, crashes(1), Most()).why
    assert "exit code 3" in judge(3, crashes(1), Most()).why
    assert "no sign of life for 60 s" in judge(-9, [Life(0, 500, hung=True)], Most()).why
    parked = judge(-6, crashes(5, apart=10), Most())
    assert parked.why == "it crashed 5 times within 60 s (killed by signal 6)"
    assert parked.action


def test_the_environment_makes_the_supervisor_more_or_less_patient() -> None:
    assert policy({}) == Policy()
    asked = policy({"WABOT_RESTART_WAIT": "0.05", "WABOT_SESSION_WATCHDOG": " 90 "})
    assert (asked.first, asked.silence) == (50, 90_000)


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", "99999999"])
def test_a_setting_that_is_no_number_of_seconds_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="WABOT_SESSION_WATCHDOG"):
        policy({"WABOT_SESSION_WATCHDOG": text})


def test_a_masked_number_tells_two_apart_and_cannot_be_called() -> None:
    assert masked("6281234567890") == "6281…890"
    assert masked("12345") == "…"
