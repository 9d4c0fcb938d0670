"""The aggregates, held against a slow and obvious computation of every figure."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from bench.make_history import fill
from hypothesis import given

from tests.analytics.comparing import differences
from tests.analytics.counted import tables
from tests.analytics.histories import STEPS, TENANT, History, Step
from tests.examples import examples
from wabot.store.sqlite import open_store
from wabot.store.sqlite.aggregating import count_all

ZONES: Final = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/St_Johns")
JAKARTA: Final = ZoneInfo("Asia/Jakarta")
SOME: Final = 3


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_made_up_shops_figures_are_those_of_the_oracle(tmp_path: Path, seed: int, zone: str) -> None:
    shop = fill(tmp_path / TENANT, 2_000, 60, seed, date(2026, 4, 20))
    assert differences(tmp_path / TENANT, TENANT, ZoneInfo(zone), shop.end) == []


def test_the_figures_of_a_longer_and_busier_time_are_those_of_the_oracle(tmp_path: Path) -> None:
    shop = fill(tmp_path / TENANT, 6_000, 12, 4, date(2026, 3, 24))
    assert differences(tmp_path / TENANT, TENANT, JAKARTA, shop.end) == []


def test_what_was_settled_stays_so_when_its_customer_turns_out_to_be_one_who_is_known(tmp_path: Path) -> None:
    history = History(tmp_path / TENANT)
    for what, chat, after in (
        *(("asks", 2, 0), ("becomes", 2, 60_000)),  # under their LID, and settled
        *(("asks", 0, 60_000), ("becomes", 0, 60_000), ("asks", 0, 60_000)),  # under their number, and asked once more
        ("merges", 0, 60_000),
    ):
        history.play(Step(what, chat, after, 0))
    history.close()
    count_all(history.folder, TENANT, JAKARTA, history.now)
    (day,) = (row for row in tables(history.folder)["chat_analytics"] if row["hour"] is None)
    assert (day["resolved_conversations"], day["new_conversations"], day["new_customers"]) == (2, 3, 1)
    assert differences(history.folder, TENANT, JAKARTA, history.now) == []


def test_what_became_of_a_chat_of_which_nothing_else_is_left_counts_in_the_one_that_it_joins(tmp_path: Path) -> None:
    history = History(tmp_path / TENANT)
    for what, chat, after, roll in (
        *(("asks", 1, 0, 0), ("becomes", 2, 60_000, 2), ("survey", 2, 60_000, 1)),  # the second: closed, and judged
        *(("counts", 0, 0, 0), ("merges", 0, 60_000, 1)),
    ):
        if what == "counts":
            count_all(history.folder, TENANT, JAKARTA, history.now)
        history.play(Step(what, chat, after, roll))
    history.close()
    assert differences(history.folder, TENANT, JAKARTA, history.now) == []
    (day,) = (row for row in tables(history.folder)["chat_analytics"] if row["hour"] is None)
    assert (day["resolved_conversations"], day["csat_answers"]) == (1, 1)


def test_a_decision_whose_row_is_gone_counts_no_more(tmp_path: Path) -> None:
    history = History(tmp_path / TENANT)
    history.play(Step("asks", 0, 0, 0))
    count_all(history.folder, TENANT, JAKARTA, history.now)
    history.play(Step("deletes", 0, 60_000, 0))  # only the decision
    history.close()
    assert differences(history.folder, TENANT, JAKARTA, history.now) == []


@given(STEPS)
@examples(120, deadline=None)
def test_any_history_counted_at_any_times_has_the_figures_of_the_oracle(steps: list[Step]) -> None:
    zone = ZoneInfo(ZONES[len(steps) % len(ZONES)])
    with TemporaryDirectory() as place:
        history = History(Path(place) / TENANT)
        try:
            for step in steps:
                if step.what == "counts":
                    history.now += step.after
                    count_all(history.folder, TENANT, zone, history.now)
                else:
                    history.play(step)
            assert differences(history.folder, TENANT, zone, history.now) == []
            kept = tables(history.folder)
            assert differences(history.folder, TENANT, zone, history.now, anew=True) == []
            assert tables(history.folder) == kept
        finally:
            history.close()


@given(STEPS, STEPS)
@examples(60, deadline=None)
def test_days_that_are_closed_keep_their_figures_whatever_is_deleted_and_comes_later(
    before: list[Step], after: list[Step]
) -> None:
    with TemporaryDirectory() as place:
        history = History(Path(place) / TENANT)
        try:
            for step in before:
                history.play(step)
            count_all(history.folder, TENANT, JAKARTA, history.now)
            counted, edge = tables(history.folder), history.now - 86_400_000
            asyncio.run(_clean_up(history.folder, edge, history.now))
            closed = datetime.fromtimestamp(edge / 1000, JAKARTA).date().isoformat()
            assert _closed(tables(history.folder), closed) == _closed(counted, closed)
            for step in after:
                history.play(step)
                if step.roll % 4 == 0:
                    count_all(history.folder, TENANT, JAKARTA, history.now)
            count_all(history.folder, TENANT, JAKARTA, history.now)
            kept = tables(history.folder)
            assert _closed(kept, closed) == _closed(counted, closed)
            count_all(history.folder, TENANT, JAKARTA, history.now, anew=True)
            assert tables(history.folder) == kept
        finally:
            history.close()


async def _clean_up(folder: Path, before: int, now: int) -> None:
    store = open_store(folder, TENANT)
    await store.upkeep.clean_up(before, now, JAKARTA)
    await store.close()


def _closed(found: Mapping[str, list[dict[str, Any]]], last: str) -> list[dict[str, Any]]:
    sums = (row for table in ("chat_analytics", "rule_analytics", "operator_analytics") for row in found[table])
    return [row for row in sums if row["date"] <= last]
