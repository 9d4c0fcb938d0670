"""Access tokens: short-lived JWTs, with the claims of the API's contract."""

from collections.abc import Iterable
from typing import Any, Final

import jwt

from wabot.model.ids import uuid7
from wabot.model.people import Role

LIFE: Final = 900_000
"""Milliseconds that an access token is good for."""
LEEWAY: Final = 30
"""Seconds that another machine's clock may be off."""
_ALGORITHM: Final = "HS256"
_CLAIMS: Final = ("sub", "aid", "sid", "email", "operatorRole", "permissions", "exp", "iat", "jti")
_TENANT_ROLES: Final = ("owner", "admin")


def issue(
    secret: bytes,
    *,
    tenant: str,
    account: str,
    login: str,
    email: str,
    name: str,
    role: Role,
    permissions: Iterable[str],
    now: int,
) -> str:
    """A token for one person in one tenant, good for as long as their `login` is. `sub` is the tenant; `role` is
    `tenant` for those who run it, and `cs_operator` for those who answer; `operatorRole` says which exactly."""
    claims = {
        "sub": tenant,
        "aid": account,
        "sid": login,
        "email": email,
        "name": name,
        "role": "tenant" if role in _TENANT_ROLES else "cs_operator",
        "operatorRole": role,
        "permissions": sorted(permissions),
        "jti": uuid7(now),
        "iat": now // 1000,
        "exp": (now + LIFE) // 1000,
    }
    return jwt.encode(claims, secret, _ALGORITHM)


def read(secret: bytes, token: str, now: int) -> dict[str, Any] | None:
    """The claims of a token that is ours and still good; None for any other."""
    options: Any = {"require": _CLAIMS, "verify_exp": False, "verify_iat": False}
    if not token.isascii():
        return None
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, [_ALGORITHM], options=options)
    except jwt.InvalidTokenError:
        return None
    # By the clock that everything else goes by, not by the library's. What is said to have been made later than now was
    # made while the clock was wrong, and would be good for too long.
    made, ends = claims["iat"], claims["exp"]
    if not isinstance(made, int) or not isinstance(ends, int):
        return None
    return claims if made - LEEWAY <= now // 1000 < ends + LEEWAY else None
