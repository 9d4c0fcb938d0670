"""What is ordered about somebody who answers: in the tenant's store, and of their account. The account comes first:
whoever is to be kept out is at once, and an order that fails after that can be given again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wabot.cli.shop import named, people_of
from wabot.cli.staff import access, typed
from wabot.cli.stored import missing
from wabot.model.errors import UsageError
from wabot.model.people import Choose, Operator

if TYPE_CHECKING:
    from wabot.store.sqlite import Change
    from wabot.store.sqlite.node.members import Invited


def add(
    folder: Path, new: Operator, can: Sequence[str], cannot: Sequence[str], choose: Choose, now: int
) -> "Invited | None":
    """None when there is an operator of that address already. Somebody who was disabled comes back as `new`."""
    from wabot.store.sqlite import add_operator

    own = typed.permissions_of(can, cannot, {}, new.role)
    if any(one.operator.email == new.email for one in people_of(folder)):
        return None
    invited = access.let_in(folder, new, now)
    if own:
        access.change(folder, new.email, now, permissions=own)
    return invited if add_operator(folder, folder.name, new, choose, now) else None


def change(
    folder: Path, email: str, wanted: "Change", can: Sequence[str], cannot: Sequence[str], choose: Choose, now: int
) -> str:
    """Returns the address as it is stored.

    Raises:
        UsageError: there is nobody of that address, or nothing is said to change.
    """
    from wabot.store.sqlite import Change, change_operator

    person = named(folder, email)
    member = access.access_of(folder).get(person.email)
    if (can or cannot) and member is None:
        raise UsageError(f"{person.email} has no account; `wabot operator reset {person.email}` makes one")
    if wanted == Change() and not can and not cannot:
        raise UsageError("say what to change: --status, --max, --hours, --teams, --role, --name, --can or --cannot")
    own = None
    if member is not None and (can or cannot):
        own = typed.permissions_of(can, cannot, member.permissions, wanted.role or member.role)
    if member is not None and (wanted.name, wanted.role, own) != (None, None, None):
        access.change(folder, person.email, now, name=wanted.name, role=wanted.role, permissions=own)
    if wanted != Change():
        change_operator(folder, folder.name, person.email, wanted, choose, now)
    return person.email


def disable(folder: Path, email: str, choose: Choose, now: int) -> str:
    """They are logged out at once, and cannot log in for this tenant; their chats go to others."""
    from wabot.store.sqlite import retire_operator

    person = whom(folder, email)
    access.change(folder, person.email, now, disabled=True)
    retire_operator(folder, folder.name, person.email, choose, now)
    return person.email


def enable(folder: Path, email: str, now: int) -> str:
    """They may log in again, and are offline until they say that they are there."""
    from wabot.store.sqlite import reinstate_operator

    person = whom(folder, email)
    access.change(folder, person.email, now, disabled=False)
    reinstate_operator(folder, folder.name, person.email, now)
    return person.email


def reset(folder: Path, email: str, now: int) -> "tuple[str, Invited]":
    """Their password and logins end, and a link lets them choose another.

    Raises:
        UsageError: they are disabled.
    """
    person = whom(folder, email)
    member = access.access_of(folder).get(person.email)
    if member is not None and member.state == "disabled":
        raise UsageError(f"{person.email} is disabled; `wabot operator enable {person.email}` lets them in again")
    return person.email, access.reset(folder, person, now)


def remove(folder: Path, email: str, choose: Choose, now: int) -> str:
    """They are no operator any more and have no access; their chats are nobody's."""
    from wabot.store.sqlite import remove_operator

    person = whom(folder, email)
    access.shut_out(folder, person.email, now)
    remove_operator(folder, folder.name, person.email, choose, now)
    return person.email


def whom(folder: Path, email: str) -> Operator:
    """The person of that address, who answers, did so before they were disabled, or only has access.

    Raises:
        UsageError: there is nobody of that address.
    """
    from wabot.store.sqlite import reading

    with reading(folder, folder.name) as store:
        known = {one.operator.email: one.operator for one in (*store.operators(), *store.disabled_operators())}
    for one in access.access_of(folder).values():
        known.setdefault(one.email, Operator(one.email, one.name, one.role))
    found = known.get(email.strip().lower())
    if found is None:
        raise missing("operator", email, folder.name, known)
    return found
