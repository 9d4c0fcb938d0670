"""The key of the encrypted backups, for commands beside the daemon."""

import os
from typing import Final

_NAMED_BY: Final = ("WHATSAPP_ENCRYPTION_KEY", "WHATSAPP_ENCRYPTION_KEY_FILE", "WABOT_NODE")


def configured_key() -> bytes:
    """The key that the environment, or the node file that it names, speaks of; b"" for none.

    Raises:
        UsageError: a setting is wrong.
    """
    if not any(os.environ.get(name) for name in _NAMED_BY):
        return b""
    from wabot.daemon.settings import read_settings
    from wabot.daemon.settings.encryption import encryption_key

    return encryption_key(read_settings({}, os.environ).settings)
