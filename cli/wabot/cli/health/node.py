"""What belongs to no tenant: the node's own file, the secret of the API's tokens, and whether the API runs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wabot.api.secret import NAME as SECRET
from wabot.cli.backup import size
from wabot.cli.health.finding import Checked
from wabot.cli.health.folders import private
from wabot.daemon.api_standing import read_api
from wabot.model.errors import StoreError
from wabot.store.keeping.examining import check_pages
from wabot.store.keeping.layout import NODE

_OWN: Final = (NODE, SECRET)
_WHERE: Final = "node"
_MEND: Final = "stop `wabot run`, then: wabot restore _node-….tar.gz --replace; without a backup, move the file away"


def node(data: Path, *, deep: bool) -> Iterator[Checked]:
    """Nothing where nothing ran yet."""
    path = data / NODE
    if os.path.lexists(path):
        yield _whole(path, deep=deep)
    own = [data / name for name in _OWN if (data / name).is_file()]
    if own:
        yield from private(_WHERE, data, own)
    standing = read_api(data)
    if standing is None:
        return
    if standing.status == "serving":
        yield Checked("ok", _WHERE, f"the API serves at {standing.address}")
    elif standing.status == "starting":
        yield Checked("ok", _WHERE, f"the API starts at {standing.address}")
    else:
        found = f"the API's process died, and is begun again: {standing.detail}"
        yield Checked("fail", _WHERE, found, "see docs/troubleshooting.md; the daemon's log says more")


def _whole(path: Path, *, deep: bool) -> Checked:
    if not path.is_file():
        return Checked("fail", _WHERE, f"{path} is no file, so alerts and accounts cannot be kept", "move it away")
    try:
        found = check_pages(path, deep=deep)
    except StoreError as error:
        return Checked("fail", _WHERE, str(error), _MEND)
    if found:
        return Checked("fail", _WHERE, f"{NODE} is damaged: {found}", _MEND)
    return Checked("ok", _WHERE, f"{NODE} is whole ({size(path.stat().st_size)})")
