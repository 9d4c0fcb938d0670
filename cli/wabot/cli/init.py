"""`wabot init`: a new tenant in a repository of its own, and recipes of the cookbook."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli.exit_codes import CLEAN
from wabot.cli.starting.given import Language, shop, slug, tenant_id
from wabot.cli.starting.place import Place, find
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
    from wabot.cli.starting.carry_out import add, begin
    from wabot.cli.starting.cookbook import all_recipes, recipes

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
        raise typer.Exit(begin(place, made, chosen))
    if not chosen:
        raise UsageError(f"the tenant {wanted} exists already; --recipe NAME adds a recipe to it")
    for option, value in (("--name", name), ("--phone", phone), ("--timezone", timezone), ("--language", language)):
        if value is not None:
            raise UsageError(f"{option} is for a new tenant; of {wanted}, change rules/{wanted}/tenant.yaml")
    raise typer.Exit(add(place, wanted, chosen))


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
