"""Figures are counted before they are told: for many at once, as far as anybody waits, and as far as can be written."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.api.test_analytics import HOME, MINUTE, TODAY, Morning, morning
from tests.session.stage import ANI
from wabot.analytics.overview import read_days
from wabot.analytics.period import Period
from wabot.api.figures import Figures
from wabot.store.sqlite import opening
from wabot.store.sqlite.queries import Ask

AT_TEN = "2026-01-28T03:00:00.000Z"
ENDPOINTS = ("dashboard", "conversations", "auto-replies", "cs-performance")


def today(shop: Morning) -> Period:
    day = date.fromisoformat(TODAY["dateFrom"])
    return Period(day, day, shop.shop.session.live.rule_set().tenant.timezone)


def messages(ask: Ask, period: Period) -> int:
    return sum(day.messages for day in read_days(ask, period).values())


async def test_figures_say_as_of_when_they_are(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        for endpoint in ENDPOINTS:
            assert (await shop.front.get(f"/api/analytics/{endpoint}", **TODAY))["asOf"] == AT_TEN


async def test_what_many_ask_for_at_once_is_read_once(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        read = []

        def count(ask: Ask, period: Period) -> int:
            read.append(1)
            return messages(ask, period)

        figures = Figures(shop.api.house)
        told = await asyncio.gather(*(figures.get("warung", today(shop), count) for _ in range(20)))
        assert ({one.figures for one in told}, len(read)) == ({6}, 1)


async def test_whoever_has_the_figures_is_told_so_when_they_were_counted_anew_and_are_the_same(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        for endpoint in ENDPOINTS:
            known = await shop.front.ask("GET", f"/api/analytics/{endpoint}", params=TODAY)
            tag = {"if-none-match": known.headers["etag"]}
            shop.shop.later(2 * MINUTE)
            again = await shop.front.ask("GET", f"/api/analytics/{endpoint}", params=TODAY)
            assert again.json()["asOf"] > known.json()["asOf"]
            asked = await shop.front.ask("GET", f"/api/analytics/{endpoint}", params=TODAY, headers=tag)
            if endpoint != "cs-performance":  # Sari is there for two minutes more
                assert (asked.status_code, asked.content) == (304, b"")
        shop.shop.later(2 * MINUTE)
        await shop.shop.say("jam buka?", ANI)
        changed = await shop.front.ask("GET", "/api/analytics/cs-performance", params=TODAY, headers=tag)
        assert changed.status_code == 200


async def test_a_store_that_cannot_be_written_is_read_as_it_was_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with morning(tmp_path) as shop:
        before = await shop.front.get("/api/analytics/dashboard", **TODAY)
        await shop.shop.say("jam buka?", ANI)
        shop.shop.later(2 * MINUTE)
        monkeypatch.setattr(opening, "BUSY", 20)
        with closing(sqlite3.connect(tmp_path / HOME / "wabot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await shop.front.get("/api/analytics/dashboard", **TODAY) == before
        shop.shop.later(MINUTE)
        after = await shop.front.get("/api/analytics/dashboard", **TODAY)
        assert after["overview"]["totalMessages"] == before["overview"]["totalMessages"] + 2
        assert after["asOf"] > before["asOf"]


async def test_nobody_waits_for_ever_and_what_is_not_counted_is_counted_for_whoever_asks_next(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        figures = Figures(shop.api.house, patience=0)
        told = [await figures.get("warung", today(shop), messages)]
        while told[-1].as_of is None and len(told) < 20:
            told.append(await figures.get("warung", today(shop), messages))
        assert (told[0].figures, told[-1].figures) == (0, 6)
