"""The secret by which a shop's own system knows wabot. Its name is made of the tenant's: none can
name another's."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wabot.daemon.settings.secrets import NO_SECRET, Secret, read_secret

ORDERS_SECRET: Final = "WABOT_ORDERS_SECRET_"
"""Begins the name of each: WABOT_ORDERS_SECRET_TOKO_MELATI is that of `toko-melati`. With _FILE behind it, it is the
path of a file with the secret."""


def orders_secret(tenant: str, environ: Mapping[str, str] = os.environ) -> Secret:
    """The tenant's.

    Raises:
        ValueError: it is in a file that cannot be read; the text follows the variable's name.
    """
    name = ORDERS_SECRET + tenant.upper().replace("-", "_")
    if text := environ.get(name, "").strip():
        return Secret(text)
    path = environ.get(f"{name}_FILE", "")
    return read_secret(path, Path(), environ) if path else NO_SECRET
