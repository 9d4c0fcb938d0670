"""Passwords: what may be one, and how they are kept (Argon2id)."""

import asyncio
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from wabot.api.problems import Problem

Result = TypeVar("Result")
LEAST: Final = 10
MOST: Final = 200
"""Characters of a password."""
_AT_ONCE: Final = 2
"""Hashes that are made at once: each takes 19 MiB, and the sessions of the tenants need the machine, too."""
_COMMON: Final = Path(__file__).parent / "common_passwords.txt"
"""Passwords that are long enough, and that everybody tries first."""


class Passwords:
    """Makes and verifies hashes, in threads. The cost is OWASP's for Argon2id (19 MiB, two passes); `hasher` is another
    one, for tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._hasher.hash(_prepared(password)))

    async def choose(self, password: str, email: str, name: str = "") -> str:
        """The hash of a password that the person of that e-mail and name chooses.

        Raises:
            Problem: 400, it can be nobody's password.
        """
        if wrong := wrong_with(password, email, name):
            raise Problem(400, wrong, "WEAK_PASSWORD")
        return await self.hash(password)

    async def verify(self, kept: str, password: str) -> bool:
        """Whether `kept` is the hash of the password. It takes as long where there is none (""): nobody learns from the
        time whether an account exists."""
        if not self._nobodys:
            self._nobodys = await self.hash("nobody has this one")
        return await self._run(lambda: self._is(kept or self._nobodys, password)) and bool(kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _is(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _prepared(password))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        async with self._turn:
            return await asyncio.to_thread(work)


def wrong_with(password: str, email: str, name: str = "") -> str:
    """Why this cannot be the password of that person, as a sentence; "" when it can."""
    plain = _prepared(password).casefold()
    if len(password) < LEAST:
        return f"A password has at least {LEAST} characters."
    if len(password) > MOST:
        return f"A password has at most {MOST} characters."
    if not plain.strip() or len(set(plain)) < 4:
        return "A password has at least four different characters."
    own = [part.casefold() for part in (email, email.split("@")[0], name) if len(part) >= 4]
    if any(plain.replace(part, "") == "" or (part in plain and len(plain) - len(part) < 4) for part in own):
        return "A password is not one's own name or e-mail address."
    if plain in _COMMON.read_text("utf-8").split():
        return "That password is one of those that everybody tries first."
    return ""


def _prepared(password: str) -> str:
    """The same password typed on another keyboard is the same (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
