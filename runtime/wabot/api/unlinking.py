"""Unlinking a tenant's phone."""

from typing import Final

from fastapi import Request

from wabot.api.auditing import audit
from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.linking import attempts_of, failed, linking_of
from wabot.api.problems import Problem
from wabot.model.errors import TenantBusy

_DONE: Final = {
    "unlinked": "The phone is unlinked; chats and rules stay.",
    "was_unlinked": "The phone had unlinked this bot already; chats and rules stay.",
    "not_linked": "No phone is linked.",
}


async def disconnect(house: House, who: Who, request: Request | None = None) -> str:
    """Unlink the phone, and give up an attempt to link it; a sentence that says what came of it.

    Raises:
        Problem: it is linked still.
    """
    tenant = who.tenant
    linking, pairing = linking_of(house), attempts_of(house).of(tenant)
    if pairing is not None:
        await pairing.stop()
        if pairing.done is None or pairing.done["reason"] not in ("paired", "already_paired"):
            return "Linking was given up."
    try:
        done = await linking.unlink(tenant)
    except TenantBusy as error:
        raise Problem(409, str(error), "LINKING_BUSY", headers={"retry-after": "10"}) from None
    said = _DONE.get(str(done["reason"]))
    if said is None:
        raise failed(done)
    await audit(house, who, "whatsapp.disconnect", tenant, request, reason=done["reason"])
    return said
