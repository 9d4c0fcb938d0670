"""One hash of all that a tenant's findings and rules follow from: its files, and wabot itself.

Whoever has seen the same hash before knows the outcome. A missing input would make that a lie, so what costs nothing to
include is included: every shared file for a tenant that may include one, and every installed library's version.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from wabot.language.bounds import Bounds
from wabot.language.files import MAX_BYTES, read_file
from wabot.language.resources import schemas
from wabot.model.media import HEAD, media_type

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL first, which takes longer than all that is hashed here
except ImportError:
    from hashlib import blake2b

_READ: Final = (".yaml", ".j2")
"""Files whose content matters; of others (media) the name and the size do, and of pictures how they begin."""
_FOLDERS: Final = ("rules", "templates", "tests", "media")
_DECIDING: Final = ("model", "language", "engine", "lint")
"""The packages whose code decides what is found and answered."""


def digest(*parts: bytes) -> str:
    """A hash of these parts, in hexadecimal."""
    return _hash(parts).hexdigest()


def _hash(parts: Iterable[bytes]) -> "blake2b":
    # Each part with its length: what moves from one to the next makes another hash.
    made = blake2b(digest_size=20)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made


class Contents:
    """Hashes of tenants, as their files are when they are asked for; shared files are looked at once."""

    def __init__(self) -> None:
        self._shared: dict[str, tuple[bytes, list[str]]] = {}

    def of(self, folder: Path) -> str | None:
        """The hash of one tenant, in hexadecimal; None when something in it cannot be read, so that nothing follows
        from it."""
        try:
            bounds = Bounds(folder)
            return digest(tool_hash(), *_tenant(folder, bounds), *self._beside(folder, bounds))
        except (OSError, ValueError):
            return None

    def _beside(self, folder: Path, bounds: Bounds) -> Iterator[bytes]:
        if _may_include(os.path.join(folder, "tenant.yaml")):
            parent = os.fspath(folder.parent)
            if parent not in self._shared:
                links: list[str] = []
                self._shared[parent] = _hash(_sharable(parent, links)).digest(), links
            seen, links = self._shared[parent]
            yield seen
            yield from (_link(path, bounds) for path in links)


@cache
def tool_hash() -> bytes:
    """The hash of wabot's own code and schemas, of Python, and of the installed libraries' versions.

    Code is known by its size and time of change, as Python itself knows whether it must compile it again.
    """
    return _hash(_tool()).digest()


def _tool() -> Iterator[bytes]:
    yield sys.version.encode()
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for package in _DECIDING:
        for entry in _below(os.path.join(here, package)):
            if entry.is_dir():
                continue
            if entry.name.endswith(".py"):
                status = entry.stat()
                yield f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}".encode()
            else:
                yield _content(entry.path)
    for entry in _entries(os.fspath(schemas())):
        yield _content(entry.path)
    for place in sys.path:
        if place.endswith("-packages") and os.path.isdir(place):
            yield "\0".join(sorted(name for name in os.listdir(place) if name.endswith(".dist-info"))).encode()


def _tenant(folder: Path, bounds: Bounds) -> Iterator[bytes]:
    yield os.path.basename(os.path.realpath(folder)).encode()
    for name in ("", *_FOLDERS):
        inside = os.path.join(folder, name)
        if os.path.isdir(inside):
            yield f"/{name}".encode()
            for entry in _entries(inside):
                if entry.is_symlink():
                    yield _link(entry.path, bounds)
                yield from _file(entry)


def _link(path: str, bounds: Bounds) -> bytes:
    """What a link adds to what it leads to: from there it would be no finding."""
    return b"a link within" if bounds.hold(path) else b"a link that leads out"


def _file(entry: "os.DirEntry[str]") -> Iterator[bytes]:
    # No name holds a slash, so a folder is never taken for a file.
    if entry.is_dir():
        yield f"{entry.name}/".encode()
        return
    yield entry.name.encode()
    if entry.name.endswith(_READ):
        yield _content(entry.path)
    else:
        seen = entry.stat()
        yield f"{stat.S_IFMT(seen.st_mode)} {seen.st_size}".encode()
        if stat.S_ISREG(seen.st_mode) and media_type(entry.name) == "image":
            with open(entry.path, "rb", buffering=0) as file:
                yield file.read(HEAD)


def _may_include(path: str) -> bool:
    """Whether tenant.yaml may have the key `include`. In YAML a word is spelt out, unless a backslash spells it."""
    if not os.path.isfile(path):
        return False
    content = _content(path)
    return b"include" in content or b"\\" in content


def _sharable(parent: str, links: list[str]) -> Iterator[bytes]:
    """Everything that tenants below `parent` can share; `links` are the links in it."""
    for top in _entries(parent):
        if top.name.startswith("_"):
            for entry in (top, *_below(top)):
                yield entry.path.encode()
                if entry.is_symlink():
                    links.append(entry.path)
                yield from _file(entry)


def _below(top: "os.DirEntry[str] | str") -> Iterator["os.DirEntry[str]"]:
    """Every file and folder in a folder, at any depth; nothing below a file."""
    for entry in _entries(top) if isinstance(top, str) or top.is_dir() else ():
        if entry.name == "__pycache__":
            continue
        if entry.is_dir() and entry.is_symlink():
            raise OSError(f"{entry.path} may lead round in circles")
        yield entry
        yield from _below(entry)


def _entries(folder: "os.DirEntry[str] | str") -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _content(path: str) -> bytes:
    content = read_file(Path(path))
    if len(content) > MAX_BYTES:
        raise OSError(f"{path} is larger than any file that is read")
    return content
