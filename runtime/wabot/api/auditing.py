"""Noting who did what, after it was done."""

from typing import Any

from fastapi import Request

from wabot.api.door import AccountsDoor
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.model.errors import StoreError
from wabot.store.sqlite.node.audit import ActorKind, Entry, note


async def audit(
    house: House, who: Who, action: str, subject: str = "", request: Request | None = None, **detail: Any
) -> None:
    """Note in the tenant's audit log that `who` did `action` (`conversation.assign`, `operator.create`) to the thing
    with the id `subject`. `detail` is small and holds no text of a customer. To be called once the thing is done: an
    entry that cannot be kept is logged, and undoes nothing."""
    if not isinstance(house.door, AccountsDoor):
        return
    kind: ActorKind = "key" if who.key else "person"
    actor, now = who.key or who.email, house.clock.now()
    entry = Entry(who.tenant, kind, actor, action, subject, detail, client_of(request), now)
    try:
        await house.door.accounts.write(lambda ask: note(ask, entry), flushed=False)
    except StoreError as error:
        house.report.note("an act is missing in the audit log", level="error", action=action, error=str(error))


def client_of(request: Request | None) -> str:
    """The address that a request came from; "" where there is none."""
    return request.client.host if request is not None and request.client is not None else ""
