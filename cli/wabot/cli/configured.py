"""What the daemon's settings say, for commands beside it."""

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wabot.session.jobs import Job

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


def configured_jobs() -> "tuple[Job, ...]":
    """What each tenant's session does at times, as the environment, or the node file that it names, has it.

    Raises:
        UsageError: a setting is wrong.
    """
    from wabot.daemon.settings import read_settings
    from wabot.session.jobs import all_jobs

    return all_jobs(read_settings({}, os.environ).settings.aggregation)
