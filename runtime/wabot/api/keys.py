"""`/api/keys`: API keys, by which programs come in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field

from wabot.api.answers import Done, Shape, answer, iso, millis, private
from wabot.api.auditing import audit
from wabot.api.door import door_of
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem, unknown
from wabot.model.permissions import Permission
from wabot.store.sqlite.node.keys import Key, keys, make_key, revoke_key
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/keys", tags=["keys"])
_MOST: Final = 100
"""Keys of one tenant."""
_LONGEST: Final = 10 * 366 * 86_400_000


class NewKey(Shape):
    """Without `expires_at` it is good until it is revoked."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=50)]
    expires_at: AwareDatetime | None = None


class KeyShape(Shape):
    """A key without what its bearer shows; `hint` is how that begins."""

    id: str
    name: str
    hint: str
    permissions: list[str]
    created_by: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class Keys(Shape):
    keys: list[KeyShape]


class MadeKey(Shape):
    """`key` is shown here, and never again."""

    success: bool
    key: str
    api_key: KeyShape


@router.get("", response_model=Keys)
async def list_keys(house: Home, who: Who = may("manage_integrations")) -> Response:
    """The tenant's keys, the oldest first."""
    found = door_of(house).accounts.read(lambda ask: keys(ask, who.tenant))
    return answer({"keys": [_shown(one) for one in found]})


@router.post(
    "",
    status_code=201,
    response_model=MadeKey,
    responses={409: {"description": "The tenant has as many keys as it may have."}},
)
async def create_key(body: NewKey, house: Home, request: Request, who: Who = may("manage_integrations")) -> Response:
    """Make a key with some of your own permissions. It is shown once."""
    now = house.clock.now()
    if not who.account:
        raise Problem(403, "Keys are made by people: whoever holds this one could make others.", "FORBIDDEN")
    for permission in body.permissions:
        who.must(permission)
    expires = None if body.expires_at is None else millis(body.expires_at)
    if expires is not None and not now < expires < now + _LONGEST:
        raise Problem(400, "`expiresAt` must lie ahead, within ten years.", "INVALID")

    def work(ask: Ask) -> tuple[Key, str]:
        if len(keys(ask, who.tenant)) >= _MOST:
            raise Problem(409, f"A tenant has at most {_MOST} keys: revoke one first.", "TOO_MANY_KEYS")
        return make_key(ask, who.tenant, body.name.strip(), body.permissions, who.email, now, expires)

    made, token = await door_of(house).accounts.write(work)
    await audit(house, who, "key.create", made.id, request, name=made.name, permissions=list(made.permissions))
    return private({"success": True, "key": token, "apiKey": _shown(made)}, 201)


@router.delete("/{id}", response_model=Done, responses={404: {"description": "There is no such key."}})
async def revoke(id: str, house: Home, request: Request, who: Who = may("manage_integrations")) -> Response:
    """The key is refused from now on."""
    now = house.clock.now()
    if not await door_of(house).accounts.write(lambda ask: revoke_key(ask, who.tenant, id, now)):
        raise unknown("key", id)
    await audit(house, who, "key.revoke", id, request)
    return answer({"success": True})


def _shown(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "permissions": list(key.permissions),
        "createdBy": key.created_by,
        "createdAt": iso(key.created),
        "expiresAt": iso(key.expires),
        "lastUsedAt": iso(key.used),
    }
