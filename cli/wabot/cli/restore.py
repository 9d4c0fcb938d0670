"""`wabot restore`: a backup put back into a data folder, on this machine or another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wabot.cli import render
from wabot.cli.backup import as_data, described
from wabot.cli.exit_codes import CLEAN, FAILURE
from wabot.cli.output import Format, complain, say
from wabot.cli.stored import when
from wabot.model.errors import BackupError, TenantBusy, UsageError, WabotError
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.store.keeping.manifest import Manifest


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup, or a folder: each tenant's newest.")],
    data: Annotated[Path, typer.Option(help="The data folder to restore into; made if it is not there.")] = Path(
        "data"
    ),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is data: set it aside (nothing is ever deleted).")
    ] = False,
    keep_keys: Annotated[
        bool, typer.Option("--keep-keys", help="Keep the link with WhatsApp that is there (keys.db).")
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Put a backup back. Refused while the tenant runs, and where there is data unless --replace."""
    from wabot.channel.neonize.linked import restore_command

    chosen = _chosen(source, tenant or [])
    restored: list[tuple[Path, Manifest, Path | None]] = []
    failed: list[tuple[str, str]] = []
    for path, manifest in chosen:
        try:
            restored.append((path, manifest, _restore(path, manifest, data, replace=replace, keep_keys=keep_keys)))
        except WabotError as error:  # all or nothing for each tenant, and no tenant for another's sake
            failed.append((manifest.tenant, str(error)))
    if output is Format.json:
        done = [
            {"file": str(path), **as_data(manifest), "set_aside": None if aside is None else str(aside)}
            for path, manifest, aside in restored
        ]
        say(render.as_json({"restored": done, "failed": [{"tenant": name, "error": why} for name, why in failed]}))
    else:
        for path, manifest, aside in restored:
            say(f"{manifest.tenant}: restored from {path}, as of {when(manifest.made_at)}: {described(manifest)}")
            if aside is not None:
                say(f"  what was there is set aside: {aside}")
            if back := restore_command(data / manifest.tenant):
                say(f"  its link with WhatsApp is only in keys.backup: {back}")
    for _, why in failed:
        complain(f"wabot: {why}")
    raise typer.Exit(FAILURE if failed else CLEAN)


def _chosen(source: Path, names: list[str]) -> list[tuple[Path, "Manifest"]]:
    """The backups to restore, read whole and sound."""
    from wabot.cli.stored import missing
    from wabot.store.keeping.backup import backups
    from wabot.store.keeping.restore import sound

    if not source.exists():
        raise UsageError(f"there is no backup {source}")
    if not source.is_dir():
        manifest = sound(source)
        if names and manifest.tenant not in names:
            raise UsageError(f"{source} is a backup of {manifest.tenant}, not of {', '.join(names)}")
        return [(source, manifest)]
    there = backups(source)
    known = dict.fromkeys(name for name, _ in there)
    if not known:
        raise UsageError(f"there are no backups in {source}")
    for name in names:
        if name not in known:
            raise missing("backup of", name, str(source), known)
    chosen = []
    for name in names or sorted(known):
        for number, path in enumerate(path for tenant, path in there if tenant == name):
            try:
                chosen.append((path, sound(path)))
            except BackupError as error:
                if number + 1 == sum(tenant == name for tenant, _ in there):
                    raise
                complain(f"wabot: an older backup is taken, because {error}")
                continue
            break
    return chosen


def _restore(path: Path, manifest: "Manifest", data: Path, *, replace: bool, keep_keys: bool) -> Path | None:
    from wabot.cli.configured import configured_key
    from wabot.store.keeping.layout import KEYS, KEYS_BACKUP, NODE, NODE_NAME
    from wabot.store.keeping.restore import occupied, restore, restore_node, room

    room(data, manifest)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = RealClock().now()
    if manifest.tenant == NODE_NAME:
        if (data / NODE).exists() and not replace:
            raise _refused(data / NODE)
        with _nobody_runs(data):
            aside = restore_node(path, manifest, data, now)
        give_to_owner(data / NODE, data)
        return aside
    folder = data / manifest.tenant
    if occupied(folder) and not replace:
        raise _refused(folder)
    there = {entry.path for entry in manifest.files}
    key = configured_key() if KEYS_BACKUP in there and KEYS not in there else b""
    with held(folder):
        aside = restore(path, manifest, folder, now, keep_keys=keep_keys, key=key)
        give_to_owner(folder, data)
    return aside


def _refused(place: Path) -> BackupError:
    return BackupError(f"{place} holds data already. Say --replace to set that aside first. Nothing was changed.")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The tenant's lock; a folder that is made for it goes again when nothing comes into it."""
    from wabot.daemon.child import lock

    new = not folder.exists()
    descriptor = lock(folder)
    try:
        yield
    except BaseException:
        if new:
            (folder / "lock").unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()
        raise
    finally:
        os.close(descriptor)


@contextmanager
def _nobody_runs(data: Path) -> Iterator[None]:
    from wabot.cli.status import runs

    running = [folder.name for folder in sorted(data.iterdir()) if folder.is_dir() and runs(folder)]
    if running:
        raise TenantBusy(f"`wabot run` uses {data} ({', '.join(running)} run); stop it first. Nothing was changed.")
    yield


def give_to_owner(place: Path, data: Path) -> None:
    """Root restores for the user whose daemon it is: the owner of the data folder."""
    owner = data.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    paths: list[Any] = [place, *(place.rglob("*") if place.is_dir() else ())]
    for path in paths:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
