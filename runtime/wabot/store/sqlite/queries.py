"""The statements of the .sql files beside this, by name."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wabot.store.sqlite.contact_statements import contact_statements
from wabot.store.sqlite.list_statements import list_statements

Ask = Callable[..., sqlite3.Cursor]
"""Runs a named statement with its parameters."""
_TENANTS: Final = Path(__file__).parent
NODE_STATEMENTS: Final = _TENANTS / "node"
"""Where the statements on what belongs to no tenant lie."""


def asker(connection: sqlite3.Connection, tenant: str) -> Ask:
    """Runs named statements for one tenant, and for no other."""

    def ask(statement: str, /, **values: Any) -> sqlite3.Cursor:
        return connection.execute(queries()[statement], {**values, "tenant": tenant})

    return ask


def node_asker(connection: sqlite3.Connection) -> Ask:
    """Runs the named statements on accounts in the node's file; a caller names the tenant where one is meant."""
    statements = queries(NODE_STATEMENTS)

    def ask(statement: str, /, **values: Any) -> sqlite3.Cursor:
        return connection.execute(statements[statement], values)

    return ask


@cache
def queries(folder: Path = _TENANTS) -> Mapping[str, str]:
    """Name → SQL, without its comments, and with what is `shared` in place of its name in braces."""
    text = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.sql")))
    parts = re.split(r"^-- (name|shared): (\w+)\n", text, flags=re.MULTILINE)
    found: dict[str, dict[str, str]] = {"name": {}, "shared": {}}
    for kind, name, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        found[kind][name] = _statement(body)
    written = {name: _whole(body, found["shared"]) for name, body in found["name"].items()}
    return MappingProxyType({**written, **(_patterns() if folder == _TENANTS else {})})


def _patterns() -> dict[str, str]:
    return {**dict(list_statements()), **dict(contact_statements())}


def _whole(body: str, shared: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda named: _whole(shared[named[1]], shared), body)


def _statement(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip().rstrip(";")
