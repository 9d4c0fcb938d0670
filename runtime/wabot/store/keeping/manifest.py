"""What a backup holds, as it says itself; nothing of it is believed before it is checked."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from wabot.model.errors import BackupError
from wabot.store.keeping.layout import BACKUPS, LOCK, NODE, NODE_NAME

FORMAT: Final = 1
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the backup: `path` within the tenant's folder, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`tenant` is "_node" for what belongs to no tenant. `made_at` is UTC milliseconds, `wabot` the version that made
    it, `schema` the number of the newest migration that its wabot.db has seen."""

    tenant: str
    made_at: int
    wabot: str
    schema: int
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files)

    def dump(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1).encode()


def read_manifest(text: bytes) -> Manifest:
    """Raises:
    BackupError: it is none, it is of a newer wabot, or it names a place outside the tenant's folder.
    """
    try:
        data: Any = json.loads(text)
        if data["format"] != FORMAT:
            raise BackupError(f"it is of a newer wabot ({data['wabot']}); restore it with that version")
        files = tuple(Entry(str(item["path"]), int(item["size"]), str(item["sha256"])) for item in data["files"])
        made = Manifest(str(data["tenant"]), int(data["made_at"]), str(data["wabot"]), int(data["schema"]), files)
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError("its manifest cannot be read: it is no backup of wabot, or it is damaged") from error
    _check_names(made.tenant, [entry.path for entry in files])
    return made


def _check_names(tenant: str, paths: Iterable[str]) -> None:
    if not tenant or tenant.startswith(".") or "/" in tenant or _CONTROL.search(tenant):
        raise BackupError(f"it names a tenant that cannot be: {tenant!r}")
    if tenant.startswith("_") and tenant != NODE_NAME:
        raise BackupError(f"it names a tenant that cannot be: {tenant!r}")
    seen: set[str] = set()
    for path in paths:
        parts = PurePosixPath(path).parts
        outside = not parts or path.startswith("/") or ".." in parts or _CONTROL.search(path) or path in seen
        if outside or str(PurePosixPath(path)) != path or parts[0] in (LOCK, BACKUPS) or parts[0].startswith("."):
            raise BackupError(f"it holds a file that has no place in a tenant's folder: {path!r}")
        if tenant == NODE_NAME and path != NODE:
            raise BackupError(f"it holds a file that has no place in a data folder: {path!r}")
        seen.add(path)
