"""Logins: families of refresh tokens, each good for one use. Part of a transaction of the caller's."""

from typing import Any, Final, NamedTuple

from wabot.model.ids import uuid7
from wabot.store.sqlite.node.bearing import hashed, new_token
from wabot.store.sqlite.queries import Ask

LASTS: Final = 30 * 86_400_000
"""Milliseconds after which a login ends that nobody has renewed."""


class Login(NamedTuple):
    """A login as it goes on. `refresh` is good for one use."""

    id: str
    account: str
    refresh: str


class Reused(NamedTuple):
    """A refresh token came a second time: somebody else has, or had, it. All that followed from that login ended."""

    account: str


def log_in(ask: Ask, account: str, tenant: str, address: str, at: int) -> Login:
    """A new login of the account; `tenant` is where it begins, `address` from where."""
    ask("logins_drop", before=at)
    login, refresh = uuid7(at), new_token()
    ask("login_add", id=login, account=account, address=address, at=at, expires=at + LASTS)
    ask("account_last_tenant", account=account, tenant=tenant)
    ask("refresh_add", hash=hashed(refresh), login=login, at=at)
    return Login(login, account, refresh)


class Holder(NamedTuple):
    """Whose login a refresh token is of; `used`: it was used up before."""

    account: str
    used: bool


def holder(ask: Ask, refresh: str, at: int) -> Holder | None:
    """Who holds the refresh token; None when it is nobody's, or its login ended."""
    return _holder(_refresh(ask, refresh, at))


def log_out_by(ask: Ask, refresh: str, at: int) -> Holder | None:
    """Log out by a refresh token; None when it is nobody's."""
    row = _refresh(ask, refresh, at)
    if row is not None:
        log_out(ask, row["login_id"], at)
    return _holder(row)


def renew(ask: Ask, refresh: str, at: int) -> Login | Reused | None:
    """The login with a new refresh token in the place of this one; None when it is nobody's, or its login ended."""
    row = _refresh(ask, refresh, at)
    if row is None:
        return None
    login = row["login_id"]
    if not ask("refresh_use", hash=hashed(refresh), at=at).rowcount:
        ask("login_end", login=login, by="reuse", at=at)
        return Reused(row["account_id"])
    anew = new_token()
    ask("refresh_add", hash=hashed(anew), login=login, at=at)
    ask("refresh_drop", login=login, before=at - LASTS)
    ask("login_renew", login=login, expires=at + LASTS)
    return Login(login, row["account_id"], anew)


def log_out(ask: Ask, login: str, at: int) -> None:
    """Every token of the login is refused from now on."""
    ask("login_end", login=login, by="logout", at=at)


def log_out_everywhere(ask: Ask, account: str, by: str, at: int, *, but: str = "") -> None:
    """As `log_out`, for all logins of the account but one."""
    ask("logins_end", account=account, by=by, but=but, at=at)


def knows_address(ask: Ask, account: str, address: str, at: int) -> bool:
    """Whether the account logged in from there lately."""
    return bool(ask("login_known_address", account=account, address=address, since=at - LASTS).fetchone()["found"])


def _refresh(ask: Ask, refresh: str, at: int) -> Any:
    row = ask("refresh_by_token", hash=hashed(refresh)).fetchone()
    return None if row is None or row["ended_at"] is not None or row["expires_at"] <= at else row


def _holder(row: Any) -> Holder | None:
    return None if row is None else Holder(row["account_id"], row["used_at"] is not None)
