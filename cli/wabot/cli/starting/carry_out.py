"""Writes what `wabot init` was asked for, and says what it wrote."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.starting.cookbook import Recipe
from wabot.cli.starting.given import NO_PHONE, Shop
from wabot.cli.starting.place import Place
from wabot.cli.starting.repository import repository_files, schema_files, tenant_files, with_schema_lines
from wabot.cli.starting.trying import State, errors_with, look
from wabot.cli.starting.writing import conflicts, write
from wabot.language.diagnostic import Diagnostic
from wabot.model.errors import UsageError


def begin(place: Place, made: Shop, chosen: Sequence[Recipe]) -> int:
    """Write a new tenant with recipes, and the repository around it if it is the first. Returns the exit code.

    Raises:
        UsageError: something is in the way, or the recipes do not fit together; nothing was written.
    """
    files = {f"rules/{made.id}/{name}": data for name, data in tenant_files(made, chosen).items()}
    # A repository of wabot's keeps its own pages and settings when a tenant joins.
    around = {} if place.tenants else repository_files(made)
    files = with_schema_lines({**around, **_schemas(place), **files})
    whole = f"rules/{made.id}"
    if blocked := conflicts(place.root, files, whole):
        raise UsageError(
            f"{', '.join(blocked)} in {render.shown(place.root)}: there already, and wabot init overwrites nothing; "
            "move it away, or choose another folder"
        )
    _refuse(errors_with(place.root / "rules", made.id, _inside(files, made.id)))
    write(place.root, files, whole)
    _wrote(place, files)
    after = look(place.root / "rules" / made.id)
    _report(after)
    if made.phone == NO_PHONE:
        typer.echo(f"\nWrite the shop's number into rules/{made.id}/tenant.yaml before `wabot run`.")
    commands = ["wabot validate", "wabot test", f"wabot chat --tenant {made.id}"]
    if place.root.resolve() != Path.cwd():
        commands.insert(0, f"cd {shlex.quote(render.shown(place.root))}")
    typer.echo("\nNext:\n" + "\n".join(f"  {command}" for command in commands))
    return FINDINGS if after.bad else CLEAN


def add(place: Place, tenant: str, chosen: Sequence[Recipe]) -> int:
    """Add recipes to a tenant that is there. Returns the exit code.

    Raises:
        UsageError: something is in the way, or a recipe does not fit the tenant's rules; nothing was written.
    """
    home = place.root / "rules" / tenant
    brought = {name: data for each in chosen for name, data in each.files().items()}
    files = with_schema_lines({**_schemas(place), **{f"rules/{tenant}/{name}": data for name, data in brought.items()}})
    if blocked := conflicts(place.root, files):
        raise UsageError(f"{', '.join(blocked)}: there already, and wabot init overwrites nothing")
    _refuse(errors_with(place.root / "rules", tenant, _inside(files, tenant)))
    before = look(home)
    write(place.root, files)
    _wrote(place, files)
    for each in chosen:
        for name, lines in each.fragments().items():
            typer.echo(f"\n{each.name} also needs these lines in rules/{tenant}/{name}:\n\n" + _indented(lines))
    after = look(home).since(before)
    _report(after)
    typer.echo(f"\nNext:\n  wabot test {shlex.quote(render.shown(home))}")
    return FINDINGS if after.bad else CLEAN


def _schemas(place: Place) -> Mapping[str, bytes]:
    return {name: data for name, data in schema_files().items() if not (place.root / name).exists()}


def _inside(files: Mapping[str, bytes], tenant: str) -> dict[str, bytes]:
    head = f"rules/{tenant}/"
    return {name.removeprefix(head): data for name, data in files.items() if name.startswith(head)}


def _refuse(errors: list[tuple[str, Diagnostic]]) -> None:
    if errors:
        name, first = errors[0]
        where = f"{name}:{first.location.line}"
        hint = f"; {first.hint}" if first.hint else ""
        raise UsageError(f"nothing was written, for then there would be an error in {where}: {first.message}{hint}")


def _wrote(place: Place, files: Mapping[str, bytes]) -> None:
    typer.echo(f"Written in {render.shown(place.root)}:")
    schemas = [name for name in files if name.startswith(".wabot/")]
    for name in sorted(set(files) - set(schemas)):
        typer.echo(f"  {name}")
    if schemas:
        typer.echo(f"  .wabot/schemas/ ({len(schemas)} files, for the editor)")


def _report(state: State) -> None:
    for item in sorted(state.findings):
        typer.echo("\n" + render.finding(item))
    for path, conversation in sorted(state.missed):
        typer.echo(f"\n{render.shown(path)}: this conversation does not go as it should: {conversation}")


def _indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())
