"""`/api/audit`: who did what."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from wabot.api.answers import Shape, conditional, iso
from wabot.api.door import door_of
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem
from wabot.store.sqlite.node.audit import By, Entry, entries

router = APIRouter(prefix="/api/audit", tags=["audit"])
_KINDS: Final = {"person": "person", "key": "apiKey", "command": "command", "system": "system"}
Word = Annotated[str | None, Query(max_length=254)]


class Actor(Shape):
    """`type` is person, apiKey, command (the machine's own command line) or system; `id` a person's e-mail, a key's id,
    or the user of the machine."""

    type: str
    id: str


class EntryShape(Shape):
    id: str
    at: str
    actor: Actor
    action: str
    subject: str
    detail: dict[str, Any]
    address: str


class Log(Shape):
    """The newest first; `next_cursor` is null at the end."""

    entries: list[EntryShape]
    next_cursor: str | None


@router.get("", response_model=Log)
async def read_audit(
    house: Home,
    request: Request,
    action: Word = None,
    actor: Word = None,
    subject: Word = None,
    cursor: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    who: Who = may("view_audit"),
) -> Response:
    """Who did what in the tenant, filtered by at most one of `action`, `actor` and `subject`."""
    named: dict[By, str | None] = {"action": action, "actor": actor, "subject": subject}
    wanted = [(by, word) for by, word in named.items() if word is not None]
    if len(wanted) > 1:
        raise Problem(400, "Name one of `action`, `actor` and `subject`, not several.", "INVALID")
    none: tuple[By, str] = ("", "")
    by, word = wanted[0] if wanted else none
    accounts = door_of(house).accounts
    found = accounts.read(lambda ask: entries(ask, who.tenant, limit + 1, cursor, by=by, word=word))
    shown, more = found[:limit], len(found) > limit
    next_cursor = str(shown[-1].sequence) if more else None
    return conditional(request, {"entries": [_shown(one) for one in shown], "nextCursor": next_cursor})


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "id": str(entry.sequence),
        "at": iso(entry.at),
        "actor": {"type": _KINDS[entry.kind], "id": entry.actor},
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "address": entry.address,
    }
