"""`/api/conversations/:id/notes`: what people tell each other about a chat, and who is meant. No customer sees it."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.conversations import Id, found
from wabot.api.guard import Home, Who, may
from wabot.api.people import author, operator_of
from wabot.api.problems import Problem, unknown
from wabot.model.ids import uuid7
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/conversations",
    tags=["notes"],
    responses={404: {"description": "There is no such conversation or note."}},
)
_MOST: Final = 200
_ADDRESS: Final = re.compile(r"@([^\s@]+@[^\s@]+)")


class Note(Shape):
    """A note. `@` before an operator's e-mail address or name means them."""

    content: Annotated[str, Field(min_length=1, max_length=10_000)]


@router.get("/{id}/notes")
async def listed(request: Request, house: Home, id: Id, who: Who = may("view_conversations")) -> Response:
    """The notes on a conversation, the newest first."""

    def read(ask: Ask) -> list[dict[str, Any]]:
        found(ask, id)
        return [_shape(ask, row) for row in ask("notes_of_conversation", conversation=id, most=_MOST).fetchall()]

    return conditional(request, {"notes": house.desk(who.tenant).read(read)})


@router.post("/{id}/notes", status_code=201)
async def written(house: Home, id: Id, body: Note, who: Who = may("send_messages")) -> Response:
    """Write a note; whoever is meant by it finds it among their mentions."""
    now, content = house.clock.now(), body.content.strip()
    if not content:
        raise Problem(400, "There is nothing to note: `content` is empty.", "INVALID")

    def write(ask: Ask) -> dict[str, Any]:
        found(ask, id)
        email, name = author(ask, who)
        note = uuid7(now)
        ask("note_written", id=note, conversation=id, author=email or who.key, name=name, content=content, at=now)
        for operator in mentioned(content, ask("operators_at_work").fetchall()):
            ask("note_mentions_add", operator=operator["id"], note=note, at=now)
        return _shape(ask, ask("note_by_id", id=note).fetchone())

    return answer({"success": True, "note": await house.desk(who.tenant).write(write)}, 201)


@router.delete("/{id}/notes/{note}", responses={403: {"description": "It is somebody else's."}})
async def deleted(house: Home, id: Id, note: Id, who: Who = may("send_messages")) -> Response:
    """Delete a note: one's own, or anybody's with the permission `delete_messages`."""

    def write(ask: Ask) -> None:
        row = ask("note_by_id", id=note).fetchone()
        if row is None or row["conversation_id"] != id:
            raise unknown("note", note)
        if row["author"] != (who.email.lower() or who.key):
            who.must("delete_messages")
        ask("note_deleted", id=note)

    await house.desk(who.tenant).write(write)
    return answer({"success": True})


@router.get("/mentions/me")
async def mine(
    request: Request,
    house: Home,
    unseen: Annotated[bool, Query()] = False,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    who: Who = may("view_conversations"),
) -> Response:
    """The notes that mean whoever asks, the newest first."""

    def read(ask: Ask) -> list[dict[str, Any]]:
        operator = operator_of(ask, who)
        if operator is None:
            return []
        rows = ask("mentions_of_operator", operator=operator["id"], unseen=int(unseen), most=limit).fetchall()
        return [_shape(ask, row) | {"seenAt": iso(row["seen_at"])} for row in rows]

    return conditional(request, {"mentions": house.desk(who.tenant).read(read)})


class SeenMentions(Shape):
    """In which chat; null: everywhere."""

    conversation_id: Annotated[str, Field(max_length=100)] | None = None


@router.post("/mentions/seen")
async def seen(house: Home, body: SeenMentions | None = None, who: Who = may("view_conversations")) -> Response:
    """Whoever asks has seen what means them."""
    now, chat = house.clock.now(), (body.conversation_id if body is not None else None) or ""

    def write(ask: Ask) -> int:
        operator = operator_of(ask, who)
        if operator is None:
            return 0
        return ask("mentions_seen", operator=operator["id"], conversation=chat, at=now).rowcount

    return answer({"success": True, "seenCount": await house.desk(who.tenant).write(write)})


def mentioned(content: str, operators: list[Any]) -> list[Any]:
    """Who is meant by `@`: an e-mail address, a whole name, or a first name that only one of them has."""
    small = " ".join(content.casefold().split())
    addresses = {found.rstrip(".,;:!?)") for found in _ADDRESS.findall(small)}
    named = [(" ".join(one["name"].casefold().split()), one) for one in operators if one["name"].split()]
    first = [name.split(" ")[0] for name, _ in named]
    named += [(name.split(" ")[0], one) for name, one in named if first.count(name.split(" ")[0]) == 1]
    found = {one["email"] for one in operators if one["email"] in addresses}
    for name, one in sorted(named, key=lambda each: -len(each[0])):
        # The longest first: what says "@Dewi Kartika" does not say "@Dewi".
        small, count = re.subn(rf"(?<!\w)@{re.escape(name)}(?![\w@])", " ", small)
        found |= {one["email"]} if count else set()
    return [one for one in operators if one["email"] in found]


def _shape(ask: Ask, row: Any) -> dict[str, Any]:
    mentions = ask("note_mentions_of", note=row["id"]).fetchall()
    return {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "content": row["content"],
        "author": {"email": row["author"], "name": row["author_name"]},
        "mentions": [{"id": one["id"], "name": one["name"], "email": one["email"]} for one in mentions],
        "createdAt": iso(row["created_at"]),
    }
