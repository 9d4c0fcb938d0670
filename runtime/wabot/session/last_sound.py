"""The copy of a tenant's last sound rules, beside its data: at every moment, also one at which the process is killed,
a whole one is there."""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from wabot.language.bounds import Bounds
from wabot.language.files import open_file
from wabot.store.keeping.layout import sync_folder

COPY: Final = "rules.good"
_READ: Final = (".yaml", ".j2")
"""Files without which the rules are not sound; they are on the disk before the copy counts."""

Ignore = Callable[[Any, list[str]], Iterable[str]]
_NOTHING: Final[Ignore] = shutil.ignore_patterns()


class LastSound:
    """The copy in `data/rules.good/<tenant>`, which is `place`; shared rules lie beside it, as they do beside the
    tenant's folder. Nobody else may read it, whoever may read the rules."""

    def __init__(self, data: Path, tenant: str) -> None:
        self.place = data / COPY / tenant
        self._fresh, self._aside = (self.place.with_name(f"{tenant}.{word}") for word in ("new", "old"))

    def find(self, file: Path, folder: Path) -> Path:
        """Where the copy has this file of the tenant in `folder`, or of its shared rules; where it lies itself when the
        copy has none by that name (yet)."""
        for home, copy in ((folder, self.place), (folder.parent, self.place.parent)):
            if file.is_relative_to(home) and (kept := copy / file.relative_to(home)).is_file():
                return kept
        return file

    def sent(self, file: Path, folder: Path) -> Path | None:
        """Where to read a file that a reply sends; None where it is neither the tenant's own nor shared (any more): a
        link leads elsewhere."""
        found = self.find(file, folder)
        real = found.resolve() if found.is_symlink() else found
        return real if any(Bounds(place).hold(real) for place in (self.place, folder)) else None

    def recover(self) -> None:
        """Put the copy in its place when the process was killed while it was replaced. Never raises."""
        with suppress(OSError):
            if self._aside.is_dir() and not self.place.is_dir():
                # One is set aside only once the new one is whole.
                (self._fresh if self._fresh.is_dir() else self._aside).rename(self.place)

    def keep(self, folder: Path, include: Iterable[str]) -> None:
        """Replace the copy by one of the sound rules in `folder`, which include these shared files.

        Raises:
            OSError, shutil.Error: something could not be read or written. The copy before it stays.
        """
        self.recover()
        home = self.place.parent
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        shutil.rmtree(self._fresh, ignore_errors=True)
        bounds = Bounds(folder)
        _copy_tree(folder, self._fresh, self.place, bounds, shutil.ignore_patterns("tests", ".*"))
        # Before the rules that need them: a copy with more than it needs is sound.
        for name in include:
            self._share(folder.parent / name, home / name, bounds)
        if self.place.is_dir():
            shutil.rmtree(self._aside, ignore_errors=True)
            self.place.rename(self._aside)
        self._fresh.rename(self.place)
        sync_folder(home)
        shutil.rmtree(self._aside, ignore_errors=True)

    def _share(self, source: Path, target: Path, bounds: Bounds) -> None:
        for part in ("templates", "media"):
            if (beside := source.parent / part).is_dir() and bounds.hold(beside):
                _copy_tree(beside, target.parent / part, target.parent / part, bounds)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.chmod(0o700)
        _copy(source, target, target, bounds)


def _copy_tree(source: Path, target: Path, before: Path, bounds: Bounds, ignore: Ignore = _NOTHING) -> None:
    def copy(one: str, to: str) -> None:
        _copy(Path(one), Path(to), before / Path(to).relative_to(target), bounds)

    def skipped(place: Any, names: list[str]) -> Iterable[str]:
        # Nothing is read through a link that leads out. A linked folder may hold files that are read only where no
        # other folder is above it; further down it could lead round in circles.
        deep = Path(place) != source
        links = [path for name in names if (path := Path(place, name)).is_symlink()]
        out = {path.name for path in links if not bounds.hold(path) or (deep and path.is_dir())}
        return {*out, *ignore(place, names)}

    shutil.copytree(source, target, ignore=skipped, copy_function=copy, dirs_exist_ok=True)
    for name, _, _ in os.walk(target):
        folder = Path(name)
        folder.chmod(0o700)
        sync_folder(folder)


def _copy(source: Path, target: Path, before: Path, bounds: Bounds) -> None:
    """Copy a file whole or not at all. Pictures and documents, which can be large, are taken from the copy `before`
    where they have not changed since; never linked to the tenant's own, whose permissions are its owner's."""
    source = source.resolve()
    if not source.is_file() or not bounds.hold(source):
        raise shutil.SpecialFileError(f"{source} is no file of the tenant")
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    if target.suffix not in _READ and _is_same(source, before):
        os.link(before, draft)
    else:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open_file(source, follow=False) as content, os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            if target.suffix in _READ:
                os.fsync(file.fileno())
        seen = source.stat()
        os.utime(draft, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    draft.replace(target)


def _is_same(source: Path, before: Path) -> bool:
    with suppress(OSError):
        one, other = source.stat(), before.stat()
        same = (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
        return same and other.st_mode & 0o777 == 0o600
    return False
