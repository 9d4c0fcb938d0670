"""`wabot validate`: is everything in these folders as it should be?"""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format
from wabot.cli.tenants import folders, remembering


def validate(
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder of tenants, a tenant's folder, or a file in one.", show_default="./rules"),
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
    cached: Annotated[bool, typer.Option("--cache/--no-cache", help="Trust what was found in unchanged files.")] = True,
) -> None:
    """Check every tenant's files: YAML, shape, references. Exits 0 when clean, 1 with errors or warnings."""
    chosen = folders(path, tenant or ())
    with remembering(cached=cached) as tenants:
        checked = [tenants.checked(folder) for folder in chosen.folders]
    findings = sorted({*chosen.diagnostics, *(item for one in checked for item in one.findings)})
    files, rules = sum(one.files for one in checked), sum(one.rules for one in checked)
    if output is Format.json:
        counts = {"tenants": len(checked), "files": files, "rules": rules}
        typer.echo(render.as_json({**counts, "findings": [render.finding_as_data(item) for item in findings]}))
    else:
        for item in findings:
            typer.echo(render.finding(item) + "\n")
        counted = ", ".join(
            render.plural(count, noun) for count, noun in ((len(checked), "tenant"), (files, "file"), (rules, "rule"))
        )
        typer.echo(render.tally(findings, counted))
    bad = any(item.severity != "info" for item in findings)
    raise typer.Exit(FINDINGS if bad else CLEAN)
