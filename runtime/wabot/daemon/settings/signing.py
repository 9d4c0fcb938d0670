"""Where alerts go, and the key that they are signed with."""

import base64
import binascii
from typing import Final

from wabot.daemon.settings.catalogue import Settings
from wabot.session.webhook import Webhook

_LEAST: Final = 16
_PREFIX: Final = "whsec_"


def signing_key(secret: str) -> bytes:
    """The bytes that a secret stands for: `whsec_` and base64, as receivers of Standard Webhooks hand it out, or any
    text of 16 characters or more.

    Raises:
        ValueError: it is neither; the text follows the setting's name, and shows nothing of the secret.
    """
    if secret.startswith(_PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("begins with whsec_, but what follows is not base64") from error
    else:
        key = secret.encode()
    if len(key) < _LEAST:
        raise ValueError(f"is too short to sign with: {_LEAST} bytes or more; `openssl rand -base64 32` makes some")
    return key


def webhook(settings: Settings) -> Webhook | None:
    """Where the settings have alerts posted; None for nowhere."""
    return Webhook(settings.webhook, signing_key(settings.webhook_secret.reveal())) if settings.webhook else None
