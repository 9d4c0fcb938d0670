"""What is wrong in a tenant's folder as it would be with new files, and as it is."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wabot.cli.survey import survey
from wabot.engine.load import load_tenant
from wabot.engine.rehearsal import play
from wabot.language.conversation import read_conversations
from wabot.language.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class State:
    """The findings of `wabot validate`, and the conversations that do not go as they should (file and name)."""

    findings: frozenset[Diagnostic]
    missed: frozenset[tuple[Path, str]]

    @property
    def bad(self) -> bool:
        """Whether there is more than hints."""
        return bool(self.missed) or any(item.severity != "info" for item in self.findings)

    def since(self, before: "State") -> "State":
        """What was not so before."""
        return State(self.findings - before.findings, self.missed - before.missed)


def look(folder: Path) -> State:
    """The state of a tenant's folder."""
    found = survey(folder)
    missed = {
        (conversation.location.path, conversation.name)
        for tenant in found.tenants
        for loaded in (load_tenant(tenant.folder),)
        for document in loaded.tests
        for conversation in read_conversations(document)
        if loaded.rule_set is not None and any(not miss.todo for miss in play(loaded.rule_set, conversation))
    }
    return State(frozenset(found.findings), frozenset(missed))


def errors_with(rules: Path, tenant: str, files: Mapping[str, bytes]) -> list[tuple[str, Diagnostic]]:
    """The errors that the tenant's folder would have with `files` and does not have now; each with the path of its
    file in the tenant's folder. Nothing is written but in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary).resolve() / tenant
        before: set[tuple[str, str]] = set()
        if (rules / tenant).is_dir():
            shutil.copytree(rules / tenant, place, symlinks=True)
            for shared in rules.glob("_*"):
                (place.parent / shared.name).symlink_to(shared.resolve())
            before = {(name, item.message) for name, item in _errors(place)}
        for name, data in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        return [(name, item) for name, item in _errors(place) if (name, item.message) not in before]


def _errors(folder: Path) -> list[tuple[str, Diagnostic]]:
    found = (item for item in load_tenant(folder).diagnostics if item.severity == "error")
    return [(os.path.relpath(item.location.path, folder), item) for item in found]
