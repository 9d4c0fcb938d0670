"""`wabot backup`: a tenant's data as one file, made beside the running daemon; and whether such a file is sound."""

import os
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FAILURE, FINDINGS
from wabot.cli.output import Format, complain, say
from wabot.cli.progress import Progress
from wabot.cli.stored import DATA_HELP, stored_tenants, when
from wabot.model.errors import BackupError, UsageError
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.store.keeping.manifest import Manifest

_NO_TENANTS: Final = "no tenant has data in {}; `wabot run` makes it, or name another with --data"


class Order(StrEnum):
    make = "make"
    verify = "verify"


def backup(
    order: Annotated[Order, typer.Argument(help="What to do: make, verify FILE.")] = Order.make,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="With verify: backups, or folders of them.")
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="A folder for one file a tenant, or FILE.tar.gz for one tenant; else $WABOT_BACKUPS, else each "
            "tenant's own folder `backups`.",
        ),
    ] = None,
    keep: Annotated[
        int, typer.Option(min=0, help="Delete each tenant's older backups in that folder, but the newest N. 0: none.")
    ] = 0,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Back up tenants beside the running daemon, each as one checked file; or verify such files."""
    if order is Order.verify:
        if target is not None or keep or tenant:
            raise UsageError("`wabot backup verify` takes the backups only: wabot backup verify FILE...")
        raise typer.Exit(_verify(files or [], output))
    if files:
        raise UsageError(
            f"`wabot backup` writes to --output {files[0]}, or reads it as `wabot backup verify {files[0]}`"
        )
    raise typer.Exit(_make(data, tenant or [], target, keep, output))


def _make(data: Path, names: list[str], target: Path | None, keep: int, output: Format) -> int:
    from wabot.cli.configured import configured_key
    from wabot.store.keeping.backup import back_up, back_up_node, is_archive, prune
    from wabot.store.keeping.layout import BACKUPS, NODE, NODE_NAME, SETTING

    folders = stored_tenants(data, names)
    if not folders:
        raise UsageError(_NO_TENANTS.format(data))
    if target is None and os.environ.get(SETTING):
        target = Path(os.environ[SETTING])
    if target is not None and is_archive(target) and (len(folders) > 1 or keep):
        what = "--keep needs a folder" if keep else f"{target} holds one tenant, and there are {len(folders)}"
        raise UsageError(f"{what}: name a folder with --output, or one tenant with --tenant")
    sealed = partial(back_up, key=configured_key())
    jobs: list[tuple[str, Path, Any]] = [(folder.name, folder, sealed) for folder in folders]
    if not names and (data / NODE).is_file() and not (target is not None and is_archive(target)):
        jobs.append((NODE_NAME, data, back_up_node))
    made: list[tuple[Path, Manifest]] = []
    failed: list[tuple[str, str]] = []
    deleted: list[Path] = []
    for name, folder, act in jobs:
        into = folder / BACKUPS if target is None else target
        progress = Progress()
        try:
            done = act(folder, into, RealClock().now(), _shown(progress, name))
        except BackupError as error:  # one tenant's trouble keeps no other from being backed up
            failed.append((name, str(error)))
            continue
        finally:
            progress.end()
        made.append(done)
        if keep:
            deleted += prune(into, name, keep)
    if output is Format.json:
        say(
            render.as_json(
                {
                    "backups": [{"file": str(file), **as_data(manifest)} for file, manifest in made],
                    "failed": [{"tenant": name, "error": error} for name, error in failed],
                    "deleted": [str(path) for path in deleted],
                }
            )
        )
    else:
        for file, manifest in made:
            say(f"{manifest.tenant}  {file}  {described(manifest)}, {size(file.stat().st_size)} on disk")
        for path in deleted:
            say(f"  deleted  {path}")
    for _, why in failed:
        complain(f"wabot: {why}")
    return FAILURE if failed else CLEAN


def _verify(files: list[Path], output: Format) -> int:
    from wabot.store.keeping.backup import backups
    from wabot.store.keeping.restore import sound

    if not files:
        raise UsageError("`wabot backup verify` needs a backup, or a folder of backups")
    paths = []
    for file in files:
        if not file.exists():
            raise UsageError(f"there is no backup {file}")
        found = [path for _, path in backups(file)] if file.is_dir() else [file]
        if not found:
            raise UsageError(f"there are no backups in {file}")
        paths += found
    told: list[dict[str, Any]] = []
    bad = False
    for path in paths:
        try:
            manifest = sound(path)
        except BackupError as error:
            bad = True
            told.append({"file": str(path), "sound": False, "error": str(error)})
            if output is Format.text:
                complain(f"{path}: not sound: {error}")
            continue
        told.append({"file": str(path), "sound": True, **as_data(manifest)})
        if output is Format.text:
            say(f"{path}: sound: {manifest.tenant} of {when(manifest.made_at)}, {described(manifest)}")
    if output is Format.json:
        say(render.as_json({"backups": told}))
    return FINDINGS if bad else CLEAN


def described(manifest: "Manifest") -> str:
    """`3 files, 12 MB, schema 7, wabot 0.1.0`."""
    what = f"{render.plural(len(manifest.files), 'file')}, {size(manifest.size)}"
    schema = f", schema {manifest.schema}" if manifest.schema else ""  # the node's file has none of a tenant's
    return f"{what}{schema}, wabot {manifest.wabot}"


def as_data(manifest: "Manifest") -> dict[str, Any]:
    """A backup for machines."""
    return {
        "tenant": manifest.tenant,
        "made_at": manifest.made_at,
        "wabot": manifest.wabot,
        "schema": manifest.schema,
        "files": len(manifest.files),
        "bytes": manifest.size,
    }


def size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1_000:,.0f} kB" if count < 10_000_000 else f"{count / 1_000_000:,.0f} MB"


def _shown(progress: Progress, name: str) -> Any:
    return lambda count: progress.at(f"backing up {name}: {size(count)} …")
