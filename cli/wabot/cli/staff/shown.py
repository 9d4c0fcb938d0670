"""How the people who answer are shown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wabot.cli import render
from wabot.cli.kept import live_rules
from wabot.cli.output import Format, say, style
from wabot.cli.shop import people_of
from wabot.cli.staff.access import access_of
from wabot.cli.stored import when
from wabot.cli.table import table
from wabot.model.stored import StoredOperator
from wabot.store.sqlite.node.bearing import invite_link

if TYPE_CHECKING:
    from wabot.store.sqlite.node.members import Invited, Member

_HEAD: Final = (
    "e-mail",
    "name",
    "role",
    "status",
    "account",
    "chats",
    "teams",
    "hours",
    "settled",
    "sent",
    "answers after",
    "seen",
)


def told(folder: Path, email: str, what: str, output: Format, invited: "Invited | None" = None, page: str = "") -> None:
    """What became of an order about somebody, and the link that they must be sent, if any; `page` is where it leads."""
    one = next((one for one in _everybody(folder) if one.operator.email == email), None)
    member = access_of(folder).get(email)
    link = invite_link(page, invited.token) if invited is not None and invited.token else ""
    if output is Format.json:
        about = {"email": email, **_account(member)} if one is None else _data(one, member)
        data = {"tenant": folder.name, **about}
        if invited is not None:
            data["invitation"] = {"link": link, "token": invited.token, "expires_at": invited.expires} if link else None
        say(render.as_json(data))
        return
    who = None if one is None else one.operator
    has = f"; {who.role}, {who.status}, {who.open_chats} of {who.capacity} chats" if who is not None else ""
    say(f"{folder.name}  {email}: {what}{has}")
    if invited is not None and link:
        say(f"  send them this link, good until {when(invited.expires, seconds=False)}: {link}")
        if not page:
            say("  (after the address of your front end; --invite-url names it)")
    elif invited is not None:
        say("  they log in with the password that they have")


def listed(folders: Sequence[Path], output: Format) -> None:
    """Everybody who answers for these tenants, or has access to them."""
    tenants = [(folder.name, _everybody(folder), access_of(folder), _missed(folder)) for folder in folders]
    if output is Format.json:
        rows = [
            {"tenant": name, **_data(one, access.get(one.operator.email))}
            for name, people, access, _ in tenants
            for one in people
        ]
        others = [
            {"tenant": name, "email": one.email, "role": one.role, **_account(one)}
            for name, people, access, _ in tenants
            for one in _others(people, access)
        ]
        nobody = [{"tenant": name, "rule": rule, "to": to} for name, _, _, missed in tenants for rule, to in missed]
        say(render.as_json({"operators": rows, "others_with_access": others, "nobody": nobody}))
        return
    parts = ["\n".join(_tenant(*one)) for one in tenants]
    say("\n\n".join(parts) or "nothing is stored there yet")


def _tenant(
    name: str, people: Sequence[StoredOperator], access: "Mapping[str, Member]", missed: Sequence[tuple[str, str]]
) -> Iterator[str]:
    yield from _table(name, people, access)
    for one in _others(people, access):
        yield f"  {one.email} is no operator, and has access, too: {one.role}, {one.state}"
    yield from map(_warning, missed)


def _everybody(folder: Path) -> list[StoredOperator]:
    return [*people_of(folder), *_disabled(folder)]


def _disabled(folder: Path) -> list[StoredOperator]:
    from wabot.store.sqlite import reading

    with reading(folder, folder.name) as store:
        return store.disabled_operators()


def _others(people: Sequence[StoredOperator], access: "Mapping[str, Member]") -> "list[Member]":
    known = {one.operator.email for one in people}
    return [one for email, one in access.items() if email not in known]


def _missed(folder: Path) -> list[tuple[str, str]]:
    """The rules that call somebody who is not among the operators, and whom."""
    from wabot.engine.assignment import uncalled

    rule_set = live_rules(folder)
    people = [one.operator for one in people_of(folder)]
    return [] if rule_set is None else uncalled(rule_set, people)


def _warning(missed: tuple[str, str]) -> str:
    rule, to = missed
    return style(
        f"  the rule {rule} calls {to}, and nobody here is that: its chats wait for a person's order", fg="yellow"
    )


def _table(tenant: str, people: Sequence[StoredOperator], access: "Mapping[str, Member]") -> Iterator[str]:
    yield f"{style(tenant, bold=True)}  {render.plural(len(people), 'operator')}"
    if people:
        yield from table(_HEAD, [_row(one, access.get(one.operator.email)) for one in people], flexible=(0, 1, 7))


def _row(one: StoredOperator, member: "Member | None") -> tuple[str, ...]:
    who = one.operator
    weekly = json.loads(who.hours) if who.hours else {}
    return (
        who.email,
        who.name,
        who.role,
        who.status,
        "" if member is None else member.state,
        f"{who.open_chats}/{who.capacity}",
        " ".join(sorted(who.teams)),
        "; ".join(f"{days} {','.join(spans)}" for days, spans in weekly.items()),
        str(one.handled),
        str(one.sent),
        "" if one.answers_after is None else _long(one.answers_after),
        when(one.seen, seconds=False),
    )


def _long(milliseconds: int) -> str:
    from wabot.engine.gates import clock

    return clock(milliseconds // 1_000 * 1_000)


def _data(one: StoredOperator, member: "Member | None") -> dict[str, Any]:
    who = one.operator
    return {
        "email": who.email,
        "name": who.name,
        "role": who.role,
        "status": who.status,
        "max_concurrent_chats": who.capacity,
        "open_chats": who.open_chats,
        "teams": sorted(who.teams),
        "working_hours": json.loads(who.hours) if who.hours else None,
        "last_assigned_at": who.last_assigned,
        "last_seen_at": one.seen,
        "total_chats_handled": one.handled,
        "total_messages_sent": one.sent,
        "average_first_answer_ms": one.answers_after,
        **_account(member),
    }


def _account(member: "Member | None") -> dict[str, Any]:
    """Whether somebody can log in: `account` is null, invited, active or disabled."""
    return {
        "account": None if member is None else member.state,
        "invited_until": None if member is None or member.state != "invited" else member.invited_until,
        "permissions": {} if member is None else dict(member.permissions),
    }
