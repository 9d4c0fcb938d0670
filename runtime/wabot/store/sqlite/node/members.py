"""Accounts and the tenants that they work for. Each function is part of a transaction of its caller's.

An account is one person's in every tenant, and whoever holds an invitation may not be that person: an admin reads the
link that they made. So an invitation lets its bearer choose a password only where no other tenant relies on the account
(or the node's own command line made it); everywhere else it needs the account's password.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from wabot.model.errors import WabotError
from wabot.model.ids import uuid7
from wabot.model.people import Role
from wabot.store.sqlite.node.bearing import hashed, new_token
from wabot.store.sqlite.queries import Ask

INVITED: Final = 7 * 86_400_000
"""Milliseconds for which an invitation is good."""

State = Literal["invited", "active", "disabled"]


class NotAllowed(WabotError):
    """The order would let one tenant's people into another's account."""


class Member(NamedTuple):
    """An account in one tenant. `permissions` is what differs from the role's, by permission; `invited_until` is when
    the invitation that is open ends, None for none."""

    account: str
    email: str
    name: str
    role: Role
    permissions: Mapping[str, bool]
    state: State
    invited_until: int | None


class Membership(NamedTuple):
    """What an account is in a tenant; `permissions` as in `Member`."""

    role: Role
    permissions: Mapping[str, bool]


class Person(NamedTuple):
    """A person with an account. `password` is its hash, "" for none; `memberships`: where they may work, by tenant."""

    account: str
    email: str
    name: str
    password: str
    last_tenant: str
    memberships: Mapping[str, Membership]


class Invited(NamedTuple):
    """`token` is the invitation's, "" when none is needed: the person logs in with the password that they have.
    `added` is False when they were a member before."""

    account: str
    token: str
    expires: int | None
    added: bool


class Invitation(NamedTuple):
    """An invitation that is still good. `password` is the account's hash, "" for none yet; only with `sets_password`
    may one be chosen."""

    account: str
    tenant: str
    email: str
    name: str
    password: str
    sets_password: bool


def invite(ask: Ask, tenant: str, email: str, name: str, role: Role, at: int, *, trusted: bool = False) -> Invited:
    """Make the person of `email` (lower case) a member of the tenant, with an account if they have none, and a new
    invitation. Nothing about a member's role or name changes. `trusted`: the node's own command line asks, and whoever
    has a password already is let in at once."""
    ask("account_add", id=uuid7(at), email=email, name=name, at=at)
    account = ask("account_by_email", email=email).fetchone()
    joined = at if trusted and account["password"] else None
    added = ask("membership_add", account=account["id"], tenant=tenant, role=role, joined=joined, at=at).rowcount == 1
    if added and joined:
        return Invited(account["id"], "", None, True)
    found = member(ask, tenant, email)
    if found is not None and found.state != "invited":
        return Invited(account["id"], "", None, False)
    token = _invitation(ask, tenant, account["id"], at, trusted=trusted)
    return Invited(account["id"], token, at + INVITED, added)


def reset(ask: Ask, tenant: str, email: str, at: int, *, trusted: bool = False) -> Invited | None:
    """The password and all logins of the account end, and a new invitation lets the person choose another. None when
    the tenant has no such member.

    Raises:
        NotAllowed: the account works for other tenants, too, and the order is not `trusted`.
    """
    found = member(ask, tenant, email)
    if found is None:
        return None
    if not trusted and ask("joined_elsewhere", account=found.account, tenant=tenant).fetchone()["found"]:
        raise NotAllowed(
            f"{email} works for other tenants, too: whoever runs this machine resets them (`wabot operator reset`)"
        )
    ask("account_password", account=found.account, password="", at=at)
    ask("logins_end", account=found.account, by="reset", but="", at=at)
    ask("invitations_drop", account=found.account)
    token = _invitation(ask, tenant, found.account, at, trusted=True)
    return Invited(found.account, token, at + INVITED, False)


def member(ask: Ask, tenant: str, email: str) -> Member | None:
    row = ask("member", tenant=tenant, email=email).fetchone()
    return None if row is None else _member(row)


def members(ask: Ask, tenant: str) -> list[Member]:
    """Everybody who has, or may have, access to the tenant, by e-mail."""
    return [_member(row) for row in ask("members_of_tenant", tenant=tenant)]


def person(ask: Ask, account: str) -> Person | None:
    """The person whose account it is; None when there is none (any more)."""
    return _person(ask, ask("account_by_id", account=account).fetchone())


def person_of_email(ask: Ask, email: str) -> Person | None:
    """The same by their e-mail, in lower case."""
    return _person(ask, ask("account_by_email", email=email).fetchone())


def change_member(
    ask: Ask,
    tenant: str,
    email: str,
    at: int,
    *,
    name: str | None = None,
    role: Role | None = None,
    permissions: Mapping[str, bool] | None = None,
    disabled: bool | None = None,
) -> bool:
    """False when the tenant has no such member; None leaves a thing as it is. Tokens of before are refused at once when
    it changes what the person may do."""
    found = member(ask, tenant, email)
    if found is None:
        return False
    if name:
        ask("account_name", account=found.account, name=name, at=at)
    if (role, permissions, disabled) != (None, None, None):
        ask(
            "membership_set",
            account=found.account,
            tenant=tenant,
            role=role,
            permissions=None if permissions is None else json.dumps(dict(permissions), sort_keys=True),
            disabled=None if disabled is None else int(disabled),
            at=at,
        )
    return True


def remove_member(ask: Ask, tenant: str, email: str) -> bool:
    """False when the tenant has no such member. An account that works for nobody else is gone as well."""
    found = member(ask, tenant, email)
    if found is None:
        return False
    ask("membership_remove", account=found.account, tenant=tenant)
    ask("account_drop_lonely", account=found.account)
    return True


def invitation(ask: Ask, token: str, now: int) -> Invitation | None:
    """What the token stands for; None when it is not good (any more)."""
    row = ask("invitation_by_token", hash=hashed(token), now=now).fetchone()
    if row is None or row["is_disabled"]:
        return None
    return Invitation(
        row["account_id"], row["tenant_id"], row["email"], row["name"], row["password"], bool(row["sets_password"])
    )


def accept(ask: Ask, token: str, now: int, *, password: str | None, name: str = "") -> Invitation | None:
    """Use the invitation up; `password` is the hash of the one that was chosen, None where the account keeps its own.
    None when it is not good any more, or somebody else has chosen a password meanwhile."""
    found = invitation(ask, token, now)
    if found is None or bool(found.password) == (password is not None) or not (found.password or found.sets_password):
        return None
    ask("invitation_use", hash=hashed(token), now=now)
    if password is not None:
        ask("account_password", account=found.account, password=password, at=now)
    if name:
        ask("account_name", account=found.account, name=name, at=now)
    ask("membership_joined", account=found.account, tenant=found.tenant, at=now)
    return found


def _invitation(ask: Ask, tenant: str, account: str, at: int, *, trusted: bool) -> str:
    token = new_token()
    elsewhere = ask("joined_elsewhere", account=account, tenant=tenant).fetchone()["found"]
    ask(
        "invitation_add",
        hash=hashed(token),
        account=account,
        tenant=tenant,
        sets_password=int(trusted or not elsewhere),
        at=at,
        expires=at + INVITED,
    )
    return token


def _person(ask: Ask, row: Any) -> Person | None:
    if row is None:
        return None
    memberships = {
        one["tenant_id"]: Membership(one["role"], json.loads(one["permissions"]))
        for one in ask("memberships_of_account", account=row["id"])
        if one["joined_at"] is not None and not one["is_disabled"]
    }
    return Person(row["id"], row["email"], row["name"], row["password"], row["last_tenant"], memberships)


def _member(row: Any) -> Member:
    joined = row["joined_at"] is not None and row["has_password"]
    state: State = "disabled" if row["is_disabled"] else "active" if joined else "invited"
    return Member(
        row["id"], row["email"], row["name"], row["role"], json.loads(row["permissions"]), state, row["expires_at"]
    )
