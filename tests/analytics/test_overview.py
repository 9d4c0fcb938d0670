"""A period adds up to what somebody finds who adds its days up by hand."""

import random
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.analytics.figures import COLUMN
from tests.analytics.sums import asked, summing
from wabot.analytics.measures import Mean, Ratio
from wabot.analytics.overview import NOTHING, Figures, Overview, overview
from wabot.analytics.period import Period

JAKARTA = ZoneInfo("Asia/Jakarta")
WEEK = Period(date(2026, 1, 5), date(2026, 1, 11), JAKARTA)  # Monday to Sunday


def look(folder: Path, period: Period = WEEK) -> Overview:
    with asked(folder) as ask:
        return overview(ask, period)


def test_each_figure_is_read_from_its_own_column(tmp_path: Path) -> None:
    numbers = {name: number for number, name in enumerate(Figures._fields, 1)}
    with summing(tmp_path) as sums:
        sums.day("2026-01-07", **{COLUMN.get(name, name): number for name, number in numbers.items()})
    assert look(tmp_path).days[date(2026, 1, 7)]._asdict() == numbers


@pytest.mark.parametrize("seed", range(5))
def test_a_period_is_the_sum_of_its_days_but_for_customers_who_came_again(tmp_path: Path, seed: int) -> None:
    chance, asked_by, seen = random.Random(seed), set[str](), set[str]()
    expected = dict.fromkeys(Figures._fields, 0)
    with summing(tmp_path) as sums:
        for number in range(-3, 12):
            day = WEEK.first + timedelta(number)
            if chance.random() < 0.3:
                continue
            figures = {name: chance.randrange(100) for name in Figures._fields}
            sums.day(day.isoformat(), **{COLUMN.get(name, name): value for name, value in figures.items()})
            for chat in chance.sample("abcdefgh", 3):
                said, told = chance.randrange(2), chance.randrange(2)
                sums.chat(day.isoformat(), chance.randrange(24), chat, from_customer=said, from_rules=told, failed=1)
                if WEEK.first <= day <= WEEK.last:
                    asked_by |= {chat} if said else set()
                    seen |= {chat} if said or told else set()
            if WEEK.first <= day <= WEEK.last:
                for name, value in figures.items():
                    expected[name] += value
    found = look(tmp_path)
    assert found.total._asdict() == {**expected, "unique_customers": len(asked_by), "chats": len(seen)}
    assert list(found.days) == list(WEEK)


def test_a_shop_without_a_message_has_zeros_and_no_averages(tmp_path: Path) -> None:
    with summing(tmp_path):
        pass
    told = look(tmp_path)
    assert told.total == NOTHING
    assert set(told.days.values()) == {NOTHING}
    figures = told.total
    shares = [figures.alone, figures.delivery, figures.seen, figures.answers, figures.strange, figures.success]
    shares += [figures.handing_over, figures.responded, figures.utilisation]
    assert {(share.percent, share.reached) for share in shares} == {(None, None)}
    means = [figures.response, figures.response_by_rules, figures.response_by_people, figures.first_response]
    means += [figures.first_response_open, figures.first_response_closed, figures.first_person_response]
    assert {mean.seconds for mean in (*means, figures.resolution)} == {None}
    assert told.total.csat is None
    assert [len(day) for day in told.week] == [24] * 7


def test_nothing_of_another_tenant_or_another_day_is_counted(tmp_path: Path) -> None:
    with summing(tmp_path, "toko") as sums:
        sums.day("2026-01-07", total_messages=5)
        sums.chat("2026-01-07", 3, "a", from_customer=1)
        sums.hour("2026-01-07", 3, messages_from_customers=5)
    with summing(tmp_path) as sums:
        for day, hour in (("2026-01-04", 23), ("2026-01-12", 0)):
            sums.day(day, total_messages=7)
            sums.hour(day, hour, messages_from_customers=7)
            sums.chat(day, hour, "a", from_customer=1)
    told = look(tmp_path)
    assert told.total == NOTHING
    assert sum(cell.messages for day in told.week for cell in day) == 0


def test_shares_are_of_what_they_say() -> None:
    figures = Figures(
        conversations=10, bot_only=7, handed_over=2, from_people=3, from_rules=6, from_system=1, failed=2,
        delivered=9, read=6, decided=20, answered=15, unknown=4, triggered=8, trigger_failed=2, questions=12,
        rule_responses=5, person_responses=4, online=4, at_work=3,
    )  # fmt: skip
    assert figures.ours == 10
    assert figures.alone == Ratio(7, 10, 60.0)
    assert figures.delivery == Ratio(9, 12, 99.0)
    assert figures.seen == Ratio(6, 12)
    assert figures.answers == Ratio(15, 20)
    assert figures.strange == Ratio(4, 20)
    assert figures.success == Ratio(8, 10)
    assert figures.handing_over == Ratio(2, 10)
    assert figures.responded == Ratio(9, 12)
    assert figures.utilisation == Ratio(3, 4)


def test_times_are_averages_of_what_they_say() -> None:
    figures = Figures(
        rule_responses=3, rule_response_millis=3_000, person_responses=1, person_response_millis=61_000,
        first_responses_open=1, first_response_millis_open=1_000, first_responses_closed=1,
        first_response_millis_closed=3_000, first_person_responses=2, first_person_millis=5_000,
        resolved=2, resolution_millis=7_200_000, csat_answers=4, csat_total=18,
    )  # fmt: skip
    assert figures.response == Mean(4, 64_000)
    assert figures.response.seconds == 16
    assert figures.response_by_rules.seconds == 1
    assert figures.response_by_people.seconds == 61
    assert figures.first_response.seconds == 2
    assert (figures.first_response_open.seconds, figures.first_response_closed.seconds) == (1, 3)
    assert figures.first_person_response.seconds == 2.5
    assert figures.resolution.seconds == 3_600
    assert figures.csat == 4.5


@pytest.mark.parametrize(
    ("part", "whole", "reached"), [(60, 100, False), (61, 100, True), (59, 100, False), (0, 0, None), (1, 1, True)]
)
def test_a_goal_is_reached_by_more_than_it_says(part: int, whole: int, reached: bool | None) -> None:
    assert Ratio(part, whole, 60.0).reached is reached
    assert Ratio(part, whole).reached is None
