"""Pairing codes for eyes: on a terminal, each in the place of the one before, and as a picture in a file."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import segno

from wabot.model.errors import UsageError, WabotError

KINDS: Final = ("png", "svg")
_SCALE: Final = 8
_BESIDE: Final = 3
"""Lines of a code's heading, and of the prompt below it."""


class Drawn:
    """Codes on standard output."""

    def __init__(self) -> None:
        self._lines = 0

    def show(self, code: str, heading: str) -> None:
        """Draw a code; on a terminal in the place of the last one, elsewhere below it."""
        from wabot.channel.neonize.qr import cramped, draw

        drawn = draw(code)
        narrow, why = cramped(drawn, sys.stdout, _BESIDE)
        text = f"{heading}\n{drawn}\n"
        if why:
            why += ", and wait for the next code; or begin again with --out FILE.png, or with --code PHONE.\n"
            text = why if narrow else text + why
        self._erase()
        sys.stdout.write(text)
        sys.stdout.flush()
        self._lines = text.count("\n")

    def over(self) -> None:
        """The last code no longer works: take it off the terminal."""
        self._erase()
        sys.stdout.flush()

    def _erase(self) -> None:
        if self._lines and sys.stdout.isatty():
            sys.stdout.write(f"\x1b[{self._lines}F\x1b[J")
        self._lines = 0


class Picture:
    """Codes as the file `path`, for its owner alone: whoever sees a code that works can link a device.

    Raises:
        UsageError: it is no kind of picture that can be made, or has no folder to lie in, or is there already.
        WabotError: its folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._kind = path, path.suffix.lower().lstrip(".")
        self._drawn = False
        if self._kind not in KINDS:
            raise UsageError(f"--out writes a .png or a .svg, not `{path.name}`")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {path.absolute().parent} to write {path.name} into")
        if path.is_dir():
            raise UsageError(f"{path} is a folder; --out names the file to write")
        if os.path.lexists(path):
            raise UsageError(f"{path} exists already; name another file, or remove it first")
        with self._draft(b""):
            pass

    def show(self, code: str) -> None:
        """Put a code into the file, in the place of the last one.

        Raises:
            WabotError: it cannot be written.
        """
        content = io.BytesIO()
        segno.make_qr(code, error="l").save(content, kind=self._kind, scale=_SCALE)
        with self._draft(content.getvalue()) as draft:
            draft.replace(self._path)
        self._drawn = True

    @contextmanager
    def _draft(self, content: bytes) -> Iterator[Path]:
        """A file beside it, until the block ends."""
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            yield draft
        except OSError as error:
            raise WabotError(f"{self._path} cannot be written: {error.strerror}. Name another with --out.") from error
        finally:
            with suppress(OSError):
                draft.unlink()

    def over(self) -> None:
        """Remove the file: its code no longer works."""
        if self._drawn:
            with suppress(OSError):
                self._path.unlink()
        self._drawn = False
