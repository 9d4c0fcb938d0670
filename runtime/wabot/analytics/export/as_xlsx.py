"""A workbook of Excel. A sheet holds 1,048,576 rows; what is beyond goes on in further sheets, each with the names
in its first row. Texts are cells of text, never formulas, and days are dates."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from wabot.analytics.export.as_csv import COMMANDS
from wabot.analytics.export.rows import Rows
from wabot.analytics.export.tables import Kind

LONGEST: Final = 32_767
"""Characters of a cell, as UTF-16 counts them; the rest of a text is cut off."""
SHEET: Final = 1_048_576
"""Rows of a sheet, that of the names among them."""
_WIDTHS: Final = {Kind.text: 24, Kind.word: 20, Kind.words: 24, Kind.moment: 30, Kind.day: 12, Kind.local_day: 12}


def write_xlsx(rows: Rows, path: Path, most: int = SHEET) -> list[str]:
    """Write them all to the new file at `path`; says how many texts were cut, if any were. `most` are the rows of a
    sheet.

    Raises:
        OSError: the disk is full.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # Each sheet is a file until the end: it lies where the workbook will, which has room for it and the same owner.
    scratch = path.with_name(f"{path.name}.sheets")
    scratch.mkdir(mode=0o700)
    book = Workbook(path, {"constant_memory": True, "tmpdir": str(scratch), "use_zip64": True})
    try:
        filling = _Book(book, rows, most)
        for batch in rows.batches:
            filling.add(batch)
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error
    finally:
        for sheet in book.worksheets():
            with suppress(OSError):
                sheet._opt_close()
        rmtree(scratch, ignore_errors=True)
    return filling.remarks()


class _Book:
    def __init__(self, book: Any, rows: Rows, most: int) -> None:
        self._book, self._rows, self._most = book, rows, most
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        # What somebody edits stays text: Excel's own apostrophe, which is no part of the text.
        self._defused = book.add_format({"quote_prefix": True})
        self._sheets = self._cut = 0
        self._begin()

    def add(self, batch: Sequence[Sequence[Any]]) -> None:
        for row in zip(*self._shown(batch), strict=True):
            if self._next == self._most:
                self._begin()
            for place, (cell, write) in enumerate(zip(row, self._writers, strict=True)):
                if cell is not None and cell != "":
                    write(self._next, place, cell)
            self._next += 1

    def remarks(self) -> list[str]:
        said = [f"it has {self._sheets} sheets: one holds {self._most:,} rows"] if self._sheets > 1 else []
        if self._cut:
            said.append(f"{self._cut:,} texts were cut after {LONGEST:,} characters, the longest that Excel takes")
        return said

    def _begin(self) -> None:
        self._sheets += 1
        name = self._rows.table.name
        self._sheet = self._book.add_worksheet(name if self._sheets == 1 else f"{name} {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._rows.columns):
            self._sheet.set_column(place, place, _WIDTHS.get(column.kind, 14))
        for place, column in enumerate(self._rows.columns):
            self._sheet.write_string(0, place, column.name, self._bold)
        self._next = 1
        self._writers = [self._writer(column.kind) for column in self._rows.columns]

    def _shown(self, batch: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for cells, column in zip(batch, self._rows.columns, strict=True):
            match column.kind:
                case Kind.moment:
                    yield self._rows.clock.iso(cells)
                case Kind.words:
                    yield [", ".join(cell) for cell in cells]
                case Kind.day | Kind.local_day:
                    yield [None if cell is None else date.fromisoformat(cell) for cell in cells]
                case _:
                    yield cells

    def _writer(self, kind: Kind) -> Callable[[int, int, Any], object]:
        sheet = self._sheet
        match kind:
            case Kind.number | Kind.real | Kind.local_hour:
                return lambda row, place, cell: sheet.write_number(row, place, cell)
            case Kind.flag:
                return lambda row, place, cell: sheet.write_boolean(row, place, cell)
            case Kind.day | Kind.local_day:
                return lambda row, place, cell: sheet.write_datetime(row, place, cell, self._day)
            case Kind.moment:
                return lambda row, place, cell: sheet.write_string(row, place, cell)
            case _:
                return self._text

    def _text(self, row: int, place: int, cell: str) -> None:
        defused = self._defused if cell[0] in COMMANDS else None
        if self._sheet.write_string(row, place, cell, defused) == -2:
            self._cut += 1
