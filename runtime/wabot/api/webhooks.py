"""`/api/webhooks`: where a tenant's events are posted, and what became of each."""

import base64
import secrets
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from wabot.api.answers import Done, answer, iso, private
from wabot.api.auditing import audit
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.outgoing import outside_of
from wabot.api.outside import Forbidden
from wabot.api.problems import Problem, unknown
from wabot.api.webhook_delivery import delivery_of
from wabot.api.webhook_shapes import (
    Deliveries,
    MadeWebhook,
    NewSecret,
    NewWebhook,
    OneWebhook,
    Replayed,
    Status,
    Tested,
    WebhookChange,
    WebhookList,
    WebhookShape,
    delivery_shown,
    shown,
)
from wabot.model.ids import uuid7
from wabot.store.sqlite import webhooks
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.webhooks import LASTS, Webhook

_NOT_THERE: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "There is no such webhook or delivery."}}
_OFF: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "The webhook is switched off."}, **_NOT_THERE}
router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
MOST: Final = 10
"""Webhooks of one tenant."""
_NEWEST: Final = "~"
"""Sorts behind every id."""

Id = Annotated[str, Path(min_length=1, max_length=64)]
Before = Annotated[str, Query(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", response_model=WebhookList)
async def listed(house: Home, who: Who = may("manage_integrations")) -> Response:
    """The tenant's webhooks, the oldest first."""
    return answer({"webhooks": [shown(one) for one in house.desk(who.tenant).read(webhooks.listed)]})


@router.post(
    "",
    status_code=201,
    response_model=MadeWebhook,
    responses={409: {"description": "The tenant has as many webhooks as it may have."}},
)
async def made(body: NewWebhook, house: Home, request: Request, who: Who = may("manage_integrations")) -> Response:
    """Have events posted from now on. The secret that signs them is shown once."""
    _check(house, body.url)
    now, secret = house.clock.now(), _new_secret()
    hook = Webhook(
        id=uuid7(now),
        url=body.url,
        description=body.description.strip(),
        events=tuple(dict.fromkeys(body.events)),
        content=body.include_content,
        secret=secret,
        secret_before="",
        secret_before_until=0,
        active=True,
        active_since=now,
        disabled="",
        created=now,
        updated=now,
    )

    def work(ask: Ask) -> None:
        if len(webhooks.listed(ask)) >= MOST:
            raise Problem(409, f"A tenant has at most {MOST} webhooks: delete one first.", "TOO_MANY_WEBHOOKS")
        webhooks.add(ask, hook, who.email or who.key)

    await house.desk(who.tenant).write(work)
    delivery_of(house).stir(who.tenant)
    await audit(house, who, "webhook.create", hook.id, request, events=list(hook.events), content=hook.content)
    return private({"success": True, "webhook": shown(hook), "secret": secret}, 201)


@router.get("/dead-letters", response_model=Deliveries)
async def dead_letters(
    house: Home, before: Before = "", limit: Limit = 50, who: Who = may("manage_integrations")
) -> Response:
    """Events that reached nobody within a day, of all webhooks, the newest first."""
    return _page(house, who, limit, lambda ask: ask("dead_letters", before=before or _NEWEST, most=limit + 1))


@router.post("/deliveries/{id}/replay", response_model=Done, responses=_OFF)
async def replayed(id: Id, house: Home, who: Who = may("manage_integrations")) -> Response:
    """Deliver once more what is over, whether it arrived or not: under the same id, for a day."""
    now = house.clock.now()

    def work(ask: Ask) -> None:
        row = ask("delivery_row", id=id).fetchone()
        if row is None or row["event"] == webhooks.TEST:
            raise unknown("delivery", id)
        _must_be_on(_hook(ask, row["webhook_id"]))
        ask("delivery_replay", id=id, at=now, expires=now + LASTS)

    await house.desk(who.tenant).write(work)
    delivery_of(house).stir(who.tenant)
    return answer({"success": True})


@router.get("/{id}", response_model=WebhookShape, responses=_NOT_THERE)
async def one(id: Id, house: Home, who: Who = may("manage_integrations")) -> Response:
    return answer(shown(house.desk(who.tenant).read(lambda ask: _hook(ask, id))))


@router.patch("/{id}", response_model=OneWebhook, responses=_NOT_THERE)
async def changed(
    id: Id, body: WebhookChange, house: Home, request: Request, who: Who = may("manage_integrations")
) -> Response:
    """Change a webhook. What happens while it is off it never learns."""
    if body.url is not None:
        _check(house, body.url)
    now = house.clock.now()

    def work(ask: Ask) -> Webhook:
        _hook(ask, id)
        events = None if body.events is None else webhooks.as_list(body.events)
        content = None if body.include_content is None else int(body.include_content)
        ask("webhook_set", id=id, url=body.url, description=body.description, events=events, content=content, at=now)
        if body.is_active is not None:
            webhooks.switch(ask, id, body.is_active, now)
        return _hook(ask, id)

    hook = await house.desk(who.tenant).write(work)
    delivery_of(house).stir(who.tenant)
    await audit(house, who, "webhook.update", id, request, fields=sorted(body.model_fields_set))
    return answer({"success": True, "webhook": shown(hook)})


@router.delete("/{id}", response_model=Done, responses=_NOT_THERE)
async def deleted(id: Id, house: Home, request: Request, who: Who = may("manage_integrations")) -> Response:
    """Delete a webhook, and all that was on its way to it."""
    desk = house.desk(who.tenant)
    while await desk.write(lambda ask: webhooks.empty(ask, id, house.clock.now()), flushed=False, quiet=True):
        pass
    if not await desk.write(lambda ask: webhooks.delete(ask, id)):
        raise unknown("webhook", id)
    await audit(house, who, "webhook.delete", id, request)
    return answer({"success": True})


@router.post("/{id}/rotate-secret", response_model=NewSecret, responses=_NOT_THERE)
async def rotated(id: Id, house: Home, request: Request, who: Who = may("manage_integrations")) -> Response:
    """Sign with a new secret from now on. The one before signs as well for a day, until every receiver has the new."""
    now, secret = house.clock.now(), _new_secret()

    def work(ask: Ask) -> None:
        _hook(ask, id)
        ask("webhook_secret", id=id, secret=secret, until=now + LASTS, at=now)

    await house.desk(who.tenant).write(work)
    await audit(house, who, "webhook.rotate_secret", id, request)
    return private({"success": True, "secret": secret, "previousValidUntil": iso(now + LASTS)})


@router.post("/{id}/test", response_model=Tested, responses=_NOT_THERE)
async def tested(id: Id, house: Home, who: Who = may("manage_integrations")) -> Response:
    """Post a `webhook.test` now, once, and tell what the receiver said."""

    def work(ask: Ask) -> str:
        _hook(ask, id)
        return webhooks.add_test(ask, id, house.clock.now())

    delivery = await house.desk(who.tenant).write(work, quiet=True)
    outcome = await delivery_of(house).attempt(who.tenant, delivery)
    if outcome is None:  # it was deleted at this very moment
        raise unknown("webhook", id)
    return answer(
        {
            "success": True,
            "delivered": not outcome.error,
            "statusCode": outcome.code,
            "error": outcome.error or None,
            "deliveryId": delivery,
        }
    )


@router.get("/{id}/deliveries", response_model=Deliveries, responses=_NOT_THERE)
async def deliveries(
    id: Id,
    house: Home,
    status: Status | None = None,
    before: Before = "",
    limit: Limit = 50,
    who: Who = may("manage_integrations"),
) -> Response:
    """What became of a webhook's events of the last 30 days, the newest first."""

    def rows(ask: Ask) -> Any:
        _hook(ask, id)
        page = {"webhook": id, "before": before or _NEWEST, "most": limit + 1}
        if status is None:
            return ask("deliveries_listed", **page)
        return ask("deliveries_of_status", status="open" if status == "pending" else status, **page)

    return _page(house, who, limit, rows)


@router.post("/{id}/replay", response_model=Replayed, responses=_OFF)
async def all_replayed(id: Id, house: Home, who: Who = may("manage_integrations")) -> Response:
    """Deliver once more all that is dead."""
    now = house.clock.now()

    def work(ask: Ask) -> int:
        _must_be_on(_hook(ask, id))
        return ask("deliveries_replay", webhook=id, at=now, expires=now + LASTS).rowcount

    count = await house.desk(who.tenant).write(work)
    delivery_of(house).stir(who.tenant)
    return answer({"success": True, "replayed": count})


def _check(house: House, url: str) -> None:
    try:
        outside_of(house).check(url)
    except Forbidden as error:
        raise Problem(400, f"Nothing is posted there: {error}.", "WEBHOOK_URL_REFUSED") from error


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _hook(ask: Ask, id: str) -> Webhook:
    found = webhooks.find(ask, id)
    if found is None:
        raise unknown("webhook", id)
    return found


def _must_be_on(hook: Webhook) -> None:
    if not hook.active:
        raise Problem(409, "The webhook is switched off: switch it on first.", "WEBHOOK_OFF")


def _page(house: House, who: Who, limit: int, rows: Any) -> Response:
    found = house.desk(who.tenant).read(lambda ask: [delivery_shown(row) for row in rows(ask)])
    return answer({"deliveries": found[:limit], "hasMore": len(found) > limit})
