"""What there is to tell, whatever the form."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wabot.cli import render
from wabot.cli.remembering import Checked
from wabot.language.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable

    from wabot.language.document import Document
    from wabot.lint.fixes.fix import Fixed
    from wabot.lint.silences import Silenced


@dataclass(frozen=True, slots=True)
class Report:
    """`findings` are those that were asked for, `silenced` those that a comment silences, `fixed` what `--fix` wrote.
    `scope` says in words what the findings were narrowed to ("" = nothing). `document` reads a file of a tenant."""

    tenants: tuple[Checked, ...]
    findings: tuple[Diagnostic, ...]
    silenced: "tuple[Silenced, ...]" = ()
    fixed: "tuple[Fixed, ...]" = ()
    scope: str = ""
    document: "Callable[[Path], Document | None]" = lambda _: None

    @property
    def files(self) -> int:
        return len({path for tenant in self.tenants for path in tenant.files})

    @property
    def rules(self) -> int:
        return sum(tenant.rules for tenant in self.tenants)

    @property
    def bad(self) -> bool:
        """Whether there is an error or a warning: infos never fail."""
        return any(item.severity != "info" for item in self.findings)


def from_checkout(path: Path) -> str:
    """A path as a code host knows it: from the top of its checkout, if the environment names that, else from here."""
    top = os.environ.get("GITHUB_WORKSPACE", "")
    try:
        if top and Path.cwd().is_relative_to(Path(top).resolve()):
            return Path(os.path.realpath(path)).relative_to(Path(top).resolve()).as_posix()
    except (OSError, ValueError):
        pass
    return Path(render.shown(path)).as_posix()
