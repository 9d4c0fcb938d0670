"""docs/analytics.md defines every figure in SQL on what is stored, and comes to the sums that wabot keeps."""

import asyncio
import re
import subprocess
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.make_history import fill
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.anything import store_anything
from tests.analytics.counted import JAKARTA, counted
from tests.analytics.lived import live
from tests.blank import lay
from tests.docs.figures import DEFINITIONS, PAGE, SELECTS, Span, columns_of, differences, stored
from tests.examples import examples
from tests.programs import needs
from wabot.cli.analytics import overview_page

TABLES = ("chat_analytics", "rule_analytics", "operator_analytics")


async def test_the_sql_of_the_page_comes_to_the_sums_of_a_shop_that_was_lived(tmp_path: Path) -> None:
    end = await live(tmp_path)
    counted(tmp_path / "data", end)
    with stored(tmp_path / "data", JAKARTA) as shop:
        days = shop.days()
        assert len(days) > 3
        whole = Span(days[0], days[-1])
        wrong = [differences(shop, span) for span in (whole, *(Span(day, day) for day in days), *shop.hours())]
        assert [line for lines in wrong for line in lines] == []
        zero = [
            name
            for columns in ([], ["rule_id"], ["operator"])
            for name in shop.by_sums(columns, whole)[0]
            if not any(row[name] for row in shop.by_sums(columns, whole))
        ]
        assert set(zero) - {"tenant_id", "date", "hour"} == {"messages_system"}, "which nothing writes today"


@given(seed=st.integers(0, 2**32))
@examples(60)
def test_whatever_is_stored_the_page_and_the_sums_agree(seed: int) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        counted(folder, store_anything(folder, seed))
        with stored(folder, JAKARTA) as shop:
            days = shop.days()
            spans = [Span(days[0], days[-1]), *(Span(day, day) for day in days)] if days else []
            assert [line for span in spans for line in differences(shop, span)] == []


def test_the_sql_of_the_page_comes_to_the_sums_of_a_made_up_year(tmp_path: Path) -> None:
    year = fill(tmp_path / "warung", 6_000, until=date(2026, 6, 30))
    counted(tmp_path / "warung", year.end)
    with stored(tmp_path / "warung", JAKARTA) as shop:
        days = shop.days()
        assert len(days) > 300
        spans = [Span(days[0], days[-1]), *(Span(day, day) for day in days[::30]), *shop.hours()[::500]]
        assert [line for span in spans for line in differences(shop, span)] == []


def test_every_sum_that_is_kept_is_defined_on_the_page(tmp_path: Path) -> None:
    with stored(lay(tmp_path), JAKARTA) as shop:
        defined = [name for select in SELECTS for name in columns_of(shop.connection, select)]
        for table in TABLES:
            names = [row["name"] for row in shop.rows(f"PRAGMA table_xinfo({table})")]
            assert set(names) - {"tenant_id", *defined} == set(), table


def test_the_tables_of_the_page_name_every_column_of_chat_analytics(tmp_path: Path) -> None:
    section = PAGE.read_text("utf-8").partition("### chat_analytics")[2]
    with stored(lay(tmp_path), JAKARTA) as shop:
        names = {row["name"] for row in shop.rows("PRAGMA table_xinfo(chat_analytics)")}
    assert names - set(re.findall(r"`(\w+)`", section)) == set()


def test_every_figure_of_the_overview_is_on_the_page_by_its_name() -> None:
    source = Path(overview_page.__file__).read_text("utf-8")
    names = re.findall(r'Fact\(\s*"([^"]+)"', source)
    assert len(names) > 12
    section = PAGE.read_text("utf-8").partition("## What the overview calls them")[2].partition("\n## ")[0]
    told = re.split(r"[;,] (?=a |the )", "; ".join(re.findall(r"^\| ([^`|]+) \|", section, re.MULTILINE)))
    listed = {name for line in told for name in line.split("; ")}
    assert set(names) - listed == set()


@needs("sqlite3")
def test_the_page_can_be_pasted_into_sqlite3(tmp_path: Path) -> None:
    counted(tmp_path / "data", asyncio.run(live(tmp_path)))
    settings = re.findall(r"^sqlite> (\..*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(settings) == 4
    pasted = "\n".join([*settings, *DEFINITIONS, *SELECTS])
    shell = ["sqlite3", "-readonly", "-bail", str(tmp_path / "data" / "wabot.db")]
    told = subprocess.run(shell, input=pasted, capture_output=True, text=True, check=True, timeout=60)
    assert told.stderr == ""
    with stored(tmp_path / "data", JAKARTA) as shop:
        (sums,) = shop.by_sums([], Span(date(2026, 1, 1), date(2026, 1, 31)))
    assert sums["total_messages"] > 0
    for figure in ("total_messages", "new_conversations", "questions", "auto_reply_triggered"):
        assert f" {figure} = {sums[figure]}\n" in told.stdout
