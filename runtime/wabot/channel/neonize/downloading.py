"""Downloading what customers send, and which failures are for good."""

import asyncio
import base64
import binascii
from typing import Final

from wabot.channel.neonize.library import Client, LibraryError
from wabot.channel.neonize.probing import SEAL, stored_size
from wabot.channel.neonize.redact import redact
from wabot.model.errors import ChannelError, MediaGone, MediaTooLarge
from wabot.model.message import Attachment

# Phrases of the library's messages. WhatsApp deletes files after some weeks, and says 403, 404 or 410 then.
_GONE: Final = (
    "status code 403",
    "status code 404",
    "status code 410",
    "no url present",
    "nothing downloadable",
    "invalid media",
    "file length does not match",
    "hash of",
)


async def download(client: Client, media: Attachment, most: int, proxy: str = "") -> bytes:
    """The file, of at most `most` bytes.

    Raises:
        MediaTooLarge: it is larger.
        MediaGone: it cannot be had, now or later.
        ChannelError: not now.
    """
    try:
        source = base64.b64decode(media.source, validate=True)
    except binascii.Error:
        raise MediaGone("what is known of the file is damaged") from None
    size = await asyncio.to_thread(stored_size, source, proxy)
    if size is not None and size > most + SEAL:
        raise MediaTooLarge
    try:
        return await client.download(source)
    except TimeoutError:
        raise ChannelError("WhatsApp did not answer") from None
    except LibraryError as error:
        raise judged(str(error)) from None


def judged(said: str) -> ChannelError:
    """What the library's message means for the file."""
    text = redact(said)
    if any(phrase in said.lower() for phrase in _GONE):
        return MediaGone(f"WhatsApp has it no more ({text})")
    return ChannelError(f"the download failed ({text})")
