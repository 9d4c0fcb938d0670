"""`/api/csat`: what customers say of the help they got."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from wabot.api.answers import Shape, answer, iso, millis
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/csat", tags=["csat"], responses={400: {"description": "Not understood."}})
_SCORES: Final = ("ones", "twos", "threes", "fours", "fives")
_EVER: Final = 2**62


class Asked(Shape):
    """Which questions: those that went out since `from`, before `to`."""

    from_: AwareDatetime | None = Field(default=None, alias="from")
    to: AwareDatetime | None = None
    operator_id: Annotated[str, Field(max_length=100)] = ""
    answered_only: bool = True
    cursor: Annotated[str, Field(max_length=100, description="`nextCursor` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Summary(Shape):
    """`average` is null while nobody has answered; `responseRate` is a share of 1."""

    asked: int
    answered: int
    average: float | None
    response_rate: float | None


class OfOperator(Summary):
    operator_id: str | None
    name: str


class Whole(Summary):
    distribution: dict[str, int]
    operators: list[OfOperator]


class Answer(Shape):
    id: str
    conversation_id: str
    contact_id: str
    customer_name: str
    customer_phone: str
    operator_id: str | None
    operator_name: str
    score: int | None
    asked_at: str
    answered_at: str | None


class Csat(Shape):
    summary: Whole
    data: list[Answer]
    next_cursor: str | None


@router.get("", response_model=Csat)
async def asked(house: Home, query: Annotated[Asked, Query()], who: Who = may("view_analytics")) -> Response:
    """How satisfied customers are: on the whole, by operator, and each answer, the newest first."""
    since = 0 if query.from_ is None else millis(query.from_)
    until = _EVER if query.to is None else millis(query.to)
    before, _, before_id = query.cursor.partition("_")
    if query.cursor and not (before.isdecimal() and before.isascii() and before_id):
        raise Problem(400, "`cursor` is none of ours.", "INVALID")

    def read(ask: Ask) -> tuple[list[Any], list[Any]]:
        listed = ask(
            "surveys_page",
            since=since,
            until=until,
            answered=int(query.answered_only),
            operator=query.operator_id,
            before=min(int(before), _EVER) if before else _EVER,
            before_id=before_id,
            most=query.limit + 1,
        )
        return ask("surveys_summary", since=since, until=until).fetchall(), listed.fetchall()

    groups, rows = house.desk(who.tenant).read(read)
    if query.operator_id:
        groups = [row for row in groups if row["operator_id"] == query.operator_id]
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return answer(
        {
            "summary": {
                **_summary(groups),
                "distribution": {
                    str(score): sum(row[column] for row in groups) for score, column in enumerate(_SCORES, 1)
                },
                "operators": [
                    {"operatorId": row["operator_id"] or None, "name": row["name"], **_summary([row])} for row in groups
                ],
            },
            "data": [_answer(row) for row in rows],
            "nextCursor": f"{rows[-1]['created_at']}_{rows[-1]['id']}" if more else None,
        }
    )


def _summary(groups: list[Any]) -> dict[str, Any]:
    out, back, total = (sum(row[column] for row in groups) for column in ("asked", "answered", "total"))
    return {
        "asked": out,
        "answered": back,
        "average": round(total / back, 2) if back else None,
        "responseRate": round(back / out, 4) if out else None,
    }


def _answer(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "conversationId": row["conversation_id"],
        "contactId": row["contact_id"],
        "customerName": row["customer_name"],
        "customerPhone": row["customer_phone"],
        "operatorId": row["operator_id"] or None,
        "operatorName": row["operator_name"],
        "score": row["score"],
        "askedAt": iso(row["created_at"]),
        "answeredAt": iso(row["answered_at"]),
    }
