"""Where the file of a message is had."""

from typing import Any


def media_url(row: Any) -> str | None:
    """The path of a message's file, by its row; None while there is none: it was never one, or is not downloaded."""
    by_rule = row["sender_type"] == "auto_reply" and row["message_type"] in ("image", "document")
    return f"/api/media/{row['id']}" if row["media_file"] or row["media_upload"] or by_rule else None
