"""Which number a tenant answers on, as its tenant.yaml says: one number belongs to one tenant, and two sessions on one
would answer each customer twice. It is all that the supervisor reads of a tenant's files."""

from pathlib import Path
from typing import Any


class Numbers:
    """Reads a tenant.yaml again only when it has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}

    def of(self, folder: Path) -> str:
        """The number of the tenant in `folder`; "" when its file does not tell: its session then says what is wrong."""
        file = folder / "tenant.yaml"
        try:
            status = file.stat()
        except OSError:
            return ""
        seen = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
        if file not in self._known or self._known[file][0] != seen:
            from wabot.language.document import read_document

            self._known[file] = (seen, _number(read_document(file).data))
        return self._known[file][1]


def _number(data: Any) -> str:
    number = data.get("phone") if isinstance(data, dict) else None
    return number if isinstance(number, str) else ""
