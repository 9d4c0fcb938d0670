"""Pairing codes for eyes: on a terminal, each in the place of the one before, and as a picture in a file."""

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import segno

from wabot.model.errors import UsageError

KINDS: Final = ("png", "svg")
_SCALE: Final = 8


class Drawn:
    """Codes on standard output."""

    def __init__(self) -> None:
        self._lines = 0

    def show(self, code: str, heading: str) -> None:
        """Draw a code; on a terminal in the place of the last one, elsewhere below it."""
        from wabot.channel.neonize.qr import draw

        text = f"{heading}\n{draw(code)}\n"
        if self._lines and sys.stdout.isatty():
            sys.stdout.write(f"\x1b[{self._lines}F\x1b[J")
        sys.stdout.write(text)
        sys.stdout.flush()
        self._lines = text.count("\n")

    def over(self) -> None:
        """The last code no longer works: take it off the terminal."""
        if self._lines and sys.stdout.isatty():
            sys.stdout.write(f"\x1b[{self._lines}F\x1b[J")
            sys.stdout.flush()
        self._lines = 0


class Picture:
    """Codes as the file `path`, for its owner alone: whoever sees a code that works can link a device.

    Raises:
        UsageError: it is no kind of picture that can be made, or has no folder to lie in, or is there already.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._kind = path, path.suffix.lower().lstrip(".")
        self._drawn = False
        if self._kind not in KINDS:
            raise UsageError(f"--out writes a .png or a .svg, not `{path.name}`")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {path.absolute().parent} to write {path.name} into")
        if os.path.lexists(path):
            raise UsageError(f"{path} exists already; name another file, or remove it first")

    def show(self, code: str) -> None:
        """Put a code into the file, in the place of the last one.

        Raises:
            OSError: it cannot be written.
        """
        content = io.BytesIO()
        segno.make_qr(code, error="l").save(content, kind=self._kind, scale=_SCALE)
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content.getvalue())
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)
        self._drawn = True

    def over(self) -> None:
        """Remove the file: its code no longer works."""
        if self._drawn:
            with suppress(OSError):
                self._path.unlink()
        self._drawn = False
