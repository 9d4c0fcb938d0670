"""The formats that a table can be exported in: one list, one file a format."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

from wabot.analytics.export.as_csv import write_csv
from wabot.analytics.export.as_json import write_json, write_jsonl
from wabot.analytics.export.as_parquet import write_parquet
from wabot.analytics.export.as_sqlite import write_sqlite
from wabot.analytics.export.as_xlsx import write_xlsx
from wabot.analytics.export.rows import Rows
from wabot.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Format:
    """`stream` writes a row after the other to anything that takes bytes; where there is none, `file` writes to a new
    file, and says what its reader should know. `needs` are packages of the extra `wabot[export]`."""

    name: str
    endings: tuple[str, ...]
    stream: Callable[[Rows, BinaryIO], None] | None = None
    file: Callable[[Rows, Path], list[str]] | None = None
    is_text: bool = True
    needs: tuple[str, ...] = ()

    def check_installed(self) -> None:
        """
        Raises:
            UsageError: a package that it needs is missing.
        """
        for package in self.needs:
            if find_spec(package) is None:
                raise UsageError(
                    f"{self.name} needs the extra: pip install 'wabot[export]' ({package} is missing); csv, json, "
                    "jsonl and sqlite need nothing"
                )

    def write(self, rows: Rows, path: Path) -> list[str]:
        """Write the rows to the file at `path`, which is new and empty; returns what whoever reads it should know.

        Raises:
            OSError: the disk is full.
        """
        if self.stream is None:
            assert self.file is not None, "a format has one of the two"
            return self.file(rows, path)
        with path.open("wb") as out:
            self.stream(rows, out)
        return []


FORMATS: Final = (
    Format("csv", (".csv",), stream=write_csv),
    Format("json", (".json",), stream=write_json),
    Format("jsonl", (".jsonl", ".ndjson"), stream=write_jsonl),
    Format("xlsx", (".xlsx",), file=write_xlsx, is_text=False, needs=("xlsxwriter",)),
    Format("parquet", (".parquet",), stream=write_parquet, is_text=False, needs=("pyarrow",)),
    Format("sqlite", (".sqlite", ".sqlite3", ".db"), file=write_sqlite, is_text=False),
)
