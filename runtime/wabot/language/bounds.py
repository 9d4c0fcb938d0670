"""What a tenant's files may be: its own, and the shared ones beside its folder.

git carries symbolic links, so a change of one tenant's files could name another tenant's keys, or any file that the
daemon may read, as the picture that a reply sends.
"""

import os
from pathlib import Path


class Bounds:
    """One tenant's, as they are now. Its folder, and folders of shared files, may themselves be links: so are releases
    switched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._near: tuple[str, str] | None = None
        self._far: tuple[str, ...] | None = None

    def hold(self, path: str | Path) -> bool:
        """Whether `path`, followed wherever links lead, lies within; nothing needs to be there."""
        real = f"{os.path.realpath(path)}{os.sep}"
        # Asked for only where there is a link: most tenants have none, and a thousand of them are read at a start.
        if self._near is None:
            beside = os.path.realpath(self._folder.parent)
            self._near = (f"{os.path.realpath(self._folder)}{os.sep}", os.path.join(beside, "_"))
        return any(map(real.startswith, self._near)) or any(map(real.startswith, self._linked()))

    def left_by(self, path: str | Path) -> bool:
        """Whether `path` is itself a link, and leads out."""
        return os.path.islink(path) and not self.hold(path)

    def _linked(self) -> tuple[str, ...]:
        """Where the folders of shared files are that are links."""
        if self._far is None:
            try:
                with os.scandir(self._folder.parent) as entries:
                    links = [entry.path for entry in entries if entry.name.startswith("_") and entry.is_symlink()]
            except OSError:
                links = []
            self._far = tuple(f"{os.path.realpath(link)}{os.sep}" for link in links)
        return self._far
