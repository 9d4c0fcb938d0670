"""A tenant's rules as its session last had them live: beside its data, so that a command needs no other folder."""

from pathlib import Path

from wabot.language.rule_set import RuleSet
from wabot.model.errors import UsageError
from wabot.session.last_sound import COPY


def last_sound_rules(folder: Path) -> RuleSet:
    """The rules of the tenant whose data is in `folder` (`data/<tenant>`).

    Raises:
        UsageError: they were never live.
    """
    from wabot.engine.load import load_tenant

    copy = folder / COPY / folder.name
    found = load_tenant(copy).rule_set if copy.is_dir() else None
    if found is None:
        raise UsageError(f"{folder} holds no sound rules yet; `wabot run` puts them there when it starts")
    return found
