"""CSV as RFC 4180 has it: UTF-8, commas, lines that end with CR LF, a line of names first."""

import csv
import re
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

from wabot.analytics.export.moments import LocalClock
from wabot.analytics.export.rows import Rows
from wabot.analytics.export.tables import Kind

COMMANDS: Final = "=+-@\t\r\n＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula."""
_ANY: Final = re.compile(f"\0[{re.escape(COMMANDS)}]")


def write_csv(rows: Rows, out: BinaryIO) -> None:
    """Write them all."""
    text = TextIOWrapper(out, "utf-8", newline="", write_through=False)
    try:
        # With lines that end otherwise it would not quote a text that holds the other of the two characters.
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(rows.names)
        kinds = [column.kind for column in rows.columns]
        for batch in rows.batches:
            columns = [_shown(cells, kind, rows.clock) for cells, kind in zip(batch, kinds, strict=True)]
            writer.writerows(zip(*columns, strict=True))
        text.flush()
    finally:
        text.detach()


def _shown(cells: Sequence[Any], kind: Kind, clock: LocalClock) -> Sequence[Any]:
    match kind:
        case Kind.moment:
            return clock.iso(cells)
        case Kind.flag:
            return [None if cell is None else "true" if cell else "false" for cell in cells]
        case Kind.words:
            return defused([", ".join(cell) for cell in cells])
        case Kind.text | Kind.word:
            return defused(cells)
        case _:
            return cells


def defused(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The texts, those that a spreadsheet would take for a formula behind an apostrophe."""
    if not any(cells):
        return cells
    # Nearly none is one: they are looked at together.
    together = "\0".join([cell or "" for cell in cells])
    if together[:1] not in COMMANDS and not _ANY.search(together):
        return cells
    return [f"'{cell}" if cell and cell[0] in COMMANDS else cell for cell in cells]
