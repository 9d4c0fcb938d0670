"""The data folder: whose it is, who may read it, and how much room there is."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wabot.cli.backup import size
from wabot.cli.health.finding import Checked
from wabot.store.keeping.layout import SETTING

_LITTLE: Final = 1_000_000_000
_TOO_LITTLE: Final = 100_000_000


def data_folder(data: Path) -> Iterator[Checked]:
    """The folder itself; its tenants are looked at one by one."""
    where = f"data {data}"
    free = shutil.disk_usage(data).free
    if free < _TOO_LITTLE:
        do = "free some space now: nothing new can be stored once it is full; the sessions go on by themselves then"
        yield Checked("fail", where, f"the disk is nearly full: {size(free)} are free", do)
    elif free < _LITTLE:
        yield Checked("warn", where, f"{size(free)} are free", "free some space, or get a larger disk")
    else:
        yield Checked("ok", where, f"{size(free)} are free")
    yield from private(where, data, [data])
    named = os.environ.get(SETTING, "")
    if named and not Path(named).is_dir():
        yield Checked("warn", where, f"{SETTING} names {named}, which is no folder", "make it, or mend the setting")


def private(where: str, owned_like: Path, paths: list[Path]) -> Iterator[Checked]:
    """Whether only the owner may read these, and all belong to the owner of `owned_like`."""
    owner = owned_like.stat().st_uid
    open_to_others, foreign = [], []
    for path in paths:
        try:
            seen = path.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISLNK(seen.st_mode):
            continue
        if seen.st_mode & 0o077:
            open_to_others.append((path, 0o700 if stat.S_ISDIR(seen.st_mode) else 0o600))
        if seen.st_uid != owner:
            foreign.append(path)
    if open_to_others:

        def fix() -> None:
            for path, mode in open_to_others:
                path.chmod(mode)

        found = f"others may read {_some([path for path, _ in open_to_others])}"
        yield Checked("fail", where, found, "chmod 700 folders and 600 files, or: wabot doctor --fix", fix)
    if foreign:
        do = f"chown -R {owner} {owned_like}: the daemon cannot write files of another user"
        yield Checked("fail", where, f"another user owns {_some(foreign)}", do)
    if owned_like in paths and os.geteuid() not in (0, owner):
        yield Checked("fail", where, f"it belongs to another user (uid {owner})", "run wabot as that user")
    if not (open_to_others or foreign):
        yield Checked("ok", where, "only its owner may read it")


def _some(paths: list[Path]) -> str:
    return str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
