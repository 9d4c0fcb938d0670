"""Files: sent by people, sent by customers, by rules; each by its message's id, and only to its own tenant."""

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Query, Request, Response

from wabot.api.answers import Shape, answer, conditional, iso
from wabot.api.conversations import found
from wabot.api.file_answers import file_answer
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.media_url import media_url
from wabot.api.messages import refusal, told
from wabot.api.multipart import read_form
from wabot.api.outgoing import gone, media_of, owner
from wabot.api.people import author, pause_of
from wabot.api.problems import Problem, unknown
from wabot.language.template import MAX_OUTPUT
from wabot.model.media import media_type
from wabot.model.stored import PersonSays
from wabot.session.last_sound import LastSound
from wabot.store.media import MediaFolder
from wabot.store.outgoing import OutgoingFolder, is_reference
from wabot.store.sqlite import uploads
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.sending import Keyed, Refused, may_write, send, sent_before

router: Final = APIRouter(tags=["media"])
_URL: Final = "/api/media"
_LAST: Final = 1 << 62
_FIELDS: Final = ("conversationId", "caption", "quotedMessageId")
_FILES: Final = ("image", "video", "audio", "document", "sticker")
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[\x21-\x7e]*$")]


class Kept(Shape):
    media_id: str
    media_url: str
    mime_type: str
    size: int
    file_name: str
    message_type: Literal["image", "document"]


class GalleryItem(Shape):
    id: str
    conversation_id: str
    message_type: str
    sender_type: str
    sender_name: str
    caption: str
    media_url: str | None
    mime_type: str
    size: int
    file_name: str
    error: str
    sent_at: str


class Gallery(Shape):
    media: list[GalleryItem]
    has_more: bool


_MEANINGS: Final = {
    404: "There is no such thing in this tenant.",
    409: "The customer has not written first, or the key was used for another conversation.",
    410: "The file is not kept any more.",
    413: "The file or the request is too large.",
    415: "Such a file is not sent, or the body is not multipart.",
    416: "The file has no such range.",
    507: "There is no room.",
}


def refusals(*statuses: int) -> Any:
    return {status: {"description": _MEANINGS[status]} for status in statuses}


def _body(**fields: Any) -> Any:
    """The OpenAPI of a body that is read as it comes."""
    properties = {"file": {"type": "string", "format": "binary"}, **fields}
    required = ["file", *(["conversationId"] if "conversationId" in fields else [])]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.post(
    _URL,
    status_code=201,
    response_model=Kept,
    responses=refusals(413, 415, 507),
    openapi_extra=_body(),
)
async def upload(request: Request, house: Home, key: Key = "", who: Who = may("send_messages")) -> Response:
    """Keep a file, to be sent later: a day, or 30 days after it was sent last."""
    media = media_of(house)
    form = await read_form(request, (), lambda name: media.begin(who, name))
    kept = await media.keep(who, form.file, form.incoming, key)
    return answer(
        {
            "mediaId": kept.id,
            "mediaUrl": f"{_URL}/{kept.id}",
            "mimeType": kept.mime,
            "size": kept.size,
            "fileName": kept.name,
            "messageType": media_type(kept.name),
        },
        201,
    )


@router.post(
    "/api/messages/send-media",
    responses=refusals(404, 409, 413, 415, 507),
    openapi_extra=_body(
        conversationId={"type": "string"}, caption={"type": "string"}, quotedMessageId={"type": "string"}
    ),
)
async def send_media(request: Request, house: Home, key: Key = "", who: Who = may("send_messages")) -> Response:
    """Send a file to a customer who has written before."""
    media, at = media_of(house), house.clock.now()
    form = await read_form(request, _FIELDS, lambda name: media.begin(who, name))
    conversation, caption, quoted = (form.fields.get(name, "").strip() for name in _FIELDS)
    keyed = Keyed.of(f"{owner(who)}:{key}", form.incoming.digest, conversation, caption, quoted) if key else Keyed()
    pause = await pause_of(house, who.tenant)

    def work(ask: Ask) -> tuple[dict[str, Any], bool]:
        if len(caption) > MAX_OUTPUT:
            raise Problem(400, f"A caption may have {MAX_OUTPUT:,} characters.", "INVALID", fields=["body.caption"])
        if before := sent_before(ask, keyed, at):
            return told(ask, house, who, before, repeated=True), False
        row, (email, name) = may_write(ask, conversation), author(ask, who)
        uploads.add(ask, form.file, owner(who))
        said = PersonSays(row["chat"], caption, email, name, pause, quoted=quoted)
        id, _ = send(ask, conversation, said, keyed, at, form.file)
        return told(ask, house, who, id, repeated=False), True

    try:
        sent, kept = await house.desk(who.tenant).write(work)
    except BaseException as error:
        await form.incoming.dropped()
        if isinstance(error, Refused):
            raise refusal(error, conversation) from None
        raise
    if not kept:
        await form.incoming.dropped()
    return answer(sent)


@router.get(_URL, response_model=Gallery, responses=refusals(404))
async def gallery(
    request: Request,
    house: Home,
    conversation: Annotated[str, Query(alias="conversationId", max_length=64)] = "",
    kind: Annotated[Literal["", "image", "video", "audio", "document", "sticker"], Query(alias="type")] = "",
    before: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    who: Who = may("view_conversations"),
) -> Response:
    """Files of a tenant, or of one conversation, the newest first."""

    def work(ask: Ask) -> list[dict[str, Any]]:
        at, id = _LAST, ""
        if before:
            row = ask("file_of_message", id=before).fetchone()
            if row is None:
                raise unknown("message", before)
            at, id = row["created_at"], row["id"]
        page = {"at": at, "id": id, "most": limit + 1}
        if conversation:
            found(ask, conversation)
            rows = ask("gallery_of_conversation", conversation=conversation, kind=kind, **page)
        else:
            rows = ask("gallery_of_kind", kind=kind, **page) if kind else ask("gallery", **page)
        return [_item(row) for row in rows]

    items = house.desk(who.tenant).read(work)
    return conditional(request, {"media": items[:limit], "hasMore": len(items) > limit})


def _item(row: Any) -> dict[str, Any]:
    details = json.loads(row["media_details"])
    return {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "messageType": row["message_type"],
        "senderType": row["sender_type"],
        "senderName": row["sender_name"],
        "caption": row["content"],
        "mediaUrl": media_url(row),
        "mimeType": row["media_mime_type"],
        "size": row["media_size"],
        "fileName": details.get("name", ""),
        "error": row["media_error"],
        "sentAt": iso(row["sent_at"] or row["created_at"]),
    }


@router.get(
    f"{_URL}/{{id}}",
    response_class=Response,
    responses={
        200: {"content": {"*/*": {}}, "description": "The file."},
        206: {"content": {"*/*": {}}, "description": "A range of it."},
        304: {"description": "The client has it."},
        **refusals(404, 410, 416),
    },
)
async def file(
    request: Request,
    house: Home,
    id: str,
    who: Who = may("view_conversations"),
) -> Response:
    """The file of a message, or an upload that no message sends yet."""
    path, name = house.desk(who.tenant).read(lambda ask: _place(house, who.tenant, ask, id))
    return file_answer(request, path, name)


def _place(house: House, tenant: str, ask: Ask, id: str) -> tuple[Path, str]:
    data, row = house.data / tenant, ask("file_of_message", id=id).fetchone()
    place: Path | None
    if row is None:
        if (waiting := uploads.find(ask, id)) is None:
            raise unknown("file", id)
        place, name = OutgoingFolder(data).path(waiting.id, waiting.name), waiting.name
    elif row["media_upload"]:
        if not row["upload_name"]:
            raise gone()
        place, name = OutgoingFolder(data).path(row["media_upload"], row["upload_name"]), row["upload_name"]
    elif row["media_file"]:
        details = json.loads(row["media_details"] or "{}")
        place, name = MediaFolder(data).path(row["media_file"]), details.get("name") or row["media_file"]
    elif row["outbox_media"] and not is_reference(row["outbox_media"]):
        folder, said = house.tenants().get(tenant), Path(row["outbox_media"])
        place = None if folder is None else LastSound(data, folder.resolve().name).sent(said, folder)
        name = said.name
    else:
        raise _not_there(row)
    if place is None:
        raise gone()
    return place, name


def _not_there(row: Any) -> Problem:
    if row["message_type"] not in _FILES or not row["media_details"]:
        return Problem(404, "There is no file with this message.", "NO_FILE")
    why = f": {row['media_error']}" if row["media_error"] else " (yet)"
    return Problem(404, f"The customer's file was not downloaded{why}.", "NOT_DOWNLOADED")
