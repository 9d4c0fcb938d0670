"""What a tenant's files say, as the API tells it: rules in the order in which they are asked, and quick replies."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from wabot.api.workshop import rules
from wabot.api.workshop.listing import written
from wabot.api.workshop.shelf import Current, as_data, shown
from wabot.language.document import Document
from wabot.language.own_files import QUICK_REPLIES, RULES
from wabot.language.tenant import Loaded

_SHOWN: Final = 20
"""Findings that are told at most."""


def catalogue(current: Current) -> dict[str, Any]:
    """Everything at once. `managed`: the files allow the API to write; `findings`: why what lies on disk does not
    answer."""
    loaded, rule_set = current.loaded, current.rule_set
    timezone = str(rule_set.tenant.timezone)
    places = {document.locate(("rules", at, "id")): (document, at) for document, at, _ in _entries(loaded, "rules")}
    newest = rule_set if current.folder is None or current.folder.readable is None else current.folder.readable
    told = []
    for rule in rule_set.rules:
        document, at = places[rule.location]
        about = _about(loaded, document, "rules", at, RULES)
        told.append({**rules.to_wire(document.entries[at], timezone), **about})
    return {
        "revision": rule_set.revision,
        "managed": newest.tenant.managed,
        "rules": told,
        "quickReplies": [_quick_reply(loaded, *found) for found in _entries(loaded, "quick_replies")],
        "findings": [as_data(item, current.folder.folder) for item in current.findings[:_SHOWN] if current.folder],
    }


def _entries(loaded: Loaded, key: str) -> Iterator[tuple[Document, int, Mapping[str, Any]]]:
    for document in loaded.documents:
        if isinstance(document.data, dict) and key in document.data:
            for at, entry in enumerate(document.entries):
                if entry is not None:
                    yield document, at, entry


def _quick_reply(loaded: Loaded, document: Document, at: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**quick_reply(entry), **_about(loaded, document, "quick_replies", at, QUICK_REPLIES[1])}


def quick_reply(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A quick reply as it is told. Its id is its shortcut without the slash."""
    operators = list(entry.get("operators", ()))
    return {
        "id": entry["shortcut"].removeprefix("/"),
        "shortcut": entry["shortcut"],
        "title": entry["title"],
        "message": entry["message"],
        "category": entry.get("category", ""),
        "tags": list(entry.get("tags", ())),
        "isGlobal": not operators,
        "operators": operators,
    }


def _about(loaded: Loaded, document: Document, key: str, at: int, managed: str) -> dict[str, Any]:
    line = document.locate((key, at, "id" if key == "rules" else "shortcut")).line
    return {
        "source": f"{shown(document.path, loaded.folder)}:{line}",
        "managed": document.path == loaded.folder / managed,
        "changedAt": _changed(document.path),
        "yaml": written(document, key, at),
    }


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError:  # gone this moment
        return None
