"""A tenant's rules as its session last had them live: beside its data, so that a command needs no other folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from wabot.model.errors import UsageError

if TYPE_CHECKING:
    from wabot.language.rule_set import RuleSet


def live_rules(folder: Path) -> "RuleSet | None":
    """The last sound rules of the tenant whose data is in `folder` (`data/<tenant>`); None when no session ever had
    any."""
    from wabot.engine.load import load_tenant
    from wabot.session.last_sound import COPY

    copy = folder / COPY / folder.name
    return load_tenant(copy).rule_set if copy.is_dir() else None


def last_sound_rules(folder: Path) -> "RuleSet":
    """The same, for a command that can do nothing without them.

    Raises:
        UsageError: they were never live.
    """
    found = live_rules(folder)
    if found is None:
        raise UsageError(f"{folder} holds no sound rules yet; `wabot run` puts them there when it starts")
    return found
