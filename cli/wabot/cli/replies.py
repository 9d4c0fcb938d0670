"""`wabot replies`: the quick replies of a tenant, as the people who answer would send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from wabot.cli import render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, say, style
from wabot.cli.table import table
from wabot.cli.tenants import DEFAULT, Chosen, choose
from wabot.cli.words import is_path, name_and_path, unknown
from wabot.engine.quick_replies import expanded
from wabot.language.rule_set import QuickReply, RuleSet
from wabot.language.tenant import Loaded
from wabot.model.context import SOMEBODY, Contact, Conversation
from wabot.model.errors import RenderError, UsageError
from wabot.model.visible import on_one_line
from wabot.session.clock import RealClock


@dataclass(frozen=True, slots=True)
class _Shown:
    """A quick reply, rendered; `error` says why it could not be."""

    loaded: Loaded
    reply: QuickReply
    text: str
    error: str = ""


def replies(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SHORTCUT] [PATH]", help="A shortcut such as /salam, and where the rules are (./rules)."
        ),
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    name: Annotated[str, typer.Option(help="The customer's name.")] = "Budi",
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List the quick replies, or show one, as the customer would read it."""
    shortcut, path = _told_apart(words or [], tenant or ())
    chosen = choose(path, tenant or ())
    readable = [(loaded, loaded.readable) for loaded in chosen.tenants if loaded.readable is not None]
    known = {reply.shortcut for _, rule_set in readable for reply in rule_set.quick_replies}
    if shortcut and shortcut not in known:
        raise unknown("quick reply has the shortcut", shortcut, known)
    shown = [
        _show(loaded, rule_set, reply, name)
        for loaded, rule_set in readable
        for reply in rule_set.quick_replies
        if shortcut in ("", reply.shortcut)
    ]
    errors = [item for item in chosen.diagnostics if item.severity == "error"]
    if output is Format.json:
        data = [_data(one) for one in shown]
        typer.echo(render.as_json({"replies": data, "findings": [render.finding_as_data(item) for item in errors]}))
    elif shortcut:
        say("\n\n".join(_in_full(one) for one in shown))
    else:
        say(_listed(chosen, shown))
    if errors:
        count = render.plural(len(errors), "error")
        typer.echo(f"wabot: {count} in these files: see wabot validate", err=True)
    raise typer.Exit(FINDINGS if errors or any(one.error for one in shown) else CLEAN)


def _told_apart(words: Sequence[str], only: Sequence[str]) -> tuple[str, Path | None]:
    """A shortcut looks like a path from the root: /home is the shortcut if the tenants in ./rules have it."""
    if len(words) == 1 and words[0].startswith("/") and is_path(words[0]) and DEFAULT.exists():
        try:
            tenants = choose(None, only).tenants
        except UsageError:
            tenants = ()
        if any(
            words[0] == reply.shortcut
            for loaded in tenants
            if loaded.readable
            for reply in loaded.readable.quick_replies
        ):
            return words[0], None
    shortcut, path = name_and_path(words, "a shortcut")
    return (f"/{shortcut.lstrip('/')}" if shortcut else ""), path


def _show(loaded: Loaded, rule_set: RuleSet, reply: QuickReply, name: str) -> _Shown:
    now = RealClock().now()
    try:
        said = expanded(rule_set, reply, Contact(SOMEBODY, name), Conversation(earlier_messages=1), now)
        return _Shown(loaded, reply, said)
    except RenderError as error:
        return _Shown(loaded, reply, "", str(error))


def _in_full(one: _Shown) -> str:
    reply = one.reply
    parts = [style(one.loaded.tenant_id, bold=True), style(reply.shortcut, fg="green"), on_one_line(reply.title)]
    lines = ["  ".join([*parts, _place(one)])]
    if one.error:
        lines.append(f"  {style(f'fails: {one.error}', fg='red')}")
    lines += [f"  {style('│', fg='green')} {line}" for line in one.text.splitlines()]
    facts = [f"category {reply.category}"] if reply.category else []
    facts += [f"tags {', '.join(reply.tags)}"] if reply.tags else []
    facts.append(f"for {', '.join(reply.operators) or 'everybody'}")
    return "\n".join([*lines, f"  {'; '.join(facts)}"])


def _listed(chosen: Chosen, shown: Sequence[_Shown]) -> str:
    blocks = []
    for loaded in chosen.tenants:
        mine = [one for one in shown if one.loaded is loaded]
        head = f"{style(loaded.tenant_id, bold=True)}  {len(mine)} quick repl{'y' if len(mine) == 1 else 'ies'}"
        rows = [
            (one.reply.shortcut, one.reply.category, _one_line(one), ", ".join(one.reply.operators)) for one in mine
        ]
        blocks.append(
            "\n".join([head, *(table(("shortcut", "category", "sends", "only for"), rows, (2,)) if rows else ())])
        )
    return "\n\n".join(blocks)


def _one_line(one: _Shown) -> str:
    return f"fails: {one.error}" if one.error else " ".join(one.text.split())


def _place(one: _Shown) -> str:
    for document in one.loaded.documents:
        for index, entry in enumerate(document.entries):
            if isinstance(entry, dict) and entry.get("shortcut") == one.reply.shortcut:
                at = document.locate(("quick_replies", index, "shortcut"))
                return f"{render.shown(at.path)}:{at.line}"
    return ""


def _data(one: _Shown) -> dict[str, Any]:
    reply = one.reply
    path, _, line = _place(one).rpartition(":")
    return {
        "tenant": one.loaded.tenant_id,
        "shortcut": reply.shortcut,
        "title": reply.title,
        "category": reply.category or None,
        "tags": list(reply.tags),
        "operators": list(reply.operators),
        "message": reply.message,
        "text": one.text,
        "error": one.error or None,
        "path": path or None,
        "line": int(line) if line else None,
    }
