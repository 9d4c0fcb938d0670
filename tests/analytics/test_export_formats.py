"""What is written in each format, read back by other programs than those that wrote it."""

import json
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tests.analytics.exported import JAKARTA, NAME, NOW, PHONE, TENANT, TEXTS, read, rows, shop, table, written
from wabot.analytics.export.as_csv import COMMANDS
from wabot.analytics.export.as_xlsx import LONGEST, write_xlsx
from wabot.analytics.export.formats import FORMATS
from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.tables import TABLES
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.reading import asking

NAMES = [one.name for one in FORMATS]
LOSSLESS = ["json", "jsonl", "parquet", "sqlite", "xlsx"]
MORNING = "2026-01-28T10:00:00.000+07:00"


@pytest.mark.parametrize("format", LOSSLESS)
def test_what_customers_wrote_comes_back_as_it_was_whatever_the_script(tmp_path: Path, format: str) -> None:
    found = read(written(shop(tmp_path / "data", *TEXTS), tmp_path / "out", format), format)
    assert [row["content"] or "" for row in found] == list(TEXTS)


def test_csv_puts_an_apostrophe_before_what_a_spreadsheet_would_run_and_leaves_the_rest_as_it_is(
    tmp_path: Path,
) -> None:
    texts = [text for text in TEXTS if "\0" not in text]
    found = read(written(shop(tmp_path / "data", *texts), tmp_path / "out", "csv"), "csv")
    assert [row["content"] for row in found] == [f"'{text}" if text and text[0] in COMMANDS else text for text in texts]


def test_a_workbook_holds_no_formula_and_marks_what_looks_like_one_as_text(tmp_path: Path) -> None:
    path = written(shop(tmp_path / "data", "=1+1", "+1", "-1", "@a", "\ta", "biasa"), tmp_path / "out.xlsx", "xlsx")
    with zipfile.ZipFile(path) as book:
        inside = b"".join(book.read(name) for name in book.namelist())
    assert b"<f>" not in inside
    cells = {
        cell.value: cell
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)
        for cell in row
        if isinstance(cell.value, str)
    }
    for text in ("=1+1", "+1", "-1", "@a", "\ta"):
        assert cells[text].data_type in ("s", "inlineStr")
        assert cells[text].quotePrefix
    assert not cells["biasa"].quotePrefix


@pytest.mark.parametrize("format", NAMES)
def test_a_row_says_who_wrote_what_and_when_on_the_shops_clock(tmp_path: Path, format: str) -> None:
    (row,) = read(written(shop(tmp_path / "data", "jam buka?"), tmp_path / "out", format), format)
    assert (row["id"], row["customer_phone"], row["customer_name"]) == ("m000", PHONE, NAME)
    assert (row["sender_type"], row["content"], row["status"]) == ("customer", "jam buka?", "received")
    assert row["read_at"] in (None, "")
    if format == "parquet":
        assert row["at"] == datetime(2026, 1, 28, 10, tzinfo=JAKARTA)
        assert row["at"].tzinfo == ZoneInfo("Asia/Jakarta") or str(row["at"].tzinfo) == "Asia/Jakarta"
        assert (row["date"], row["hour"], row["is_imported"]) == (date(2026, 1, 28), 10, False)
    elif format == "xlsx":
        assert (row["at"], row["date"].date(), row["hour"]) == (MORNING, date(2026, 1, 28), 10)
        assert row["is_imported"] is False
    else:
        hour = "10" if format == "csv" else 10
        assert (row["at"], row["date"], row["hour"]) == (MORNING, "2026-01-28", hour)
        assert row["is_imported"] == {"csv": "false", "sqlite": 0}.get(format, False)


@pytest.mark.parametrize("format", NAMES)
def test_a_table_without_rows_is_a_sound_file_with_its_columns(tmp_path: Path, format: str) -> None:
    path = written(shop(tmp_path / "data"), tmp_path / "out", format)
    assert read(path, format) == []
    if format not in ("json", "jsonl"):
        assert b"content" in path.read_bytes() or format == "xlsx"


@pytest.mark.parametrize("format", NAMES)
def test_more_rows_than_a_batch_come_in_their_order_and_each_once(tmp_path: Path, format: str) -> None:
    texts = [f"pesan {number}" for number in range(2_345)]
    found = read(written(shop(tmp_path / "data", *texts), tmp_path / "out", format), format)
    assert [row["content"] for row in found] == texts


@pytest.mark.parametrize("name", [one.name for one in TABLES])
@pytest.mark.parametrize("anonymous", [False, True])
def test_the_statement_of_a_table_selects_the_columns_that_are_written(
    tmp_path: Path, name: str, anonymous: bool
) -> None:
    with asking(shop(tmp_path / "data", "halo"), TENANT) as ask:
        cursor = ask(table(name).statement, since=0, until=0, first="", last="")
        assert [column[0] for column in cursor.description] == [column.name for column in table(name).columns]


def test_a_workbook_goes_on_in_another_sheet_where_one_is_full_and_says_so(tmp_path: Path) -> None:
    texts = [f"pesan {number}" for number in range(25)]
    with asking(shop(tmp_path / "data", *texts), TENANT) as ask:
        remarks = write_xlsx(rows(ask), tmp_path / "out.xlsx", most=11)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["messages", "messages 2", "messages 3"]
    assert [sheet.max_row for sheet in book.worksheets] == [11, 11, 6]
    assert [row["content"] for row in read(tmp_path / "out.xlsx", "xlsx")] == texts
    assert remarks == ["it has 3 sheets: one holds 11 rows"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", "out.xlsx"]


def test_a_text_longer_than_a_cell_of_excel_is_cut_and_that_is_said(tmp_path: Path) -> None:
    with asking(shop(tmp_path / "data", "😀" * LONGEST, "pendek"), TENANT) as ask:
        remarks = write_xlsx(rows(ask), tmp_path / "out.xlsx")
    long, short = (row["content"] for row in read(tmp_path / "out.xlsx", "xlsx"))
    assert (long, short) == ("😀" * (LONGEST // 2), "pendek")
    assert remarks == ["1 texts were cut after 32,767 characters, the longest that Excel takes"]


def test_tags_are_a_list_where_the_format_has_lists_and_words_with_commas_elsewhere(tmp_path: Path) -> None:
    folder = shop(tmp_path / "data")
    with closing(open_file(folder)) as connection:
        connection.execute("UPDATE contacts SET tags = ?", (json.dumps(["vip", "grosir 🛒"]),))
    found = {
        format: read(written(folder, tmp_path / format, format, "contacts"), format)[0]["tags"] for format in NAMES
    }
    listed = ["vip", "grosir 🛒"]
    assert found == {
        "csv": "vip, grosir 🛒", "xlsx": "vip, grosir 🛒", "json": listed, "jsonl": listed, "parquet": listed,
        "sqlite": json.dumps(listed, ensure_ascii=False),
    }  # fmt: skip


def test_moments_are_those_of_the_clock_before_and_after_it_is_set_and_of_odd_zones() -> None:
    for name in ("Asia/Jakarta", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia", "UTC"):
        zone = ZoneInfo(name)
        for begin in (0, 50_000_000_000, NOW, 1_774_745_000_000, 1_792_889_000_000):
            moments = [begin + number * 433_457 for number in range(400)]
            exact = [datetime.fromtimestamp(at // 1000, zone).replace(microsecond=at % 1000 * 1000) for at in moments]
            clock = LocalClock(zone)
            assert clock.iso(moments) == [one.isoformat(timespec="milliseconds") for one in exact]
            assert clock.days(moments) == [one.date().isoformat() for one in exact]
            assert clock.hours(moments) == [one.hour for one in exact]


def test_a_moment_that_no_calendar_has_is_left_empty() -> None:
    clock = LocalClock(JAKARTA)
    assert clock.iso([None, 2**62, -(2**62), NOW]) == [None, None, None, MORNING]
    assert clock.days([2**62]) == [None]
    assert clock.hours([2**62]) == [None]
