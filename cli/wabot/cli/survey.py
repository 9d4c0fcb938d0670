"""Everything there is to find in the tenants at a path: what `wabot validate` reports, before anybody chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wabot.cli.progress import Progress
from wabot.cli.tenants import choose
from wabot.language.diagnostic import Diagnostic
from wabot.language.tenant import Loaded
from wabot.lint.run import lint, without_silenced
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.lint.silences import Silenced


@dataclass(frozen=True, slots=True)
class Survey:
    """`findings` are sorted by place, `silenced` those that a comment silences."""

    tenants: tuple[Loaded, ...]
    findings: tuple[Diagnostic, ...]
    silenced: "tuple[Silenced, ...]" = ()


def survey(path: Path | None, only: Sequence[str] = ()) -> Survey:
    """Read and check every tenant at `path`.

    Raises:
        UsageError: the path or a named tenant does not exist.
    """
    progress = Progress()
    chosen = choose(path, only, progress.over)
    found = set(chosen.diagnostics)
    now = RealClock().now()
    for loaded in progress.over(chosen.tenants, "checking"):
        found.update(lint(loaded, now))
    left, silenced = without_silenced(chosen.tenants, sorted(found))
    return Survey(chosen.tenants, tuple(sorted(left)), tuple(silenced))
