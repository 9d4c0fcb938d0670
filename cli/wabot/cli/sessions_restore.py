"""`wabot sessions restore`: a tenant's link with WhatsApp brought back from its encrypted backup."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.configured import configured_key
from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import Format, say
from wabot.cli.restore import give_to_owner, held
from wabot.cli.stored import DATA_HELP, missing, stored_tenants, when, with_data
from wabot.model.errors import UsageError
from wabot.session.clock import RealClock


def sessions_restore(
    tenant: Annotated[str, typer.Argument(help="The tenant's name.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="The encrypted backup.", show_default="DATA/TENANT/keys.backup"),
    ] = None,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Bring a tenant's link with WhatsApp back from its encrypted backup; messages and rules stay as they are. Refused
    while the tenant runs. A key store that is there is set aside, never overwritten."""
    raise typer.Exit(bring_back(tenant, source, data, output))


def bring_back(tenant: str, source: Path | None, data: Path, output: Format) -> int:
    """Bring the link back, say so, and return the exit code. `source` is None for the tenant's own `keys.backup`.

    Raises:
        UsageError: there is no such backup, or no key.
        WabotError: the tenant runs, or the backup is not to be trusted. Nothing was changed.
    """
    from wabot.channel.neonize.linked import command
    from wabot.daemon.handover import tell_daemon
    from wabot.store.keeping.layout import KEYS, KEYS_BACKUP
    from wabot.store.keeping.restore import restore_keys

    if not tenant or tenant[0] in "._" or "/" in tenant or "\0" in tenant:
        raise UsageError(f"{tenant!r} is no tenant's name")
    if not data.is_dir():
        raise UsageError(f"there is no data folder {data}; `wabot run` makes it, or name another with --data")
    folder = data / tenant
    if source is None and not folder.is_dir():
        known = [one.name for one in stored_tenants(data, (), KEYS, KEYS_BACKUP)]
        raise missing("tenant", tenant, str(data), known)
    file = source or folder / KEYS_BACKUP
    if not file.exists():
        raise UsageError(f"there is no encrypted backup {file}" + ("" if source else "; name another with --from"))
    key = configured_key()
    if not key:
        raise UsageError(
            "WHATSAPP_ENCRYPTION_KEY (or WHATSAPP_ENCRYPTION_KEY_FILE) is not set: the backup is opened by the key "
            "that it was made with. See docs/backup.md"
        )
    with held(folder):
        made_at, aside = restore_keys(file, folder, key, RealClock().now())
        give_to_owner(folder, data)
    told = tell_daemon(data)  # the lock is free by now
    if output is Format.json:
        done = {"tenant": tenant, "file": str(file), "made_at": made_at, "set_aside": str(aside) if aside else None}
        say(render.as_json({"restored": done}))
        return CLEAN
    say(f"{tenant}: its link with WhatsApp is back, as of {when(made_at)}")
    if aside is not None:
        say(f"  the key store that was there is set aside: {aside}")
    starts = {
        "told": "the daemon starts it now",
        "none": f"start it: {with_data('wabot run', data)}",
        "forbidden": f"start it as the daemon's user: {with_data('wabot reload', data)}",
    }
    say(f"  {starts[told]}; only if it then says `logout`, link the phone anew: {command('pair', folder)}")
    return CLEAN
