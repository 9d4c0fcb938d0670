"""`wabot forget`: everything that is stored about a customer is erased."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, complain, say
from wabot.cli.stored import DATA_HELP, as_chat, missing, stored_tenants
from wabot.model.errors import UsageError
from wabot.model.stored import Erased
from wabot.store.keeping.layout import KEYS


def forget(
    phone: Annotated[str, typer.Argument(metavar="PHONE", help="The customer's number, or their chat.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[str, typer.Option(help="The tenant whose customer it is.")] = "",
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Erase all that is stored about a customer. It cannot be undone."""
    from wabot.store.sqlite import erase

    name = as_chat(phone)
    folder, stored = _find(name, data, tenant)
    said = (
        f"{render.plural(stored.chats, 'chat')} and {render.plural(stored.journalled, 'message')} "
        f"of {', '.join(stored.names)}"
    )
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"{folder.name}: {said} would be erased for good; say --yes")
    if not yes and not typer.confirm(f"{folder.name}: erase {said} for good?", err=True):
        complain("nothing is erased")
        raise typer.Exit(FINDINGS)
    erased = erase(folder, folder.name, name)
    if output is Format.json:
        numbers = {"chats": erased.chats, "messages": erased.journalled}
        say(render.as_json({"tenant": folder.name, "names": list(erased.names), **numbers}))
    else:
        say(f"{folder.name}: {said} are erased")
        if (folder / KEYS).exists():
            said = f"WhatsApp's own link ({KEYS} and its backup) still knows the number"
            say(f"  {said}; deleting that file after `wabot unpair` removes it")
    raise typer.Exit(CLEAN)


def _find(name: str, data: Path, tenant: str) -> tuple[Path, Erased]:
    from wabot.store.sqlite import erase, reading, stored_about

    known: set[str] = set()
    found: list[tuple[Path, Erased]] = []
    for folder in stored_tenants(data, (tenant,) if tenant else ()):
        stored = stored_about(folder, folder.name, name)
        found += [(folder, stored)] if stored else []
        with reading(folder, folder.name) as store:
            known |= store.chats().keys()
        if tenant and not stored:  # the file is cleaned of what an earlier attempt had to leave in it
            erase(folder, folder.name, name)
    if not found:
        raise missing("customer", name, str(data), known)
    if len(found) > 1:
        tenants = ", ".join(folder.name for folder, _ in found)
        raise UsageError(f"several tenants know the customer `{name}`: {tenants}; name one with --tenant")
    return found[0]
