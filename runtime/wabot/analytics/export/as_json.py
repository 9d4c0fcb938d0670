"""JSON: one document, a list of objects; or an object a line (JSONL, NDJSON)."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from wabot.analytics.export.rows import Rows
from wabot.analytics.export.tables import Kind


def write_json(rows: Rows, out: BinaryIO) -> None:
    """Write them all as one list."""
    before = "[\n"
    for lines in _lines(rows):
        out.write((before + ",\n".join(lines)).encode())
        before = ",\n"
    out.write(b"[]\n" if before == "[\n" else b"\n]\n")


def write_jsonl(rows: Rows, out: BinaryIO) -> None:
    """Write each as a line."""
    for lines in _lines(rows):
        out.write(("\n".join(lines) + "\n").encode())


def _lines(rows: Rows) -> Iterator[list[str]]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    names, kinds = rows.names, [column.kind for column in rows.columns]
    for batch in rows.batches:
        columns: list[Any] = [
            rows.clock.iso(cells) if kind is Kind.moment else cells for cells, kind in zip(batch, kinds, strict=True)
        ]
        yield [encode(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
