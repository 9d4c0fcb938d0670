"""Since when rules stand in a tenant's files, as far as git tells."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from wabot.cli.git import Checkout
from wabot.model.errors import UsageError

_ID: Final = re.compile(r"""(?:^|[\s{,-])id:\s*["']?([a-z0-9][a-z0-9_.-]{0,62})""")


def since(folder: Path | None, rules: Collection[str]) -> dict[str, int]:
    """When each of these rules was first committed in the folder (UTC milliseconds). Those that never were are left
    out; all are, where there is no git, or no commit."""
    found: dict[str, int] = {}
    if folder is None or not rules:
        return found
    try:
        lines = Checkout(folder, "HEAD").written(folder)
        for at, line in lines:
            if (named := _ID.search(line)) is not None and named[1] in rules:
                found.setdefault(named[1], at * 1000)
    except (UsageError, OSError):
        return {}
    return found
