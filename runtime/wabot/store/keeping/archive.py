"""The one file of a backup: a tar (compressed or not) with a manifest before the files and the manifest's checksum
after them, so that a file that was cut short or changed is told from a whole one."""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from wabot.model.errors import BackupError
from wabot.store.keeping.layout import DATABASES, MAGIC, NODE, sync_folder
from wabot.store.keeping.manifest import Entry, Manifest, read_manifest

PLAIN: Final = ".tar"
PACKED: Final = (".tar.gz", ".tgz")
_MANIFEST: Final = "manifest.json"
_SEAL: Final = "manifest.sha256"
_FILES: Final = "files/"
_LARGEST_MANIFEST: Final = 50_000_000
_CHUNK: Final = 1 << 20

Told = Callable[[int], None]
"""Hears how many bytes are done."""


def untold(_bytes: int) -> None:
    """Nobody waits."""


def write_archive(target: Path, staged: Path, manifest: Manifest, told: Told = untold) -> None:
    """Write the files in `staged` that `manifest` lists to `target`, mode 0600: whole, durable and read again, or not
    at all.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
        BackupError: what was written reads differently.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            # Level 1: texts shrink to a third as well, in a quarter of the time.
            options = {"mode": "w:gz", "compresslevel": 1} if target.name.endswith(PACKED) else {"mode": "w"}
            with tarfile.open(fileobj=file, format=tarfile.PAX_FORMAT, **options) as tar:
                text = manifest.dump()
                _add_bytes(tar, _MANIFEST, text, manifest.made_at)
                done = 0
                for entry in manifest.files:
                    with (staged / entry.path).open("rb") as content:
                        tar.addfile(_member(_FILES + entry.path, entry.size, manifest.made_at), content)
                    done += entry.size
                    told(done)
                _add_bytes(tar, _SEAL, hashlib.sha256(text).hexdigest().encode(), manifest.made_at)
            file.flush()
            os.fsync(file.fileno())
        check_archive(draft)
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        with suppress(OSError):
            draft.unlink()


def check_archive(path: Path) -> Manifest:
    """Read the whole backup and compare every checksum.

    Raises:
        BackupError: it is no backup, or not as it was made; the text says how.
        OSError: it cannot be read.
    """
    return _read(path, lambda _entry: None)


def unpack(path: Path, folder: Path, only: str = "") -> Manifest:
    """Write the backup's files (or the one that is named) into the new `folder`, mode 0700, the files 0600. Nothing is
    ever written elsewhere: only regular files that the manifest names, by names that stay within.

    Raises:
        BackupError: it is not as it was made. What was written until then is in `folder`.
        OSError: the disk is full.
    """
    folder.mkdir(mode=0o700)

    def place(entry: Entry) -> IO[bytes] | None:
        if only and entry.path != only:
            return None
        target = folder / entry.path
        for parent in reversed(target.relative_to(folder).parents):
            (folder / parent).mkdir(mode=0o700, exist_ok=True)
        return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")

    manifest = _read(path, place)
    for parent, _, _ in os.walk(folder):
        sync_folder(Path(parent))
    return manifest


def _read(path: Path, place: Callable[[Entry], IO[bytes] | None]) -> Manifest:
    with _opened(path) as (text, tar):
        manifest = read_manifest(text)
        wanted = {_FILES + entry.path: entry for entry in manifest.files}
        seal = b""
        while True:
            with _plainly():
                member = tar.next()
            if member is None:
                break
            if member.name == _SEAL and member.isreg() and member.size == 64:
                seal = _content(tar, member)
                continue
            entry = wanted.pop(member.name, None)
            if entry is None or not member.isreg() or member.size != entry.size:
                raise BackupError(f"it holds something that its manifest does not: {member.name!r}")
            _copy(tar, member, entry, place)
        if not seal:
            raise BackupError("it was cut short: copy it again, or take another")
        if wanted:
            raise BackupError(f"it lacks {len(wanted)} of its files, among them {min(wanted)!r}")
        if seal.decode("ascii", "replace") != hashlib.sha256(text).hexdigest():
            raise BackupError("its manifest was changed after it was made")
        return manifest


def _copy(
    tar: tarfile.TarFile, member: tarfile.TarInfo, entry: Entry, place: Callable[[Entry], IO[bytes] | None]
) -> None:
    digest = hashlib.sha256()
    target = place(entry)
    try:
        with _plainly():
            source = tar.extractfile(member)
        assert source is not None, "a regular file"
        left = entry.size
        while left:
            with _plainly():
                chunk = source.read(min(left, _CHUNK))
            if not chunk:
                raise BackupError("it was cut short: copy it again, or take another")
            if left == entry.size and entry.path in (*DATABASES, NODE) and not chunk.startswith(MAGIC):
                raise BackupError(f"{entry.path} in it is no database: it was damaged already when it was backed up")
            left -= len(chunk)
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
        if digest.hexdigest() != entry.sha256:
            raise BackupError(f"{entry.path} in it is not as it was backed up (its checksum differs)")
        if target is not None:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target is not None:
            target.close()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[bytes, tarfile.TarFile]]:
    """The archive, read up to and including its manifest."""
    try:
        file = path.open("rb")
    except IsADirectoryError:
        raise BackupError("it is a folder") from None
    with file, ExitStack() as stack:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with _plainly("it is no backup of wabot"):
            tar = stack.enter_context(tarfile.open(fileobj=file, mode="r:gz" if packed else "r:"))
            first = tar.next()
        if first is None or first.name != _MANIFEST or not first.isreg() or first.size > _LARGEST_MANIFEST:
            raise BackupError("it is no backup of wabot: it does not begin with a manifest")
        yield _content(tar, first), tar


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    with _plainly():
        source = tar.extractfile(member)
        return b"" if source is None else source.read()


@contextmanager
def _plainly(what: str = "it is damaged, or was cut short") -> Iterator[None]:
    """Whatever the libraries say of an archive that is none."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise BackupError(f"{what} ({error})") from error
    except OSError as error:
        if error.errno is None:  # gzip's complaints come as OSError
            raise BackupError(f"{what} ({error})") from error
        raise


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes, at: int) -> None:
    from io import BytesIO

    tar.addfile(_member(name, len(content), at), BytesIO(content))


def _member(name: str, size: int, at: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, at // 1000
    return member
