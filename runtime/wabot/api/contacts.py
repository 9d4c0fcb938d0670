"""`/api/contacts`: the customers, what people write down about them, and who is not written to any more."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from wabot.api.answers import Shape, answer, conditional, page_meta
from wabot.api.auditing import audit
from wabot.api.contact_cards import ChangedContact, Contacts, InDetail, card
from wabot.api.customer_list import EMAIL, LIMITS, TAG
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.problems import Problem, unknown
from wabot.model.segments import Segment, Segments
from wabot.store.sqlite import caring
from wabot.store.sqlite.contact_list import Sought, contacts_page
from wabot.store.sqlite.contact_list import segments as in_segments
from wabot.store.sqlite.list_statements import MOST
from wabot.store.sqlite.listing import words_of
from wabot.store.sqlite.queries import Ask

NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "There is no such contact."}}
router = APIRouter(prefix="/api/contacts", tags=["contacts"], responses={400: {"description": "Not understood."}})

Id = Annotated[str, Path(min_length=1, max_length=100)]
Tag = Annotated[str, Field(pattern=rf"^{TAG.pattern}$", description="One word, such as vip or tanya-resi.")]
SortBy = Literal["last_contact", "first_contact", "name", "total_orders", "total_spent"]


class Wanted(Shape):
    """Which contacts are asked for."""

    search: Annotated[str, Field(max_length=200, description="A number or name, or its beginning.")] = ""
    tags: Annotated[list[Tag], Field(max_length=MOST, description="All of them.")] = Field(default_factory=list)
    tags_in_brackets: Annotated[
        list[Tag], Field(alias="tags[]", max_length=MOST, description="`tags`, as some clients write a list.")
    ] = Field(default_factory=list)
    segment: Segment | None = None
    blocked: bool | None = None

    def sought(self, inactive_before: int) -> Sought:
        tags = tuple(dict.fromkeys((*self.tags, *self.tags_in_brackets)))[:MOST]
        return Sought(words_of(self.search), tags, self.segment or "", self.blocked, inactive_before)


class Filters(Wanted):
    """A page of them."""

    sort_by: SortBy = "last_contact"
    sort_order: Literal["asc", "desc"] | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


async def inactive_before(house: House, tenant: str) -> int:
    """Who has been silent since before this moment is inactive."""
    rules = await house.rules(tenant)
    return house.clock.now() - (Segments() if rules is None else rules.tenant.segments).inactive_after


@router.get("", response_model=Contacts)
async def listed(
    request: Request, house: Home, filters: Annotated[Filters, Query()], who: Who = may("view_conversations")
) -> Response:
    """The contacts that match, a page of them."""
    before = await inactive_before(house, who.tenant)
    descending = filters.sort_order == "desc" if filters.sort_order else filters.sort_by != "name"
    found = house.desk(who.tenant).read(
        lambda ask: contacts_page(
            ask,
            filters.sought(before),
            filters.sort_by,
            descending=descending,
            limit=filters.limit,
            offset=(filters.page - 1) * filters.limit,
        )
    )
    meta = page_meta(found.total, filters.page, filters.limit, exact=found.exact)
    return conditional(request, {"data": [card(row, before) for row in found.rows], "meta": meta})


@router.get("/segments")
async def segments(house: Home, who: Who = may("view_conversations")) -> Response:
    """How many contacts are in each segment, and from when a contact is in it."""
    rules = await house.rules(who.tenant)
    by = Segments() if rules is None else rules.tenant.segments
    before = house.clock.now() - by.inactive_after

    def read(ask: Ask) -> tuple[dict[str, int], int]:
        return in_segments(ask, before), ask("contacts_barred", most=-1).fetchone()["number"]

    counted, barred = house.desk(who.tenant).read(read)
    return answer(
        {
            "segments": [{"segment": name, "count": count} for name, count in counted.items()],
            "total": sum(counted.values()),
            "blocked": barred,
            "thresholds": {
                "regular": {"messages": by.regular_messages, "orders": by.regular_orders},
                "vip": {"messages": by.vip_messages, "orders": by.vip_orders},
                "inactive": {"afterSeconds": by.inactive_after // 1000},
            },
        }
    )


@router.get("/{id}", response_model=InDetail, responses=NOT_FOUND)
async def detail(request: Request, house: Home, id: Id, who: Who = may("view_conversations")) -> Response:
    """All that is known about one contact."""
    before = await inactive_before(house, who.tenant)
    row = house.desk(who.tenant).read(lambda ask: ask("contact_card", id=id).fetchone())
    if row is None:
        raise unknown("contact", id)
    return conditional(request, {"contact": card(row, before), "conversationId": row["conversation_id"]})


@router.get("/{id}/avatar", responses={404: {"description": "No picture is stored."}})
async def avatar(house: Home, id: Id, who: Who = may("view_conversations")) -> Response:
    """The contact's picture. Today there is none of anybody."""
    if house.desk(who.tenant).read(lambda ask: ask("contact_by_id", id=id).fetchone()) is None:
        raise unknown("contact", id)
    raise Problem(404, "There is no picture of this contact: wabot does not ask WhatsApp for any.", "NO_AVATAR")


class ContactChange(Shape):
    """What is left out stays; null, or an empty text, erases. Without a name of yours, the contact bears the one that
    they gave themselves in WhatsApp; without a segment of yours, the one that their messages and orders make."""

    name: Annotated[str, Field(max_length=LIMITS["name"])] | None = None
    email: Annotated[str, Field(max_length=LIMITS["email"], pattern=rf"^({EMAIL.pattern})?$")] | None = None
    address: Annotated[str, Field(max_length=LIMITS["address"])] | None = None
    notes: Annotated[str, Field(max_length=LIMITS["notes"])] | None = None
    customer_id: Annotated[str, Field(max_length=LIMITS["customer_id"])] | None = None
    segment: Segment | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = None


@router.patch("/{id}", response_model=ChangedContact, responses=NOT_FOUND)
async def changed(
    request: Request, house: Home, id: Id, body: ContactChange, who: Who = may("manage_contacts")
) -> Response:
    """Write down what is known of a contact."""
    now = house.clock.now()
    said = {key: (getattr(body, key) or "").strip() for key in body.model_fields_set & set(caring.FIELDS)}

    def write(ask: Ask) -> None:
        if not caring.change_contact(ask, id, said, now):
            raise unknown("contact", id)
        if "tags" in body.model_fields_set:
            row = ask("contact_by_id", id=id).fetchone()
            caring.tag_contact(ask, id, body.tags or (), set(caring.tags_of(row)) - set(body.tags or ()), now)

    await house.desk(who.tenant).write(write)
    await audit(house, who, "contact.update", id, request, fields=sorted(body.model_fields_set))
    return await _told(house, who, id)


class Tags(Shape):
    """Tags to add, and tags to take away."""

    tags: Annotated[list[Tag], Field(max_length=100)] = Field(default_factory=list)
    remove: Annotated[list[Tag], Field(max_length=100)] = Field(default_factory=list)


@router.post("/{id}/tags", response_model=ChangedContact, responses=NOT_FOUND)
async def tagged(house: Home, id: Id, body: Tags, who: Who = may("manage_contacts")) -> Response:
    """Add tags to a contact, and take others away. Rules ask for them (`customer_tags`)."""
    return await _tag(house, who, id, set(body.tags), set(body.remove))


@router.delete("/{id}/tags/{tag}", response_model=ChangedContact, responses=NOT_FOUND)
async def untagged(
    house: Home, id: Id, tag: Annotated[str, Path(max_length=200)], who: Who = may("manage_contacts")
) -> Response:
    """Take a tag away; one that the contact does not have changes nothing."""
    return await _tag(house, who, id, set(), {tag})


async def _tag(house: House, who: Who, id: str, add: set[str], remove: set[str]) -> Response:
    now = house.clock.now()

    def write(ask: Ask) -> None:
        if caring.tag_contact(ask, id, add, remove, now) is None:
            raise unknown("contact", id)

    await house.desk(who.tenant).write(write)
    return await _told(house, who, id)


class Block(Shape):
    """Why."""

    reason: Annotated[str, Field(max_length=500)] = ""


@router.post("/{id}/block", response_model=ChangedContact, responses=NOT_FOUND)
async def blocked(request: Request, house: Home, id: Id, body: Block, who: Who = may("manage_contacts")) -> Response:
    """Write to this contact no more, neither the bot nor people. What they write is kept."""
    now = house.clock.now()

    def write(ask: Ask) -> None:
        if not caring.block_contact(ask, id, body.reason.strip(), now):
            raise unknown("contact", id)

    await house.desk(who.tenant).write(write)
    await audit(house, who, "contact.block", id, request)
    return await _told(house, who, id)


@router.post("/{id}/unblock", response_model=ChangedContact, responses=NOT_FOUND)
async def unblocked(request: Request, house: Home, id: Id, who: Who = may("manage_contacts")) -> Response:
    """The contact is answered again, from their next message on."""
    now = house.clock.now()

    def write(ask: Ask) -> None:
        if not caring.unblock_contact(ask, id, now):
            raise unknown("contact", id)

    await house.desk(who.tenant).write(write)
    await audit(house, who, "contact.unblock", id, request)
    return await _told(house, who, id)


async def _told(house: House, who: Who, id: str) -> Response:
    before = await inactive_before(house, who.tenant)
    row = house.desk(who.tenant).read(lambda ask: ask("contact_by_id", id=id).fetchone())
    if row is None:  # forgotten at this very moment
        raise unknown("contact", id)
    return answer({"success": True, "contact": card(row, before)})
