"""`wabot rules`: a tenant's rules in the order in which they are asked, or all about one of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from wabot.cli import in_short, render
from wabot.cli.exit_codes import CLEAN, FINDINGS
from wabot.cli.output import Format, say, style
from wabot.cli.table import table
from wabot.cli.tenants import choose
from wabot.cli.tenants import subject as subject_of
from wabot.cli.words import name_and_path, unknown
from wabot.language.rule_set import Rule
from wabot.language.triggers.fallback import Fallback
from wabot.lint.subject import Subject
from wabot.model.visible import on_one_line

_COLUMNS: Final = ("prio", "rule", "trigger", "answers", "limits", "conditions", "")


def rules(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID] [PATH]", help="A rule's id, and where the rules are (./rules)."),
    ] = None,
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Show the rules in the order in which they are asked; with an ID all about that rule."""
    name, path = name_and_path(words or [], "a rule's id")
    chosen = choose(path, tenant or ())
    subjects = [subject_of(loaded, loaded.readable) for loaded in chosen.tenants if loaded.readable is not None]
    errors = [item for item in chosen.diagnostics if item.severity == "error"]
    known = {rule.id for subject in subjects for rule in subject.rules}
    if name and name not in known:
        if not known and errors:
            name = ""
        else:
            raise unknown("rule has the id", name, known)
    if name:
        from wabot.cli.one_rule import rule_as_data, rule_text

        having = [(subject, rule) for subject in subjects for rule in subject.rules if rule.id == name]
        data: dict[str, Any] = {"rules": [rule_as_data(*one) for one in having]}
        texts = [rule_text(*one) for one in having]
    else:
        data = {"tenants": [_data(subject) for subject in subjects]}
        texts = [_text(subject) for subject in subjects]
    if output is Format.json:
        data["findings"] = [render.finding_as_data(item) for item in errors]
        typer.echo(render.as_json(data))
    else:
        for number, text in enumerate(texts):
            say(("\n" if number else "") + text)
    if errors:
        count = render.plural(len(errors), "error")
        typer.echo(f"wabot: {count} in these files, so some rules may be missing here: see wabot validate", err=True)
    raise typer.Exit(FINDINGS if errors else CLEAN)


def in_order(subject: Subject) -> Sequence[Rule]:
    """As they are asked: fallback rules after all others."""
    return sorted(subject.rules, key=lambda rule: isinstance(rule.trigger, Fallback))


def _text(subject: Subject) -> str:
    tenant = subject.rule_set.tenant
    head = f"{style(tenant.id, bold=True)}  {on_one_line(tenant.name)}: {render.plural(len(subject.rules), 'rule')}"
    rows = [_row(rule, subject.place(rule).data) for rule in in_order(subject)]
    return "\n".join([head, *table(_COLUMNS, rows, flexible=(2, 3, 5))])


def _row(rule: Rule, entry: Any) -> tuple[str, ...]:
    marks = [] if rule.enabled else ["off"]
    marks += ["continues"] if rule.continues else []
    marks += ["follows up"] if rule.follow_up else []
    return (
        str(rule.priority),
        rule.id,
        in_short.trigger(entry),
        in_short.response(entry),
        in_short.limits(entry),
        in_short.conditions(entry),
        ", ".join(marks),
    )


def _data(subject: Subject) -> dict[str, Any]:
    tenant = subject.rule_set.tenant
    return {
        "tenant": tenant.id,
        "name": tenant.name,
        "rules": [{"asked": number, **in_brief(subject, rule)} for number, rule in enumerate(in_order(subject), 1)],
    }


def in_brief(subject: Subject, rule: Rule) -> dict[str, Any]:
    """A rule for machines: what is written, with the defaults filled in."""
    entry = subject.place(rule).data
    answer = entry.get("response")
    return {
        "id": rule.id,
        "name": rule.name or None,
        "description": rule.description or None,
        "enabled": rule.enabled,
        "priority": rule.priority,
        "continue": rule.continues,
        "trigger": entry.get("trigger"),
        "conditions": entry.get("conditions", {}),
        "response": {"type": "text", "message": answer} if isinstance(answer, str) else answer,
        "cooldown": entry.get("cooldown"),
        "cooldown_ms": rule.cooldown,
        "max_triggers_per_day": rule.max_per_day,
        "tags": sorted(rule.tags),
        "set_priority": rule.set_priority,
        "follow_up": entry.get("follow_up"),
        "path": render.shown(rule.location.path),
        "line": rule.location.line,
    }
