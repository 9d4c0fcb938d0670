"""The link to WhatsApp: linking a phone, unlinking it, and how it stands."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.auditing import audit
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.linking import attempts_of, failed, linking_of, phone_of
from wabot.api.live.events import link_status
from wabot.api.problems import Problem
from wabot.api.standing import stands_since
from wabot.api.unlinking import disconnect as unlink

router = APIRouter(prefix="/api/whatsapp", tags=["WhatsApp"])
_PATIENCE: Final = 40.0
"""Seconds to wait for the first code: as long as WhatsApp has to offer one, and a process to begin."""
_NOT_HERE: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "The tenant is gone."},
    501: {"description": "No daemon runs beside the API."},
    503: {"description": "The store, or WhatsApp, cannot be reached."},
}


class Connecting(Shape):
    """`tenantId` is not needed: the tenant is the token's. To name another one is an error."""

    tenant_id: str | None = None


@router.post(
    "/connect",
    summary="Link the phone",
    responses={
        **_NOT_HERE,
        400: {"description": "Another tenant was named."},
        409: {"description": "Another process has the tenant, or another number is linked."},
        410: {"description": "Nobody scanned the code in time."},
        502: {"description": "WhatsApp would not link it."},
    },
)
async def connect(
    request: Request, house: Home, body: Connecting | None = None, who: Who = may("manage_whatsapp")
) -> Response:
    """A code to scan, as a picture; further ones come as `qr-code` on `/whatsapp`. Who asks while a phone is being
    linked joins that. A phone that is linked is only told of, and its session started if it does not run."""
    tenant = who.tenant
    _own(who, body)
    linking, attempts = linking_of(house), attempts_of(house)
    if attempts.of(tenant) is None and linking.linked(tenant):
        state = stands_since(house, tenant).state
        status = link_status(state.status)
        if status == "disconnected":
            linking.begin_session()
        said = "connected" if status == "connected" else "connecting"
        return answer({"status": said, "phoneNumber": linking.phone(tenant), "sessionId": tenant})
    if attempts.of(tenant) is None:
        await audit(house, who, "whatsapp.connect", tenant, request)
    pairing = attempts.join(tenant)
    try:
        async with asyncio.timeout(_PATIENCE):
            await pairing.first()
    except TimeoutError:
        return answer({"status": "connecting", "sessionId": tenant})
    if pairing.code is not None:
        return answer({"status": "qr_pending", "sessionId": tenant, **pairing.code.data()})
    if pairing.done is not None and pairing.done["reason"] not in ("paired", "already_paired"):
        raise failed(pairing.done)
    return answer({"status": "connecting", "phoneNumber": linking.phone(tenant), "sessionId": tenant})


@router.delete(
    "/disconnect",
    summary="Unlink the phone",
    responses={
        **_NOT_HERE,
        409: {"description": "Another process has the tenant."},
        502: {"description": "WhatsApp did not unlink it."},
    },
)
async def disconnect(request: Request, house: Home, who: Who = may("manage_whatsapp")) -> Response:
    """Remove this bot from the account, and its keys from this machine; chats and rules stay. A phone that is being
    linked is given up."""
    return answer({"success": True, "message": await unlink(house, who, request)})


@router.get("/status", summary="How the link stands", responses=_NOT_HERE)
async def status(request: Request, house: Home, who: Who = may("view_conversations")) -> Response:
    """`status` is the contract's word, `state` wabot's own, `detail` what is wrong, `action` what a person must do, and
    `until` when a ban or a restriction ends."""
    return conditional(request, _standing(house, who.tenant))


def _standing(house: House, tenant: str) -> dict[str, Any]:
    stands = stands_since(house, tenant)
    state, link = stands.state, link_status(stands.state.status)
    pairing = attempts_of(house).of(tenant)
    waits = pairing is not None and not pairing.linking
    return {
        "status": "qr_pending" if waits else "connected" if link == "connected" else "disconnected",
        "phoneNumber": phone_of(house, tenant) or None,
        "lastConnected": iso(stands.connected),
        "isOnline": link == "connected",
        "state": state.status,
        "since": iso(stands.since),
        "detail": state.detail,
        "action": state.action,
        "until": iso(state.until or None),
    }


def _own(who: Who, body: Connecting | None) -> None:
    if body is not None and body.tenant_id not in (None, who.tenant):
        raise Problem(400, "The tenant is your token's; leave `tenantId` out.", "INVALID")
