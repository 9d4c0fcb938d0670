"""What people and programs bear: long random texts, of which only the hash is stored. No slow hash: nobody guesses 32
random bytes."""

import hashlib
import secrets
from typing import Final
from urllib.parse import quote

KEY_PREFIX: Final = "wabot_"
"""How API keys begin, so that whoever finds one knows what it is."""

PATH: Final = "/invite"
"""Where a front end has the page on which invitations are accepted, when nobody names another."""


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def invite_link(page: str, token: str) -> str:
    """Where an invitation is accepted: `page` is the front end's, "" where nobody has named one."""
    base = page or PATH
    return f"{base}{'&' if '?' in base else '?'}token={quote(token)}"


def hashed(token: str) -> str:
    """What is stored instead of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
