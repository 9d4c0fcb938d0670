"""Every row of the tables of figures, as it stands."""

from contextlib import closing
from pathlib import Path
from typing import Any

from tests.analytics.counted import TABLES
from wabot.store.sqlite.opening import open_for_reading


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """By table, in an order of their own."""
    with closing(open_for_reading(folder)) as connection:
        return {table: sorted(map(dict, connection.execute(f"SELECT * FROM {table}")), key=repr) for table in TABLES}
