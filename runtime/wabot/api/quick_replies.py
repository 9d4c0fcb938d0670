"""`/api/quick-replies`: the texts that people send by a shortcut, and how one reads for a customer."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from wabot.api.answers import answer, conditional, iso
from wabot.api.auditing import audit
from wabot.api.auto_reply import WRITING
from wabot.api.expanding import expand
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.problems import Problem, unknown
from wabot.api.rendering import rendering_of
from wabot.api.rule_shapes import NewQuickReply, QuickReplyChange, RenderFor
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/quick-replies",
    tags=["quick-replies"],
    responses={409: {"description": "The tenant's files have errors, and no rules were ever live (`findings`)."}},
)
_NONE: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "There is no such quick reply."}}
_NO_TEXT: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "There is no such quick reply, or no such conversation."},
    422: {"description": "Its text fails for this customer, takes too long, or becomes too large."},
}
_SEARCHED: Final = ("shortcut", "title", "message", "category")


@router.get("")
async def listed(
    request: Request,
    house: Home,
    category: Annotated[str | None, Query(max_length=50)] = None,
    search: Annotated[str, Query(max_length=100)] = "",
    who: Who = may("view_conversations"),
) -> Response:
    """The quick replies that whoever asks may use; all of them for those who manage them."""
    word = search.strip().casefold()
    found = [
        reply
        for reply in await _replies(house, who)
        if (not category or reply["category"] == category) and (not word or _holds(reply, word))
    ]
    return conditional(request, {"quickReplies": found})


@router.get("/{id}", responses=_NONE)
async def detail(request: Request, house: Home, id: str, who: Who = may("view_conversations")) -> Response:
    """One quick reply, and its text as it stands in the file."""
    return conditional(request, {"quickReply": await _reply(house, who, id)})


@router.post("", status_code=201, responses=WRITING)
async def created(
    request: Request, house: Home, body: NewQuickReply, who: Who = may("manage_quick_replies")
) -> Response:
    """Write a quick reply into the tenant's `quick-replies.managed.yaml`."""
    told = _told(body, who)
    return await _write(request, house, who, "create", told["shortcut"], told)


@router.put("/{id}", responses={**WRITING, **_NONE})
async def changed(
    request: Request, house: Home, id: str, body: QuickReplyChange, who: Who = may("manage_quick_replies")
) -> Response:
    """Change a quick reply of `quick-replies.managed.yaml`: what is left out stays."""
    return await _write(request, house, who, "change", _shortcut(id), _told(body, who))


@router.delete("/{id}", responses={**WRITING, **_NONE})
async def removed(request: Request, house: Home, id: str, who: Who = may("manage_quick_replies")) -> Response:
    """Take a quick reply out of `quick-replies.managed.yaml`."""
    change = {"kind": "quick_reply", "act": "remove", "id": _shortcut(id), "told": {}}
    await rendering_of(house).change(who.tenant, change)
    await audit(house, who, "quick_reply.remove", _shortcut(id), request)
    return answer({"success": True})


@router.post("/{id}/render", responses=_NO_TEXT)
async def rendered(house: Home, id: str, body: RenderFor, who: Who = may("send_messages")) -> Response:
    """A quick reply as the customer of a conversation would read it. It counts as used when it is sent."""
    text = await expand(house, who, _shortcut(id), body.conversation_id)
    return answer({"shortcut": _shortcut(id), "text": text})


async def _write(request: Request, house: House, who: Who, act: str, id: str, told: Mapping[str, Any]) -> Response:
    change = {"kind": "quick_reply", "act": act, "id": id, "told": told}
    done = await rendering_of(house).change(who.tenant, change)
    written = done["entry"]["shortcut"]
    await audit(house, who, f"quick_reply.{act}", written, request, fields=sorted(told))
    said = {"success": True, "quickReply": await _reply(house, who, written), "findings": done["findings"]}
    return answer(said, 201 if act == "create" else 200)


async def _reply(house: House, who: Who, id: str) -> dict[str, Any]:
    found = next((one for one in await _replies(house, who) if one["shortcut"] == _shortcut(id)), None)
    if found is None:
        raise unknown("quick reply", id)
    return found


async def _replies(house: House, who: Who) -> list[dict[str, Any]]:
    """Those that whoever asks may see, with what is counted of them."""
    told = await rendering_of(house).catalogue(who.tenant)
    used = house.desk(who.tenant).read(_used)
    every = who.may("manage_quick_replies")
    return [
        {
            **{name: value for name, value in reply.items() if name != "changedAt"},
            **_facts(reply, used.get(reply["shortcut"])),
        }
        for reply in told["quickReplies"]
        if every or reply["isGlobal"] or who.email.lower() in {one.lower() for one in reply["operators"]}
    ]


def _facts(reply: Mapping[str, Any], used: tuple[int, int] | None) -> dict[str, Any]:
    count, last = used or (0, None)
    changed = iso(reply["changedAt"])
    return {
        "isActive": True,
        "useCount": count,
        "lastUsedAt": iso(last),
        "createdAt": changed,
        "updatedAt": changed,
    }


def _used(ask: Ask) -> dict[str, tuple[int, int]]:
    return {row["shortcut"]: (row["used_count"], row["last_used_at"]) for row in ask("quick_replies_used")}


def _holds(reply: Mapping[str, Any], word: str) -> bool:
    return any(word in text.casefold() for text in (*(reply[name] for name in _SEARCHED), *reply["tags"]))


def _shortcut(id: str) -> str:
    return f"/{id.removeprefix('/')}"


def _told(body: QuickReplyChange, who: Who) -> dict[str, Any]:
    """What is told, as a file has it: who may use a reply is written as who, or nobody for everybody."""
    told = body.model_dump(exclude_unset=True)
    for name in ("shortcut", "title", "message"):
        if name in told and not told[name]:
            raise Problem(422, f"A quick reply needs `{name}`.", "INVALID_QUICK_REPLY", field=name)
    if "shortcut" in told:
        told["shortcut"] = _shortcut(told["shortcut"])
    is_global = told.pop("is_global", None)
    if is_global and told.get("operators"):
        raise Problem(422, "`isGlobal` is for everybody, `operators` for some: give one.", "INVALID_QUICK_REPLY")
    if is_global:
        told["operators"] = []
    elif is_global is False and not told.get("operators"):
        if not who.email:
            message = "An API key is nobody in particular: say in `operators` whom the quick reply is for."
            raise Problem(422, message, "INVALID_QUICK_REPLY", field="operators")
        told["operators"] = [who.email]
    return told
