"""Settings of the node: flags, environment, node file, defaults, in this order."""

from wabot.daemon.settings.catalogue import SETTINGS, UNMAPPED, Setting, Settings
from wabot.daemon.settings.reading import Found, default_data, default_invite_url, read_settings

__all__ = [
    "SETTINGS",
    "UNMAPPED",
    "Found",
    "Setting",
    "Settings",
    "default_data",
    "default_invite_url",
    "read_settings",
]
