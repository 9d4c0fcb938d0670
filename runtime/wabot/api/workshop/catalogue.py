"""What a tenant's files say, as the API tells it: rules in the order in which they are asked, and quick replies."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from wabot.api.workshop import rules
from wabot.api.workshop.lines import lines_of, written
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
    about = _About(loaded)
    told = []
    for rule in rule_set.rules:
        document, at = places[rule.location]
        told.append({**rules.to_wire(document.entries[at], timezone), **about.entry(document, "rules", at)})
    return {
        "revision": rule_set.revision,
        "managed": newest.tenant.managed,
        "rules": told,
        "quickReplies": [
            {**quick_reply(entry), **about.entry(document, "quick_replies", at)}
            for document, at, entry in _entries(loaded, "quick_replies")
        ],
        "findings": [as_data(item, current.folder.folder) for item in current.findings[:_SHOWN] if current.folder],
    }


def _entries(loaded: Loaded, key: str) -> Iterator[tuple[Document, int, Mapping[str, Any]]]:
    for document in loaded.documents:
        if isinstance(document.data, dict) and key in document.data:
            for at, entry in enumerate(document.entries):
                if entry is not None:
                    yield document, at, entry


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


class _About:
    """What is to be said of entries beside what they say: where they stand, and how."""

    def __init__(self, loaded: Loaded) -> None:
        self._folder = loaded.folder
        self._managed = {loaded.folder / name for name in (RULES, QUICK_REPLIES[1])}
        self._lines: dict[Path, list[str]] = {}

    def entry(self, document: Document, key: str, at: int) -> dict[str, Any]:
        path = document.path
        if path not in self._lines:
            self._lines[path] = lines_of(document.text)
        line = document.locate((key, at, "id" if key == "rules" else "shortcut")).line
        return {
            "source": f"{shown(path, self._folder)}:{line}",
            "managed": path in self._managed,
            "changedAt": _changed(path),
            "yaml": written(document, self._lines[path], key, at),
        }


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError:  # gone this moment
        return None
