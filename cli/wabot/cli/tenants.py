"""The tenants that a command is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from wabot.engine.load import load_tenant
from wabot.language.diagnostic import Diagnostic
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded, find_tenants
from wabot.lint.subject import Subject
from wabot.model.errors import UsageError
from wabot.session.clock import RealClock

DEFAULT: Final = Path("rules")


def subject(loaded: Loaded, rule_set: RuleSet) -> Subject:
    """The tenant's rules beside their files, as its calendar stands now."""
    today = datetime.fromtimestamp(RealClock().now() / 1000, rule_set.tenant.timezone).date()
    return Subject(loaded, rule_set, today)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was loaded, and every finding in it and around it."""

    tenants: tuple[Loaded, ...]
    diagnostics: tuple[Diagnostic, ...]


def choose(path: Path | None, only: Sequence[str] = ()) -> Chosen:
    """Load the tenants at `path` (None: ./rules), or of those the ones named in `only`.

    Raises:
        UsageError: the path or a named tenant does not exist.
    """
    if path is None and not DEFAULT.exists():
        raise UsageError("there is no folder ./rules here; name the folder that holds your tenants")
    found = find_tenants(path or DEFAULT)
    names = [folder.resolve().name for folder in found.folders]
    for name in only:
        if name not in names:
            raise UsageError(
                f"there is no tenant `{name}` in {path or DEFAULT}; there are: {', '.join(names) or 'none'}"
            )
    loaded = tuple(
        load_tenant(folder) for folder, name in zip(found.folders, names, strict=True) if not only or name in only
    )
    diagnostics = (*found.diagnostics, *(item for tenant in loaded for item in tenant.diagnostics))
    return Chosen(loaded, diagnostics)
