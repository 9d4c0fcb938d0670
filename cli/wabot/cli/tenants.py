"""The tenants that a command is about."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wabot.language.diagnostic import Diagnostic
from wabot.language.folders import Found, find_tenants
from wabot.model.errors import UsageError
from wabot.model.value import value
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.cli.remembering import Remembering
    from wabot.language.rule_set import RuleSet
    from wabot.language.tenant import Loaded
    from wabot.lint.subject import Subject

DEFAULT: Final = Path("rules")

Watch = Callable[[Sequence[Path]], Iterable[Path]]
"""Hands the folders on one by one, and may show how far that is."""


def subject(loaded: "Loaded", rule_set: "RuleSet") -> "Subject":
    """The tenant's rules beside their files, as its calendar stands now."""
    from wabot.lint.subject import Subject

    today = datetime.fromtimestamp(RealClock().now() / 1000, rule_set.tenant.timezone).date()
    return Subject(loaded, rule_set, today)


@value
class Chosen:
    """What was loaded, and every finding in it and around it."""

    tenants: "tuple[Loaded, ...]"
    diagnostics: tuple[Diagnostic, ...]


def choose(path: Path | None, only: Sequence[str] = (), watch: Watch = iter) -> Chosen:
    """Load the tenants at `path` (None: ./rules), or of those the ones named in `only`.

    Raises:
        UsageError: the path or a named tenant does not exist.
    """
    from wabot.engine.load import load_tenant

    found = folders(path, only)
    loaded = tuple(load_tenant(folder) for folder in watch(found.folders))
    diagnostics = (*found.diagnostics, *(item for tenant in loaded for item in tenant.diagnostics))
    return Chosen(loaded, diagnostics)


def folders(path: Path | None, only: Sequence[str] = ()) -> Found:
    """The folders of the tenants at `path` (None: ./rules), or of those the ones named in `only`.

    Raises:
        UsageError: the path or a named tenant does not exist.
    """
    if path is None and not DEFAULT.exists():
        raise UsageError("there is no folder ./rules here; name the folder that holds your tenants")
    found = find_tenants(path or DEFAULT)
    names = [folder.resolve().name for folder in found.folders] if only else []
    for name in only:
        if name not in names:
            raise UsageError(
                f"there is no tenant `{name}` in {path or DEFAULT}; there are: {', '.join(names) or 'none'}"
            )
    if not only:
        return found
    return Found(
        tuple(folder for folder, name in zip(found.folders, names, strict=True) if name in only), found.diagnostics
    )


@contextmanager
def remembering(*, cached: bool = True) -> "Iterator[Remembering]":
    """Reads tenants, from the user's cache where there is one and `cached` allows it."""
    from wabot.cli.cache import open_cache
    from wabot.cli.remembering import Remembering

    cache = open_cache() if cached else None
    yield Remembering(cache, RealClock().now())
    if cache is not None:
        cache.trim()
