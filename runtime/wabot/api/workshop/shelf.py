"""Tenants' rules, read when they are asked for and kept while their files stay as they are."""

from collections import OrderedDict
from pathlib import Path
from typing import Final, NamedTuple

from wabot.api.problems import Problem
from wabot.engine.load import load_tenant
from wabot.language.content import Contents
from wabot.language.diagnostic import Diagnostic
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded

_KEPT: Final = 32
"""Tenants whose rules stay in memory."""
_NO_RULES: Final = "WB014"


class Place(NamedTuple):
    """Where a tenant's files are: its folder (None: gone), and the copy of the rules that its session had last."""

    folder: Path | None
    copy: Path


class Current(NamedTuple):
    """The rules that answer: those in the folder, which a session takes as soon as they are sound; while they are not,
    those that it had before. `findings` are the errors that keep the folder's from answering; `folder` is what was
    read of it."""

    loaded: Loaded
    rule_set: RuleSet
    findings: tuple[Diagnostic, ...]
    folder: Loaded | None


class Shelf:
    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[str, Loaded]] = OrderedDict()

    def current(self, place: Place) -> Current:
        """
        Raises:
            Problem: 409, neither has sound rules.
        """
        folder = self._read(place.folder) if place.folder is not None and place.folder.is_dir() else None
        wrong = () if folder is None else _wrong(folder)
        if folder is not None and folder.rule_set is not None and not wrong:
            return Current(folder, folder.rule_set, (), folder)
        copy = self._read(place.copy) if place.copy.is_dir() else None
        if copy is not None and copy.rule_set is not None:
            return Current(copy, copy.rule_set, wrong, folder)
        if folder is not None and folder.rule_set is not None:  # no rules at all, and there never were any
            return Current(folder, folder.rule_set, wrong, folder)
        findings = [] if folder is None else [as_data(item, folder.folder) for item in wrong]
        message = "This tenant's files have errors, and no session of it has had sound rules yet."
        raise Problem(409, message, "RULES_BROKEN", findings=findings)

    def _read(self, folder: Path) -> Loaded:
        seen = Contents().of(folder)
        kept = self._kept.get(folder)
        if kept is not None and seen == kept[0]:
            self._kept.move_to_end(folder)
            return kept[1]
        loaded = load_tenant(folder)
        if seen is not None:
            self._kept[folder] = seen, loaded
            self._kept.move_to_end(folder)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return loaded


def _wrong(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """What keeps a session from taking these files: it would not empty a shop either."""
    if loaded.rule_set is None:
        return tuple(item for item in loaded.diagnostics if item.severity == "error")
    return tuple(item for item in loaded.diagnostics if item.code == _NO_RULES)


def shown(path: Path, folder: Path) -> str:
    """A file's path as its tenant's people know it: from the tenant's folder, or a shared one from beside it."""
    for base in (folder, folder.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name


def as_data(item: Diagnostic, folder: Path) -> dict[str, str | int]:
    """A finding on the wire."""
    return {
        "path": shown(item.location.path, folder),
        "line": item.location.line,
        "column": item.location.column,
        "severity": item.severity,
        "code": item.code,
        "message": item.message,
        "hint": item.hint,
    }
