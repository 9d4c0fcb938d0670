"""One hash of all that a tenant's findings and rules follow from: its files, and wabot itself.

Whoever has seen the same hash before knows the outcome. A missing input would make that a lie, so what costs nothing to
include is included: every shared file for a tenant that may include one, and every installed library's version.
"""

import os
import stat
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from wabot.language.files import MAX_BYTES, read_file
from wabot.language.resources import schemas

_READ: Final = (".yaml", ".j2")
"""Files whose content matters; of others (media) the name and the size do."""
_FOLDERS: Final = ("rules", "templates", "tests", "media")
_DECIDING: Final = ("model", "language", "engine", "lint")
"""The packages whose code decides what is found and answered."""


class Contents:
    """Hashes of tenants, as their files are when they are asked for; shared files are looked at once."""

    def __init__(self) -> None:
        self._shared: dict[str, bytes] = {}

    def of(self, folder: Path) -> str | None:
        """The hash of one tenant, in hexadecimal; None when something in it cannot be read, so that nothing follows
        from it."""
        digest = blake2b(tool_hash(), digest_size=20)
        try:
            digest.update(os.path.realpath(folder).rpartition("/")[2].encode())
            for part in _tenant(os.fspath(folder)):
                digest.update(len(part).to_bytes(8, "big") + part)
            if _may_include(os.path.join(folder, "tenant.yaml")):
                digest.update(self._beside(os.fspath(folder.parent)))
        except (OSError, ValueError):
            return None
        return digest.hexdigest()

    def _beside(self, parent: str) -> bytes:
        if parent not in self._shared:
            self._shared[parent] = _shared(parent)
        return self._shared[parent]


@cache
def tool_hash() -> bytes:
    """The hash of wabot's own code and schemas, of Python, and of the installed libraries' versions.

    Code is known by its size and time of change, as Python itself knows whether it must compile it again.
    """
    digest = blake2b(sys.version.encode(), digest_size=20)
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for package in _DECIDING:
        for entry in _files(os.path.join(here, package)):
            if entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    for entry in sorted(os.scandir(schemas()), key=lambda entry: entry.name):
        digest.update(_content(entry.path))
    for place in sys.path:
        if place.endswith("-packages"):
            installed = sorted(name for name in os.listdir(place) if name.endswith(".dist-info"))
            digest.update("\0".join(installed).encode())
    return digest.digest()


def _tenant(folder: str) -> Iterator[bytes]:
    for entry in _entries(folder):
        yield from _file(entry)
    for name in _FOLDERS:
        inside = os.path.join(folder, name)
        if os.path.isdir(inside):
            yield name.encode()
            for entry in _entries(inside):
                yield from _file(entry)


def _file(entry: "os.DirEntry[str]") -> Iterator[bytes]:
    yield entry.name.encode()
    if entry.is_dir():
        yield b"folder"
    elif entry.name.endswith(_READ):
        yield _content(entry.path)
    else:
        seen = entry.stat()
        yield f"{stat.S_IFMT(seen.st_mode)} {seen.st_size}".encode()


def _may_include(path: str) -> bool:
    """Whether tenant.yaml may have the key `include`. In YAML a word is spelt out, unless a backslash spells it."""
    if not os.path.isfile(path):
        return False
    content = _content(path)
    return b"include" in content or b"\\" in content


def _shared(parent: str) -> bytes:
    """The hash of everything that tenants below `parent` can share."""
    digest = blake2b(digest_size=20)
    for top in _entries(parent):
        if top.name.startswith("_"):
            for entry in _files(top.path) if top.is_dir() else (top,):
                for part in (entry.path.encode(), *_file(entry)):
                    digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _files(folder: str) -> Iterator["os.DirEntry[str]"]:
    for entry in _entries(folder):
        if not entry.is_dir():
            yield entry
        elif entry.is_symlink():
            raise OSError(f"{entry.path} may lead round in circles")
        elif entry.name != "__pycache__":
            yield from _files(entry.path)


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _content(path: str) -> bytes:
    content = read_file(Path(path))
    if len(content) > MAX_BYTES:
        raise OSError(f"{path} is larger than any file that is read")
    return content
