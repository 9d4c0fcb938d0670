"""What is typed about somebody who answers, read and checked."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from wabot.cli.table import cut
from wabot.model.email import email_address
from wabot.model.errors import UsageError
from wabot.model.people import Role
from wabot.model.permissions import PERMISSIONS, ROLE_PERMISSIONS
from wabot.model.visible import visible

_LONGEST: Final = 100
"""Characters of a name."""
_DAYS: Final = "mon|tue|wed|thu|fri|sat|sun"
_HOURS: Final = re.compile(rf"({_DAYS})(-({_DAYS}))?:? +(\d\d:\d\d-\d\d:\d\d)(( *, *| +)\d\d:\d\d-\d\d:\d\d)*")
_SPAN: Final = re.compile(r"\d\d:\d\d-\d\d:\d\d")


def email_of(word: str) -> str:
    address = email_address(word)
    if address is None:
        raise UsageError(f"`{cut(word, _LONGEST)}` is no e-mail address")
    return address


def name_of(word: str | None) -> str:
    name = (word or "").strip()
    if len(name) > _LONGEST:
        raise UsageError(f"a name has at most {_LONGEST} characters, not {len(name):,}")
    if "\n" in name or visible(name) != name:
        raise UsageError(f"the name `{name}` holds control characters")
    return name


def teams_of(written: str, known: Sequence[str] | None) -> frozenset[str]:
    wanted = frozenset(part for part in re.split(r"[,\s]+", written) if part)
    if known is not None and (strange := sorted(wanted - set(known))):
        raise UsageError(f"tenant.yaml has no team `{strange[0]}`; there are: {', '.join(known) or 'none'}")
    return wanted


def hours_of(written: Sequence[str]) -> str:
    """The spans as `Operator.hours` has them."""
    from wabot.language.hours import read_weekly

    if list(written) == ["always"]:
        return ""
    weekly: dict[str, list[str]] = {}
    for text in written:
        if not _HOURS.fullmatch(text.strip()):
            raise UsageError(f"--hours needs days and times such as 'mon-fri 09:00-12:00,13:00-17:00', not `{text}`")
        days = re.split(r"[: ]", text.strip(), maxsplit=1)[0]
        weekly.setdefault(days, []).extend(_SPAN.findall(text))
    try:
        read_weekly(weekly)
    except ValueError as error:
        raise UsageError(f"--hours: {error}") from None
    return json.dumps(weekly)


def permissions_of(
    can: Sequence[str], cannot: Sequence[str], before: Mapping[str, bool], role: Role
) -> dict[str, bool]:
    """What differs from the role's permissions, with what is said now over what was `before`."""
    said = {
        **{word.removeprefix("can_"): True for word in can},
        **{word.removeprefix("can_"): False for word in cannot},
    }
    if strange := sorted(set(said) - set(PERMISSIONS)):
        raise UsageError(f"there is no permission `{strange[0]}`; there are: {', '.join(PERMISSIONS)}")
    wanted = {**before, **said}
    return {name: given for name, given in wanted.items() if given != (name in ROLE_PERMISSIONS[role])}


def page_of(url: str) -> str:
    """The page where invitations are accepted; "" for none."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url)):
        raise UsageError(f"--invite-url must begin with https:// (or http://), not `{cut(url, _LONGEST)}`")
    return url
