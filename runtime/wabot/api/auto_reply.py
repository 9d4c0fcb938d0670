"""`/api/auto-reply`: the rules as they are, what they would answer, and, where a tenant allows it, new ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from wabot.api.answers import answer, conditional, iso, millis
from wabot.api.auditing import audit
from wabot.api.guard import Home, Who, may
from wabot.api.house import House
from wabot.api.problems import Problem, unknown
from wabot.api.rendering import Said, rendering_of
from wabot.api.rule_shapes import NewRule, RuleChange, RuleTest
from wabot.language.hours import YEARS
from wabot.store.sqlite.queries import Ask

router = APIRouter(
    prefix="/api/auto-reply",
    tags=["auto-reply"],
    responses={409: {"description": "The tenant's files have errors, and no rules were ever live (`findings`)."}},
)
WRITING: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "Nothing is written, for `code`: RULES_ARE_CODE, WRITTEN_BY_PEOPLE, EXISTS, LINKED …"},
    422: {"description": "Nothing is written: the tenant would not be sound (`findings`), or this is no rule."},
}
_NO_RULE: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "There is no such rule."}}
_NO_ANSWER: Final[dict[int | str, dict[str, Any]]] = {422: {"description": "It takes too long, or becomes too large."}}
_LISTED: Final = ("id", "name", "triggerType", "responseType", "priority", "isActive", "source", "managed")


@router.get("/rules")
async def listed(request: Request, house: Home, who: Who = may("view_conversations")) -> Response:
    """Every rule, in the order in which they are asked."""
    told = await rendering_of(house).catalogue(who.tenant)
    counters, live = house.desk(who.tenant).read(lambda ask: (_counters(ask), _live(ask)))
    rules = [
        {**{name: rule[name] for name in _LISTED}, **_facts(rule, counters.get(rule["id"]))} for rule in told["rules"]
    ]
    return conditional(
        request,
        {
            "rules": rules,
            "managed": told["managed"],
            "revision": told["revision"],
            "live": None if live is None else live == told["revision"],
            "findings": told["findings"],
        },
    )


@router.get("/rules/{id}", responses=_NO_RULE)
async def detail(request: Request, house: Home, id: str, who: Who = may("view_conversations")) -> Response:
    """All about one rule: its fields, and its text as it stands in the file."""
    return conditional(request, {"rule": await _rule(house, who.tenant, id)})


@router.post("/rules", status_code=201, responses=WRITING)
async def created(request: Request, house: Home, body: NewRule, who: Who = may("manage_rules")) -> Response:
    """Write a rule into the tenant's `rules/managed.yaml`."""
    told = body.model_dump(by_alias=True, exclude_unset=True)
    for name in ("name", "triggerType", "responseType"):
        if not told.get(name):
            raise Problem(422, f"A rule needs `{name}`.", "INVALID_RULE", field=name)
    return await _write(request, house, who, "create", told.pop("id", None), told)


@router.put("/rules/{id}", responses={**WRITING, **_NO_RULE})
async def changed(request: Request, house: Home, id: str, body: RuleChange, who: Who = may("manage_rules")) -> Response:
    """Change a rule of `rules/managed.yaml`: what is left out stays, null takes away."""
    return await _write(request, house, who, "change", id, body.model_dump(by_alias=True, exclude_unset=True))


@router.delete("/rules/{id}", responses={**WRITING, **_NO_RULE})
async def removed(request: Request, house: Home, id: str, who: Who = may("manage_rules")) -> Response:
    """Take a rule out of `rules/managed.yaml`."""
    change = {"kind": "rule", "act": "remove", "id": id, "told": {}}
    await rendering_of(house).change(who.tenant, change)
    await audit(house, who, "rule.remove", id, request)
    return answer({"success": True})


@router.post("/rules/{id}/test", responses={**_NO_RULE, **_NO_ANSWER})
async def tested(house: Home, id: str, body: RuleTest, who: Who = may("view_conversations")) -> Response:
    """Whether this rule answers a message, what the customer would get, and if not, why."""
    told = await rendering_of(house).decide_test(who.tenant, _said(body))
    outcomes = {one["ruleId"]: one["outcome"] for one in told["trace"]}
    if id not in outcomes:
        raise unknown("rule", id)
    mine = next((reply for reply in told["replies"] if reply["ruleId"] == id), None)
    return answer(
        {
            "matched": mine is not None,
            **_reply(mine),
            "reason": outcomes[id],
            "answeredBy": [reply["ruleId"] for reply in told["replies"]],
            "executionTimeMs": told["executionTimeMs"],
            "trace": told["trace"],
        }
    )


@router.post("/test", responses=_NO_ANSWER)
async def tried(house: Home, body: RuleTest, who: Who = may("view_conversations")) -> Response:
    """Which of all rules answer a message, what the customer would get, and why each other rule stays silent."""
    told = await rendering_of(house).decide_test(who.tenant, _said(body))
    first = next(iter(told["replies"]), None)
    return answer(
        {
            "matched": first is not None,
            "ruleId": None if first is None else first["ruleId"],
            "ruleName": None if first is None else first["ruleName"],
            **_reply(first),
            **told,
        }
    )


async def _write(
    request: Request, house: House, who: Who, act: str, id: str | None, told: Mapping[str, Any]
) -> Response:
    change = {"kind": "rule", "act": act, "id": id, "told": told}
    done = await rendering_of(house).change(who.tenant, change)
    written = done["entry"]["id"]
    await audit(house, who, f"rule.{act}", written, request, fields=sorted(told))
    said = {"success": True, "rule": await _rule(house, who.tenant, written), "findings": done["findings"]}
    return answer(said, 201 if act == "create" else 200)


async def _rule(house: House, tenant: str, id: str) -> dict[str, Any]:
    told = await rendering_of(house).catalogue(tenant)
    rule = next((one for one in told["rules"] if one["id"] == id), None)
    if rule is None:
        raise unknown("rule", id)
    counters = house.desk(tenant).read(_counters)
    shown = {name: value for name, value in rule.items() if name != "changedAt"}
    return {**shown, **_facts(rule, counters.get(id))}


def _facts(rule: Mapping[str, Any], counter: tuple[int, int] | None) -> dict[str, Any]:
    """What is counted, and when the rule's file changed last: more is not known of when a rule came to be."""
    total, last = counter or (0, None)
    changed = iso(rule["changedAt"])
    return {"totalTriggered": total, "lastTriggeredAt": iso(last), "createdAt": changed, "updatedAt": changed}


def _counters(ask: Ask) -> dict[str, tuple[int, int]]:
    return {row["rule_id"]: (row["total_triggered"], row["last_triggered_at"]) for row in ask("rule_counters")}


def _live(ask: Ask) -> str | None:
    """The revision that the session has; None where none ever said."""
    row = ask("session_row").fetchone()
    return None if row is None or row["reload_at"] is None else str(row["reload_revision"])


def _reply(reply: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: None if reply is None else reply[name] for name in ("response", "matchedKeyword", "media", "error")}


def _said(body: RuleTest) -> Said:
    context = body.customer_context
    return Said(
        body.test_message,
        first=context.is_first_message,
        name=context.name,
        tags=context.tags,
        orders=int(context.has_order_history),
        type=context.message_type,
        at=None if context.at is None else _moment(context.at),
    )


def _moment(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year not in YEARS:
        message = "`customerContext.at` must be a moment with its zone, such as 2026-01-28T22:00:00+07:00."
        raise Problem(400, message, "INVALID", fields=["body.customerContext.at"])
    return millis(at)
