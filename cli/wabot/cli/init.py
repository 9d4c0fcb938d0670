"""`wabot init`: a new tenant in a repository of its own, and recipes of the cookbook."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.starting.cookbook import Recipe, all_recipes, recipes
from wabot.cli.starting.given import NO_PHONE, Language, Shop, shop, slug, tenant_id
from wabot.cli.starting.place import Place, find
from wabot.cli.starting.repository import repository_files, schema_files, tenant_files, with_schema_lines
from wabot.cli.starting.trying import NOTHING, State, errors_with, look
from wabot.cli.starting.writing import conflicts, write
from wabot.language.diagnostic import Diagnostic
from wabot.model.errors import UsageError


def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The repository: a new folder, or one that is there.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant's id.", show_default="from --name or DIR")] = None,
    name: Annotated[str | None, typer.Option(help='The business\'s name: "Warung Sari".')] = None,
    phone: Annotated[str | None, typer.Option(help="Its WhatsApp number: 6281234567890.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Its time zone.", show_default="Asia/Jakarta")] = None,
    language: Annotated[Language | None, typer.Option(help="The language of its replies.", show_default="id")] = None,
    recipe: Annotated[
        list[str] | None, typer.Option("--recipe", help="Copy this recipe of the cookbook, too; may be repeated.")
    ] = None,
    list_recipes: Annotated[bool, typer.Option("--list-recipes", help="Show the recipes there are.")] = False,
) -> None:
    """Write a new tenant that is ready to be changed, or add recipes to one. No file is ever overwritten."""
    if list_recipes:
        widest = max(len(each.name) for each in all_recipes())
        for each in all_recipes():
            typer.echo(f"{each.name:{widest}}  {each.title}")
        raise typer.Exit(CLEAN)
    if folder is None:
        raise UsageError("name the folder to write to: wabot init warung-sari")
    chosen = recipes(recipe or ())
    place = find(folder)
    wanted = _which(place, folder, tenant, name, bool(chosen))
    if wanted not in place.tenants:
        made = shop(wanted, name, phone, timezone or "Asia/Jakarta", language or Language.id)
        raise typer.Exit(_new(place, made, chosen))
    if not chosen:
        raise UsageError(f"the tenant {wanted} exists already; --recipe NAME adds a recipe to it")
    for option, value in (("--name", name), ("--phone", phone), ("--timezone", timezone), ("--language", language)):
        if value is not None:
            raise UsageError(f"{option} is for a new tenant; of {wanted}, change rules/{wanted}/tenant.yaml")
    raise typer.Exit(_add(place, wanted, chosen))


def _which(place: Place, folder: Path, tenant: str | None, name: str | None, recipes: bool) -> str:
    """The id of the tenant that is meant, new or not."""
    if tenant is not None:
        return tenant_id(tenant)
    if place.tenant:
        return place.tenant
    if name is None and place.tenants:
        if recipes and len(place.tenants) == 1:
            return place.tenants[0]
        known = ", ".join(place.tenants)
        raise UsageError(f"there are tenants in {folder} already ({known}): say which one with --tenant")
    made = slug(name if name is not None else folder.resolve().name)
    if not made:
        raise UsageError("no id can be made of that name; give one, such as --tenant warung-sari")
    return made


def _new(place: Place, made: Shop, chosen: tuple[Recipe, ...]) -> int:
    files = {f"rules/{made.id}/{name}": data for name, data in tenant_files(made, chosen).items()}
    # A repository of wabot's keeps its own pages and settings when a tenant joins.
    around = {} if place.tenants else repository_files(made)
    files = with_schema_lines({**around, **_schemas(place), **files})
    if blocked := conflicts(place.root, files):
        whole = f"rules/{made.id}"
        taken = sorted({whole if name.startswith(f"{whole}/") else name for name in blocked})
        raise UsageError(
            f"{', '.join(taken)} in {render.shown(place.root)}: there already, and wabot init overwrites nothing; "
            "move it away, or choose another folder"
        )
    _refuse(errors_with(place.root / "rules", made.id, _inside(files, made.id)))
    write(place.root, files, whole=f"rules/{made.id}")
    _wrote(place, files)
    after = look(place.root / "rules" / made.id)
    _report(after)
    if made.phone == NO_PHONE:
        typer.echo(f"\nWrite the shop's number into rules/{made.id}/tenant.yaml before `wabot run`.")
    commands = ["wabot validate", "wabot test", f"wabot chat --tenant {made.id}"]
    if place.root.resolve() != Path.cwd():
        commands.insert(0, f"cd {shlex.quote(render.shown(place.root))}")
    typer.echo("\nNext:\n" + "\n".join(f"  {command}" for command in commands))
    return CLEAN if after == NOTHING else FINDINGS


def _add(place: Place, tenant: str, chosen: tuple[Recipe, ...]) -> int:
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
    return CLEAN if after == NOTHING else FINDINGS


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
