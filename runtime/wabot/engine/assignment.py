"""Who gets a chat. Pure: the same people, chats and moment give the same answer."""

import json
from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Final

from wabot.engine.hours import is_open, local
from wabot.language.hours import Hours, read_weekly
from wabot.language.responses.handoff import ANYONE, ForwardToCs, SmartRoute
from wabot.language.rule_set import RuleSet, Tenant
from wabot.model.people import ROLES, Choice, Choose, Operator, Role

_NEVER: Final = -1


def choose(mode: str, wanted: str, operators: Sequence[Operator], now: int, zone: tzinfo, current: str = "") -> Choice:
    """Who of `operators` gets a chat that is for `wanted` (`team:X`, `role:Y`, `operator:E-MAIL`; "": anybody), by
    `mode` (round_robin: who has waited longest; least_busy: who has the least to do for what they can; manual: nobody
    by itself). Whoever has the chat already (`current`) keeps it while they are there, however much they have to do."""
    people = [one for one in operators if one.role != "viewer"]
    if not people:
        return Choice("", "no_operators")
    if any(one.email == current and _there(one, now, zone) for one in people):
        return Choice(current)
    asked = wanted or ANYONE
    meant = _meant(asked, people)
    if not meant:
        return Choice("", f"no_such_{asked.partition(':')[0]}")
    online = [one for one in meant if one.status == "online"]
    if not online:
        return Choice("", "nobody_online")
    there = [one for one in online if at_work(one, now, zone)]
    if not there:
        return Choice("", "outside_hours")
    if mode == "manual":
        return Choice("", "manual")
    free = [one for one in there if one.open_chats < one.capacity]
    if not free:
        return Choice("", "all_full")
    return Choice(min(free, key=_busy if mode == "least_busy" else _turn).email)


def chooser(tenant: Tenant, now: int) -> Choose:
    """`choose` as the tenant has it, at `now` (UTC milliseconds)."""

    def asked(wanted: str, current: str, operators: Sequence[Operator]) -> Choice:
        return choose(tenant.handoff.assign, wanted, operators, now, tenant.timezone, current)

    return asked


def stays(_wanted: str, current: str, _operators: Sequence[Operator]) -> Choice:
    """In place of `chooser` where nobody knows the tenant's rules: all stays as it is until a session says."""
    return Choice(current, "manual")


def at_work(operator: Operator, now: int, zone: tzinfo) -> bool:
    """Whether `now` lies in their working hours."""
    return is_open(_hours(operator.hours), local(now, zone))


def stand_ins(rule_set: RuleSet, *, available: bool) -> tuple[Operator, ...]:
    """Somebody for each whom the rules call, all there or none: the people of a test, which knows no real ones."""
    wanted = {ANYONE}
    for rule in rule_set.rules:
        if isinstance(rule.response, ForwardToCs | SmartRoute):
            wanted.add(rule.response.to)
    return tuple(_stand_in(target, available) for target in sorted(wanted))


def uncalled(rule_set: RuleSet, operators: Sequence[Operator]) -> list[tuple[str, str]]:
    """The enabled rules that call somebody whom nobody is, each with whom; none where there are no operators at all."""
    people = [one for one in operators if one.role != "viewer"]
    called = [
        (rule.id, rule.response.to)
        for rule in rule_set.rules
        if rule.enabled and isinstance(rule.response, ForwardToCs | SmartRoute)
    ]
    return [(rule, to) for rule, to in called if people and not _meant(to, people)]


def _stand_in(target: str, available: bool) -> Operator:
    kind, _, name = target.partition(":")
    role: Role = next((role for role in ROLES if kind == "role" and role == name), "operator")
    return Operator(
        email=name if kind == "operator" else f"{kind}.{name}@test",
        role=role,
        status="online" if available else "offline",
        teams=frozenset({name} if kind == "team" else ()),
    )


def _meant(wanted: str, people: Sequence[Operator]) -> list[Operator]:
    kind, _, name = wanted.partition(":")
    if kind == "team":
        return [one for one in people if name in one.teams]
    if kind == "operator":
        return [one for one in people if one.email.casefold() == name.casefold()]
    # Where nobody has the role, the next one above it: a shop with its owner alone has somebody who answers.
    for role in ROLES[ROLES.index(name) :] if name in ROLES else ():
        if found := [one for one in people if one.role == role]:
            return found
    return []


def _there(operator: Operator, now: int, zone: tzinfo) -> bool:
    """Whether they go on with the chats that they have: whoever is busy takes no others. Who is seen at work is there,
    whatever the hours say."""
    return operator.status in ("online", "busy") and (operator.present or at_work(operator, now, zone))


def _turn(operator: Operator) -> tuple[int, str]:
    return _NEVER if operator.last_assigned is None else operator.last_assigned, operator.email


def _busy(operator: Operator) -> tuple[float, int, str]:
    return operator.open_chats / operator.capacity, *_turn(operator)


@lru_cache(maxsize=1_024)
def _hours(written: str) -> Hours:
    if not written:
        return Hours()
    try:
        return Hours(read_weekly(json.loads(written)), always=False)
    except (ValueError, TypeError, AttributeError):  # a chat that waits is better than a message that is set aside
        return Hours(((),) * 7, always=False)
