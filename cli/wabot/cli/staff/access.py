"""Who has access to a tenant by the API: the accounts of the people who answer, as the machine's own command line
orders it. Each order is noted in the tenant's audit log."""

import getpass
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wabot.model.people import Operator, Role

if TYPE_CHECKING:
    from wabot.store.sqlite.node.members import Invited, Member
    from wabot.store.sqlite.queries import Ask

Result = TypeVar("Result")


def access_of(folder: Path) -> "dict[str, Member]":
    """Everybody who has, or may have, access to the tenant whose data lies in `folder`, by e-mail.

    Raises:
        StoreError: the accounts cannot be read.
    """
    from wabot.store.sqlite.node import read_members

    return {one.email: one for one in read_members(folder.parent, folder.name)}


def let_in(folder: Path, new: Operator, now: int, action: str = "operator.create") -> "Invited":
    """An account for the operator, or theirs in this tenant, too, with the operator's role; and an invitation if they
    have no password yet."""
    from wabot.store.sqlite.node.members import change_member, invite

    def work(ask: "Ask") -> "Invited":
        change_member(ask, folder.name, new.email, now, role=new.role, disabled=False)
        return invite(ask, folder.name, new.email, new.name, new.role, now, trusted=True)

    return _ordered(folder, new.email, now, action, work, role=new.role)


def reset(folder: Path, person: Operator, now: int) -> "Invited":
    """The password and every login of the person's account end, in every tenant; the invitation lets them choose
    another. An operator of before there were accounts is given one."""
    from wabot.store.sqlite.node.members import invite, reset

    def work(ask: "Ask") -> "Invited":
        again = reset(ask, folder.name, person.email, now, trusted=True)
        return again or invite(ask, folder.name, person.email, person.name, person.role, now, trusted=True)

    return _ordered(folder, person.email, now, "operator.reset", work)


def change(
    folder: Path,
    email: str,
    now: int,
    *,
    name: str | None = None,
    role: Role | None = None,
    permissions: Mapping[str, bool] | None = None,
    disabled: bool | None = None,
) -> bool:
    """False when the person has no account in this tenant; None leaves a thing as it is."""
    from wabot.store.sqlite.node.members import change_member

    wanted: dict[str, Any] = {"name": name, "role": role, "permissions": permissions, "disabled": disabled}
    said = {key: value for key, value in wanted.items() if value is not None}
    if not said:
        return email in access_of(folder)
    action = "operator.access" if disabled is None else "operator.disable" if disabled else "operator.enable"
    return _ordered(
        folder, email, now, action, lambda ask: change_member(ask, folder.name, email, now, **wanted), **said
    )


def shut_out(folder: Path, email: str, now: int) -> bool:
    """The person has no access to the tenant any more; False when they had none."""
    from wabot.store.sqlite.node.members import remove_member

    return _ordered(folder, email, now, "operator.remove", lambda ask: remove_member(ask, folder.name, email))


def _ordered(folder: Path, email: str, now: int, action: str, work: "Callable[[Ask], Result]", **detail: Any) -> Result:
    """One transaction, with its entry in the log if anything came of it."""
    from wabot.store.sqlite.node import ordering
    from wabot.store.sqlite.node.audit import Entry, note

    with ordering(folder.parent) as ask:
        result = work(ask)
        if result:
            note(ask, Entry(folder.name, "command", _user(), action, email, detail, at=now))
    return result


def _user() -> str:
    """Whoever typed the command, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())
