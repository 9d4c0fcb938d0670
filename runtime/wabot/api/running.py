"""Whether a tenant's session is there to send what is queued."""

from typing import Any, Final

from wabot.api.house import House
from wabot.session.locked import is_held
from wabot.store.sqlite.queries import Ask

_LOCK: Final = "lock"
"""In `data/<tenant>`: held by the session's process, and let go by the system however that dies."""


def session_shape(house: House, tenant: str, ask: Ask) -> dict[str, Any]:
    """Whether the session runs, and how its line stands. The store's word counts only while the process is there."""
    running = is_held(house.data / tenant / _LOCK, unreadable=True)
    row = ask("session_now").fetchone()
    status = row["status"] if running and row is not None else "stopped"
    shape: dict[str, Any] = {"running": running, "status": status, "isOnline": running and status == "connected"}
    if not running:
        shape["message"] = "Messages wait until the session runs again."
    elif status != "connected":
        shape["message"] = f"Messages wait until WhatsApp is connected (now: {status})."
        if row is not None and row["action"]:
            shape["action"] = row["action"]
    return shape
