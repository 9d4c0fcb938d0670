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
_TENANT_ROLES: Final = ("owner", "admin")


def issue(
    secret: bytes, *, tenant: str, account: str, email: str, name: str, role: Role, permissions: Iterable[str], now: int
) -> str:
    """A token for one person in one tenant. `sub` is the tenant; `role` is `tenant` for those who run it, and
    `cs_operator` for those who answer; `operatorRole` says which exactly."""
    claims = {
        "sub": tenant,
        "aid": account,
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
    options: Any = {"require": ["sub", "aid", "email", "exp", "iat", "jti"], "verify_exp": False, "verify_iat": False}
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, [_ALGORITHM], options=options)
    except jwt.InvalidTokenError:
        return None
    # By the clock that everything else goes by, not by the library's.
    if not isinstance(claims["exp"], int) or now // 1000 >= claims["exp"] + LEEWAY:
        return None
    return claims
