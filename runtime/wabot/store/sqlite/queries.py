"""The statements of queries.sql, by name."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType


@cache
def queries() -> Mapping[str, str]:
    """Name → SQL, without its comments."""
    text = (Path(__file__).parent / "queries.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return MappingProxyType({name: _statement(body) for name, body in found.items()})


def _statement(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip().rstrip(";")
