"""What people and programs bear: long random texts, of which only the hash is stored. No slow hash: nobody guesses 32
random bytes."""

import hashlib
import secrets
from typing import Final

KEY_PREFIX: Final = "wabot_"
"""How API keys begin, so that whoever finds one knows what it is."""


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored instead of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
