"""How large a file is that WhatsApp keeps for us, before it is downloaded.

What its sender says may be a lie, and the library reads whatever comes into memory, whole: two gigabytes would end the
session, and each one after it that tries again.
"""

import base64
from contextlib import closing
from http.client import HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

HOST: Final = "mmg.whatsapp.net"
SEAL: Final = 32
"""Bytes that encryption adds at most."""
_PATIENCE: Final = 20.0
"""Seconds."""
_KINDS: Final = {
    "imageMessage": "image",
    "videoMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "image",
}
_ORIGIN: Final = "https://web.whatsapp.com"


def stored_size(source: bytes, proxy: str = "") -> int | None:
    """Bytes as they are kept (encrypted), by what WhatsApp's server says before it sends them; None when it says
    nothing: then the download itself must show what is wrong. `source` is an e2e.Message that says how to download.
    Blocking: to be called in a thread.
    """
    kind, part = _part(source)
    if part is None or not part.directPath.startswith("/"):
        return None
    seal = base64.urlsafe_b64encode(part.fileEncSHA256).decode()
    try:
        with closing(_connection(proxy)) as connection:
            path = f"{part.directPath}&hash={seal}&mms-type={kind}&__wa-mms="
            connection.request("GET", path, headers={"Origin": _ORIGIN, "Referer": f"{_ORIGIN}/"})
            answer = connection.getresponse()  # the head alone; nothing of the body is read
            size = answer.getheader("Content-Length", "")
            return int(size) if answer.status == 200 and size.isdecimal() else None
    except (OSError, HTTPException, ValueError):
        return None


def _part(source: bytes) -> tuple[str, Any]:
    """What WhatsApp calls its kind, and what says where it is."""
    from google.protobuf.message import DecodeError
    from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

    try:
        message = e2e.Message.FromString(source)
    except DecodeError:
        return "", None
    parts = ((_KINDS[field.name], part) for field, part in message.ListFields() if field.name in _KINDS)
    return next(parts, ("", None))


def _connection(proxy: str) -> HTTPSConnection:
    """Straight, or through an HTTP proxy. Raises ValueError for one that speaks something else."""
    if not proxy:
        return HTTPSConnection(HOST, timeout=_PATIENCE)
    place = urlsplit(proxy)
    if place.scheme != "http" or not place.hostname:
        raise ValueError("not an HTTP proxy")
    headers = {}
    if place.username:
        secret = base64.b64encode(f"{place.username}:{place.password or ''}".encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {secret}"
    connection = HTTPSConnection(place.hostname, place.port or 80, timeout=_PATIENCE)
    connection.set_tunnel(HOST, 443, headers)
    return connection
