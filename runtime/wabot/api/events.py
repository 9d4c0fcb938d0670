"""What happened, for those without a socket: the same events, by cursor."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from wabot.api.answers import answer
from wabot.api.feed import feed_of
from wabot.api.guard import Home, Who, may
from wabot.api.live.asking import position

router = APIRouter(prefix="/api/events", tags=["Events"])
_MOST: Final = 500
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "`after` is no cursor, or `limit` not from 1 to 500."},
    404: {"description": "The tenant is gone."},
}


@router.get("", summary="What happened after a cursor", responses=_ERRORS)
async def events(
    house: Home,
    after: Annotated[str | None, Query(max_length=18, description="The last cursor that you have.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    who: Who = may("view_conversations"),
) -> Response:
    """The changes after `after`, at most so many, as the events of docs/events.md, and the cursor to ask with next.
    Without `after`: no events, and the cursor of now. `reset`: not all after `after` is kept any more (seven days are):
    read the lists anew, and go on from the cursor."""
    tail = await feed_of(house).tail(who.tenant)
    start = None if after is None else position(after)
    if start is None:
        async with tail.telling:
            await tail.tell()
        return answer({"events": [], "cursor": str(tail.position), "hasMore": False, "reset": False})
    missed = tail.read(start, limit)
    told = [{"event": one.name, "namespace": one.namespace, "data": one.data} for one in missed.events]
    return answer({"events": told, "cursor": str(missed.cursor), "hasMore": missed.more, "reset": missed.reset})
