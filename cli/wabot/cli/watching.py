"""`wabot test --watch`: the tests of a tenant run again whenever one of its files changes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typer

from wabot.cli import tenants
from wabot.cli.output import complain, style
from wabot.cli.rehearsing import Wishes, run
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError
from wabot.session.clock import RealClock

_LINE: Final = 72
_SETTLE: Final = 200
"""Milliseconds: how long a quiet watcher waits before it looks up."""


def watch(path: Path | None, only: Sequence[str], wishes: Wishes) -> None:
    """Run all, then what changed, until Ctrl-C.

    Raises:
        UsageError: at the start, as `wabot test` does.
        KeyboardInterrupt: the user has seen enough.
    """
    from watchfiles import watch as changes

    place = path or tenants.DEFAULT
    chosen = tenants.choose(path, only)
    folder = chosen.tenants[0].folder if place.is_file() else place
    # The watcher must stand before the first run, or a change during that run would be lost: its first look tells.
    seen = changes(folder, rust_timeout=_SETTLE, yield_on_timeout=True)
    next(seen)
    _title("watching; Ctrl-C ends")
    run(chosen, path, wishes)
    for changed in seen:
        if changed:
            _again(path, place, {Path(name) for _, name in changed}, only, wishes)


def _again(path: Path | None, place: Path, changed: Iterable[Path], only: Sequence[str], wishes: Wishes) -> None:
    try:
        owners = _owners(place, changed)
        chosen = [name for name in owners if name in only] if owners and only else owners
        if owners and not chosen:
            return
        typer.echo("")
        _title(f"{', '.join(chosen) or 'something'} changed")
        run(tenants.choose(path, chosen or only), path, wishes)
    except UsageError as error:
        # A tenant may be gone, or a test renamed; the next change may bring it back.
        complain(f"wabot: {error}")


def _owners(place: Path, changed: Iterable[Path]) -> list[str]:
    """The tenants that own the changed files; none when a file belongs to no tenant that there is, so that all run."""
    folders = {folder.resolve() for folder in find_tenants(place).folders}
    owners = [{folder.name for folder in folders if path.resolve().is_relative_to(folder)} for path in changed]
    return sorted(set().union(*owners)) if all(owners) else []


def _title(what: str) -> None:
    now = datetime.fromtimestamp(RealClock().now() / 1000, UTC).astimezone()
    typer.echo(style(f"── {now:%H:%M:%S}  {what} ".ljust(_LINE, "─"), bold=True))
