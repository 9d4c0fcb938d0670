"""Whether an e-mail and a password belong together: in the same time and with the same answer whether or not there is
such an account, and slower with each wrong try."""

import hashlib
from typing import Final

from fastapi import Request

from wabot.api.door import BEARER, AccountsDoor
from wabot.api.fences.addresses import address_of
from wabot.api.problems import Problem
from wabot.store.sqlite.node.logins import knows_address
from wabot.store.sqlite.node.members import Person, person_of_email
from wabot.store.sqlite.node.throttling import Tried, begin, succeeded
from wabot.store.sqlite.queries import Ask

_FREE_OF_ACCOUNT: Final = 5
_FREE_OF_ADDRESS: Final = 20
"""Wrong tries before there is a wait: a whole shop may come from one address."""


async def checked(door: AccountsDoor, email: str, password: str, request: Request, now: int) -> Person:
    """The person with that e-mail (lower case) and password.

    Raises:
        Problem: 401, there is nobody; 429, there were too many wrong tries.
        StoreError: the accounts cannot be used.
    """
    found = door.accounts.read(lambda ask: person_of_email(ask, email))
    address = address_of(request.scope)
    known = found is not None and door.accounts.read(lambda ask: knows_address(ask, found.account, address, now))
    # Whoever tries from everywhere does not shut out the person, who comes from where they have come from before.
    own = [Tried(_named("person", email, address if known else ""), _FREE_OF_ACCOUNT)]
    shared = [Tried(_named("address", address), _FREE_OF_ADDRESS)]
    await _begun(door, [*own, *shared], now)
    kept = "" if found is None else found.password
    if not await door.passwords.verify(kept, password) or found is None:
        raise Problem(401, "E-mail or password is wrong.", "WRONG_CREDENTIALS", headers=BEARER)
    again = await door.passwords.hash(password) if door.passwords.is_outdated(kept) else kept

    def right(ask: Ask) -> None:
        succeeded(ask, own, shared, now)
        if again != kept:
            ask("account_rehashed", account=found.account, password=again, before=kept)

    await door.accounts.write(right, flushed=False)
    return found._replace(password=again)


async def slowed(door: AccountsDoor, request: Request, now: int) -> None:
    """Count a wrong try of something that cannot be guessed by trying, for the address.

    Raises:
        Problem: 429, there were too many.
    """
    await _begun(door, [Tried(_named("address", address_of(request.scope)), _FREE_OF_ADDRESS)], now)


async def _begun(door: AccountsDoor, tried: list[Tried], now: int) -> None:
    wait = await door.accounts.write(lambda ask: begin(ask, tried, now), flushed=False)
    if wait:
        seconds = -(-wait // 1000)
        raise Problem(
            429,
            f"Too many wrong tries: the next one may be made in {seconds} s.",
            "TOO_MANY_TRIES",
            headers={"retry-after": str(seconds)},
            retryAfter=seconds,
        )


def _named(*parts: str) -> str:
    """What is tried, without telling whom: what people type by mistake is not kept."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
