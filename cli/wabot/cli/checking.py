"""Everything that is to be said about one tenant's folder."""

from pathlib import Path

from wabot.cli.remembering import Checked
from wabot.engine.load import load_tenant
from wabot.lint.run import lint


def check(folder: Path, now: int) -> Checked:
    """Read, check and lint it. `now` is UTC milliseconds."""
    loaded = load_tenant(folder)
    findings = tuple(sorted({*loaded.diagnostics, *lint(loaded, now)}))
    rules = sum(
        len(document.data["rules"])
        for document in loaded.documents
        if isinstance(document.data, dict) and isinstance(document.data.get("rules"), list)
    )
    timezone = "" if loaded.readable is None else str(loaded.readable.tenant.timezone)
    return Checked(findings, len(loaded.documents), rules, timezone)
