"""Files that people send: which are kept, which message sends which, and which nobody needs any more. Functions take
`ask` first, and run within their caller's transaction."""

from typing import Any, Final, NamedTuple

from wabot.model.media import media_type
from wabot.model.message import Attachment
from wabot.store.outgoing import reference
from wabot.store.sqlite.payload import dump_attachment
from wabot.store.sqlite.queries import Ask

UNUSED: Final = 86_400_000
"""Milliseconds for which a file is kept that no message sends."""
USED: Final = 30 * 86_400_000
"""Milliseconds for which a file is kept after a message sent it."""
BATCH: Final = 200


class Upload(NamedTuple):
    """A file that a person sends: `name` is what the customer sees, `size` bytes, `at` when it came (UTC
    milliseconds)."""

    id: str
    name: str
    mime: str
    size: int
    at: int


def add(ask: Ask, upload: Upload, owner: str, key: str = "") -> None:
    """Keep what is known of a file that lies in the folder. `key` is the owner's word for "this request, once"."""
    ask("upload_add", **_without_at(upload), owner=owner, key=key, at=upload.at)


def _without_at(upload: Upload) -> dict[str, Any]:
    return {"id": upload.id, "name": upload.name, "mime": upload.mime, "size": upload.size}


def find(ask: Ask, id: str) -> Upload | None:
    row = ask("upload_row", id=id).fetchone()
    return None if row is None else _upload(row)


def of_key(ask: Ask, owner: str, key: str) -> Upload | None:
    """What the same request brought before; None when it is new, or nobody asked for it to be known again."""
    row = ask("upload_of_key", owner=owner, key=key).fetchone()
    return None if row is None else _upload(row)


def stored(ask: Ask) -> int:
    """Bytes of all that is kept."""
    return int(ask("uploads_stored").fetchone()["bytes"])


def attach(ask: Ask, message: str, upload: Upload, at: int) -> bool:
    """The person's message that was queued under this id, in the same transaction, sends this file; its text is the
    caption. False: the file is not kept any more, and the message must not be queued."""
    if not ask("upload_used", id=upload.id, at=at).rowcount:
        return False
    ask("outbox_encloses", id=message, media=reference(upload.id, upload.name))
    details = dump_attachment(Attachment(mime=upload.mime, size=upload.size, name=upload.name))
    ask(
        "message_encloses",
        id=message,
        type=media_type(upload.name),
        mime=upload.mime,
        size=upload.size,
        details=details,
        upload=upload.id,
    )
    return True


def drop_over(ask: Ask, now: int) -> list[str]:
    """Forget some of the files that nobody needs any more; those that are to be deleted then."""
    rows = ask("uploads_over", unused=now - UNUSED, used=now - USED, most=BATCH).fetchall()
    return drop(ask, [row["id"] for row in rows])


def drop(ask: Ask, ids: list[str]) -> list[str]:
    """Forget files; the same ids. They are deleted once that is kept."""
    for id in ids:
        ask("upload_drop", id=id)
    return ids


def unknown(ask: Ask, ids: list[str]) -> list[str]:
    """Those that are no file that is kept."""
    return [id for id in ids if ask("upload_row", id=id).fetchone() is None]


def _upload(row: Any) -> Upload:
    return Upload(row["id"], row["name"], row["mime_type"], row["size"], row["created_at"])
