"""What the command line says of a new tenant, checked before anything is written."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wabot.model.errors import UsageError

NO_PHONE: Final = "6281100000000"
"""Stands in tenant.yaml until the owner writes the shop's number: pairing with any other is refused."""

_ID: Final = re.compile(r"[a-z0-9-]{1,63}")
_PHONE: Final = re.compile(r"[1-9][0-9]{6,14}")
_LONGEST_NAME: Final = 100


class Language(StrEnum):
    id = "id"
    en = "en"


@dataclass(frozen=True, slots=True)
class Shop:
    """A new tenant. `phone` has digits only."""

    id: str
    name: str
    phone: str
    timezone: str
    language: Language


def shop(tenant: str, name: str | None, phone: str | None, timezone: str, language: Language) -> Shop:
    """The new tenant `tenant`.

    Raises:
        UsageError: a value cannot be; the message says what to write.
    """
    name = _name(name if name is not None else tenant.replace("-", " ").title())
    phone = NO_PHONE if phone is None else _phone(phone)
    return Shop(tenant_id(tenant), name, phone, _timezone(timezone), language)


def tenant_id(text: str) -> str:
    """`text`, if it can be a tenant's id.

    Raises:
        UsageError: it cannot.
    """
    if not _ID.fullmatch(text):
        near = f"such as {slug(text)}" if slug(text) else "such as warung-sari"
        raise UsageError(f"`{text}` cannot be a tenant's id: use small letters, digits and -, at most 63, {near}")
    return text


def slug(text: str) -> str:
    """Warung Bu Sari → warung-bu-sari; "" when nothing of it can stand in an id."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].rstrip("-")


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageError(
            f'--name is what customers know the business by, such as "Warung Sari": a line of 1 to {_LONGEST_NAME} '
            "characters"
        )
    return name


def _phone(text: str) -> str:
    if _PHONE.fullmatch(text):
        return text
    digits = re.sub(r"[\s().+-]", "", text)
    if digits.startswith("0"):
        digits = "62" + digits.lstrip("0")
    meant = digits if _PHONE.fullmatch(digits) else "6281234567890"
    raise UsageError(
        f"`{text}` is no phone number as wabot writes it: country code first, digits only, such as --phone {meant}"
    )


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"`{text}` is no time zone; Indonesia has Asia/Jakarta (WIB), Asia/Makassar (WITA) and Asia/Jayapura (WIT)"
        ) from None
    return text
