"""Apache Parquet: columns with their types, moments with the tenant's zone, compressed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO, Final

from wabot.analytics.export.rows import Rows
from wabot.analytics.export.tables import Kind

_ROWS: Final = 50_000
_BYTES: Final = 32_000_000
"""A group of rows is written when it has so many, or is so large."""


def write_parquet(rows: Rows, out: BinaryIO) -> None:
    """Write them all."""
    import pyarrow
    from pyarrow import parquet

    types = {
        Kind.text: pyarrow.string(),
        Kind.word: pyarrow.string(),
        Kind.number: pyarrow.int64(),
        Kind.local_hour: pyarrow.int64(),
        Kind.real: pyarrow.float64(),
        Kind.flag: pyarrow.bool_(),
        Kind.moment: pyarrow.timestamp("ms", tz=str(rows.clock.zone)),
        Kind.day: pyarrow.date32(),
        Kind.local_day: pyarrow.date32(),
        Kind.words: pyarrow.list_(pyarrow.string()),
    }
    kinds = [column.kind for column in rows.columns]
    schema = pyarrow.schema([(column.name, types[column.kind]) for column in rows.columns])
    held: list[Any] = []
    with parquet.ParquetWriter(pyarrow.PythonFile(out, "w"), schema, compression="zstd") as writer:
        for batch in rows.batches:
            columns = [
                pyarrow.array(_shown(cells, kind), types[kind]) for cells, kind in zip(batch, kinds, strict=True)
            ]
            held.append(pyarrow.record_batch(columns, schema=schema))
            if sum(len(one) for one in held) >= _ROWS or sum(one.nbytes for one in held) >= _BYTES:
                writer.write_table(pyarrow.Table.from_batches(held))
                held.clear()
        if held:
            writer.write_table(pyarrow.Table.from_batches(held))


def _shown(cells: Sequence[Any], kind: Kind) -> Sequence[Any]:
    if kind in (Kind.day, Kind.local_day):
        return [None if cell is None else date.fromisoformat(cell) for cell in cells]
    return cells
