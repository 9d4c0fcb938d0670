"""API keys: of one tenant, with some permissions, shown once. Part of a transaction of the caller's."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from wabot.model.ids import uuid7
from wabot.store.sqlite.node.bearing import KEY_PREFIX, hashed, new_token
from wabot.store.sqlite.queries import Ask


class Key(NamedTuple):
    """An API key, without the key itself; `hint` is how it begins."""

    id: str
    tenant: str
    name: str
    hint: str
    permissions: tuple[str, ...]
    created_by: str
    created: int
    expires: int | None
    used: int | None


def make_key(
    ask: Ask, tenant: str, name: str, permissions: Iterable[str], by: str, at: int, expires: int | None = None
) -> tuple[Key, str]:
    """A new key, and what its bearer must show. `by` is whoever makes it, `expires` when it ends."""
    token, id = new_token(KEY_PREFIX), uuid7(at)
    allowed = tuple(sorted(set(permissions)))
    hint = token[: len(KEY_PREFIX) + 4]
    ask(
        "key_add",
        id=id,
        tenant=tenant,
        name=name,
        hash=hashed(token),
        hint=hint,
        permissions=json.dumps(allowed),
        by=by,
        at=at,
        expires=expires,
    )
    return Key(id, tenant, name, hint, allowed, by, at, expires, None), token


def keys(ask: Ask, tenant: str) -> list[Key]:
    """The tenant's keys that were not revoked, the oldest first."""
    return [_key(row) for row in ask("keys_of_tenant", tenant=tenant)]


def key_of(ask: Ask, token: str, now: int) -> Key | None:
    """The key that the token is; None when it is none, or not good any more."""
    row = ask("key_by_token", hash=hashed(token), now=now).fetchone()
    return None if row is None else _key(row)


def revoke_key(ask: Ask, tenant: str, id: str, at: int) -> bool:
    """False when the tenant has no such key (any more)."""
    return ask("key_revoke", tenant=tenant, id=id, at=at).rowcount == 1


def _key(row: Any) -> Key:
    return Key(
        row["id"],
        row["tenant_id"],
        row["name"],
        row["hint"],
        tuple(json.loads(row["permissions"])),
        row["created_by"],
        row["created_at"],
        row["expires_at"],
        row["last_used_at"],
    )
