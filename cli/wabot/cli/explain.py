"""`wabot explain`: what a finding means, why it matters, and how to mend it."""

from collections.abc import Iterator
from typing import Annotated, Final

import typer

from wabot.cli.exit_codes import CLEAN
from wabot.model.errors import UsageError

_FENCE: Final = "```"


def explain(
    code: Annotated[
        str | None, typer.Argument(help="The code of a finding, such as WB103.", show_default="all")
    ] = None,
) -> None:
    """Explain a finding by its code; without one, list every code."""
    from wabot.cli import render
    from wabot.cli.output import style
    from wabot.cli.pages import page
    from wabot.cli.selection import unknown_code
    from wabot.lint.catalogue import CATALOGUE

    if code is None:
        for entry in CATALOGUE.values():
            severity = style(f"{entry.severity:8}", fg=render.COLOURS[entry.severity])
            typer.echo(f"{entry.code}  {severity} {entry.title}")
        raise typer.Exit(CLEAN)
    found = CATALOGUE.get(code.strip().upper())
    if found is None:
        raise UsageError(unknown_code(code.strip().upper()))
    written = page(found.code) or f"# {found.code}: {found.title}\n\nSeverity: {found.severity}\n"
    typer.echo("\n".join(_for_terminal(written)))
    raise typer.Exit(CLEAN)


def _for_terminal(written: str) -> Iterator[str]:
    """Markdown as it is read best in a terminal: no marks of headings, and examples indented."""
    from wabot.cli.output import style

    inside = False
    for line in written.rstrip().splitlines():
        if line.startswith(_FENCE):
            inside = not inside
        elif inside:
            yield f"    {line}".rstrip()
        elif line.startswith("#"):
            yield style(line.lstrip("# "), bold=True)
        else:
            yield line
