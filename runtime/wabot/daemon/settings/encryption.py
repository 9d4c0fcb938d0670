"""The key of the encrypted backups."""

from wabot.daemon.settings.catalogue import Settings
from wabot.store.keeping.sealing import key_from


def encryption_key(settings: Settings) -> bytes:
    """The key that the settings hold, b"" for none. `read_settings` has seen that it is one."""
    return key_from(settings.encryption_key.reveal()) if settings.encryption_key else b""
