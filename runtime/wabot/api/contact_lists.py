"""`/api/contacts/import` and `/export`: lists of customers in and out. Nobody is ever written to because of one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from wabot.api.answers import Shape, answer
from wabot.api.auditing import audit
from wabot.api.contact_cards import card
from wabot.api.contacts import Wanted, inactive_before
from wabot.api.customer_list import CustomerList, NoList, Refused, line_of
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.problems import Problem
from wabot.store.sqlite import caring
from wabot.store.sqlite.caring import Listed
from wabot.store.sqlite.contact_list import Sought, contacts_after
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/contacts", tags=["contacts"])
MOST_BYTES: Final = 10_000_000
_AT_ONCE: Final = 200
"""Rows of one transaction, or of one read: some milliseconds, which a live chat does not notice."""
_MOST_ERRORS: Final = 100
_COLUMNS: Final = (
    *("id", "phone", "name", "email", "address", "notes", "tags", "segment", "customerId", "currentSegment"),
    *("totalConversations", "totalMessagesSent", "totalMessagesReceived", "firstContactAt", "lastContactAt"),
    *("totalOrders", "totalSpent", "averageOrderValue", "lastOrderAt", "isBlocked", "blockedReason"),
)


class RowError(Shape):
    line: int
    column: str
    message: str


class Report(Shape):
    """What became of the rows. `errors` holds the first hundred of them."""

    success: bool
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    errors: list[RowError]
    ignored_columns: list[str]


@dataclass
class _Taken:
    """What has become of a list so far."""

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)


@router.post(
    "/import",
    response_model=Report,
    responses={
        400: {"description": "The file is no list; the sentence says why."},
        413: {"description": "The file is larger than 10 MB."},
    },
)
async def imported(
    request: Request,
    house: Home,
    file: Annotated[UploadFile, File(description="CSV in UTF-8, whose first line names the columns: phone, name, …")],
    dry_run: Annotated[bool, Form(alias="dryRun", description="true: only say what would happen.")] = False,
    who: Who = may("manage_contacts"),
) -> Response:
    """Take over a list of customers: who is not known becomes a contact, who is known is brought up to date. Whoever
    never wrote cannot be written to, whatever list they stand on."""
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Problem(413, "The file is larger than 10 MB: split it.")
    taken = _Taken()
    try:
        listed = await asyncio.to_thread(CustomerList, content)
        rows = listed.rows()
        while piece := await asyncio.to_thread(_piece, rows):
            taken.rows += len(piece)
            taken.refused += [row for row in piece if isinstance(row, Refused)]
            taken.counts += await _take(house, who, [row for row in piece if isinstance(row, Listed)], dry_run)
    except NoList as error:
        done = f" The rows before it are taken over: {taken.rows:,}." if taken.rows and not dry_run else ""
        raise Problem(400, f"{error}{done}", "NO_LIST") from error
    if not dry_run:
        await audit(house, who, "contact.import", "", request, rows=taken.rows, created=taken.counts["created"])
    return answer(
        {
            "success": not taken.refused,
            "dryRun": dry_run,
            "rows": taken.rows,
            **{word: taken.counts[word] for word in ("created", "updated", "unchanged")},
            "failed": len(taken.refused),
            "errors": [row._asdict() for row in taken.refused[:_MOST_ERRORS]],
            "ignoredColumns": listed.ignored,
        }
    )


def _piece(rows: Iterator[Listed | Refused]) -> list[Listed | Refused]:
    return list(islice(rows, _AT_ONCE))


async def _take(house: House, who: Who, rows: list[Listed], dry_run: bool) -> Counter[str]:
    now = house.clock.now()

    def write(ask: Ask) -> Counter[str]:
        return Counter(caring.take_listed(ask, row, now) for row in rows)

    def rehearse(ask: Ask) -> Counter[str]:
        return Counter(caring.would_take(ask, rows))

    return house.desk(who.tenant).read(rehearse) if dry_run else await house.desk(who.tenant).write(write)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"description": "CSV in UTF-8.", "content": {"text/csv": {}}}},
)
async def exported(
    request: Request, house: Home, wanted: Annotated[Wanted, Query()], who: Who = may("manage_contacts")
) -> StreamingResponse:
    """The contacts that match, as CSV. What a spreadsheet would run as a formula begins with an apostrophe."""
    before = await inactive_before(house, who.tenant)
    await audit(house, who, "contact.export", "", request)
    lines = _lines(house, who.tenant, wanted.sought(before), before)
    headers = {"content-disposition": f'attachment; filename="contacts-{who.tenant}.csv"', "cache-control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(house: House, tenant: str, sought: Sought, before: int) -> AsyncIterator[str]:
    yield "\ufeff" + line_of(_COLUMNS)  # the mark by which spreadsheets know UTF-8
    last = ""
    while rows := _read(house, tenant, sought, last):
        yield "".join(line_of(_cells(row, before)) for row in rows)
        last = rows[-1]["id"]
        await asyncio.sleep(0)  # others are served in between


def _read(house: House, tenant: str, sought: Sought, last: str) -> list[Any]:
    return house.desk(tenant).read(lambda ask: contacts_after(ask, sought, last, _AT_ONCE))


def _cells(row: Any, before: int) -> list[object]:
    told = card(row, before)
    told |= {
        "tags": ";".join(told["tags"]),
        "segment": row["segment_manual"],
        "currentSegment": told["segment"],
        "isBlocked": "true" if told["isBlocked"] else "false",
    }
    return ["" if told[name] is None else told[name] for name in _COLUMNS]
