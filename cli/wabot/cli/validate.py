"""`wabot validate`: is everything in these folders as it should be?"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.tenants import choose
from wabot.lint.run import lint
from wabot.session.clock import RealClock


class Format(StrEnum):
    text = "text"
    json = "json"


def validate(
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder of tenants, a tenant's folder, or a file in one.", show_default="./rules"),
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Check every tenant's files: YAML, shape, references. Exits 0 when clean, 1 with errors or warnings."""
    chosen = choose(path, tenant or ())
    findings = sorted(
        {*chosen.diagnostics, *(item for loaded in chosen.tenants for item in lint(loaded, RealClock().now()))}
    )
    files = sum(len(loaded.documents) for loaded in chosen.tenants)
    rules = sum(
        len(document.data["rules"])
        for loaded in chosen.tenants
        for document in loaded.documents
        if isinstance(document.data, dict) and isinstance(document.data.get("rules"), list)
    )
    if output is Format.json:
        counts = {"tenants": len(chosen.tenants), "files": files, "rules": rules}
        typer.echo(render.as_json({**counts, "findings": [render.finding_as_data(item) for item in findings]}))
    else:
        for item in findings:
            typer.echo(render.finding(item) + "\n")
        counted = ", ".join(
            render.plural(count, noun)
            for count, noun in ((len(chosen.tenants), "tenant"), (files, "file"), (rules, "rule"))
        )
        typer.echo(render.tally(findings, counted))
    bad = any(item.severity != "info" for item in findings)
    raise typer.Exit(FINDINGS if bad else CLEAN)
