"""Everything that is to be said about one tenant's folder."""

from pathlib import Path

from wabot.cli.remembering import Checked
from wabot.engine.load import load_tenant
from wabot.language.document import Document
from wabot.lint.run import lint, may_silence


def check(folder: Path, now: int) -> tuple[Checked, tuple[Document, ...]]:
    """Read, check and lint it; what was found, and the files as they were read. `now` is UTC milliseconds."""
    loaded = load_tenant(folder)
    rules = sum(
        len(document.data["rules"])
        for document in loaded.documents
        if isinstance(document.data, dict) and isinstance(document.data.get("rules"), list)
    )
    checked = Checked(
        tenant_id=loaded.tenant_id,
        folder=folder,
        files={document.path: document.kind for document in loaded.documents},
        rules=rules,
        findings=tuple(sorted({*loaded.diagnostics, *lint(loaded, now)})),
        commented=tuple(document.path for document in loaded.documents if may_silence(document)),
        sound=loaded.rule_set is not None,
        timezone="" if loaded.readable is None else str(loaded.readable.tenant.timezone),
        phone="" if loaded.readable is None else loaded.readable.tenant.phone,
    )
    return checked, loaded.documents
