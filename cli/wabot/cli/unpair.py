"""`wabot unpair`: unlink a tenant's phone."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import FINDINGS
from wabot.cli.linking import check_owner, complain_about, exit_code, with_settings
from wabot.cli.lost_keys import AGAIN, LOST, lost_beneath
from wabot.cli.output import Format, complain, say
from wabot.cli.standings import STANDING
from wabot.cli.stored import DATA_HELP, stored_tenants
from wabot.model.errors import TenantBusy, UsageError
from wabot.store.keeping.layout import KEYS

_RELEASE: Final = 60.0
"""Seconds for a session that runs to end what it does."""


def unpair(
    tenant: Annotated[str, typer.Argument(metavar="TENANT", help="Whose phone to unlink.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    forget_keys: Annotated[
        bool, typer.Option("--forget-keys", help="Only delete the keys here; the phone goes on listing this bot.")
    ] = False,
    timeout: Annotated[int, typer.Option(min=1, max=3600, help="Seconds to wait for WhatsApp.")] = 60,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    node: Annotated[
        Path | None, typer.Option(help="The file with the node's settings.", show_default="$WABOT_NODE")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Remove this bot from a tenant's WhatsApp account, and its keys from this machine. Chats and rules stay."""
    folder = stored_tenants(data, (tenant,), KEYS, STANDING)[0]
    check_owner(data)
    with_settings(node)
    number = _linked(folder)
    if number is None and not forget_keys and lost_beneath(folder):
        _tell({"reason": "keys_lost", "detail": LOST, "action": AGAIN}, folder, "", output)
    if number is None and not forget_keys:
        _tell({"reason": "not_linked"}, folder, "", output)
    _ask(tenant, number or "", yes)
    from wabot.daemon.handover import taken

    with taken(folder, _RELEASE) as free:
        if not free:
            raise TenantBusy(
                f"another process has {tenant}, and no daemon that could be told to let it go; stop it, then try again"
            )
        done = _forget(folder, data) if forget_keys else _unlink(folder, data, timeout)
    _tell(done, folder, number or "", output)


def _linked(folder: Path) -> str | None:
    from wabot.channel.neonize.linked import is_half_made, read_linked

    linked = read_linked(folder / KEYS)
    return linked.phone if linked is not None else "" if is_half_made(folder / KEYS) else None


def _ask(tenant: str, number: str, yes: bool) -> None:
    whose = f" from {number}" if number else ""
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"{tenant} would be unlinked{whose}, and answer nobody; say --yes")
    if not yes and not typer.confirm(f"{tenant}: unlink it{whose}? Nobody is answered then.", err=True):
        complain("nothing is unlinked")
        raise typer.Exit(FINDINGS)


def _unlink(folder: Path, data: Path, timeout: int) -> Mapping[str, Any]:
    from wabot.daemon.link_process import LinkProcess
    from wabot.daemon.linking_order import Order

    with LinkProcess(folder, Order("unpair", timeout)) as process:
        return list(process.events())[-1]


def _forget(folder: Path, data: Path) -> Mapping[str, Any]:
    from wabot.channel.neonize.linked import forget
    from wabot.daemon.child import lock

    lock(folder)  # freed with this process
    forget(folder / KEYS)
    return {"reason": "forgotten"}


def _tell(done: Mapping[str, Any], folder: Path, number: str, output: Format) -> None:
    """Say what came of it, and end with the code that says so, too."""
    tenant, whose = folder.name, f" from {number}" if number else ""
    if output is Format.json:
        told = {key: done[key] for key in ("reason", "detail", "action") if done.get(key)}
        say(render.as_json({"tenant": tenant, "phone": number or None, **told}))
        raise typer.Exit(exit_code(done))
    match done["reason"]:
        case "unlinked":
            say(f"{tenant}: it is unlinked{whose}; its keys are deleted, its chats and rules stay")
        case "was_unlinked":
            say(f"{tenant}: the phone had unlinked it already; its keys are deleted, its chats and rules stay")
        case "forgotten":
            say(f"{tenant}: its keys are deleted. The phone still lists this bot: remove it there")
            say("  (WhatsApp > Linked devices)")
        case "not_linked":
            say(f"{tenant}: no phone is linked; nothing was changed")
        case reason:
            complain_about(done)
            if reason in ("unreachable", "rejected"):
                complain("       To delete the keys all the same, add --forget-keys")
    raise typer.Exit(exit_code(done))
