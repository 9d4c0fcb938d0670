"""One rule in full: what it does, what stands in its way, and which tests and examples speak of it."""

from collections.abc import Iterator
from typing import Any

from wabot.cli import in_short, render
from wabot.cli.mentions import Mention, mentions
from wabot.cli.output import style
from wabot.cli.rules import in_brief, in_order
from wabot.engine.coverage.menus import leading_to
from wabot.engine.coverage.written import duration
from wabot.engine.effects import delay
from wabot.engine.gates import clock
from wabot.engine.shadows import Shadow, shadows
from wabot.language.rule_set import Rule
from wabot.language.triggers.fallback import Fallback
from wabot.lint.subject import Subject
from wabot.model.visible import on_one_line

_INDENT = " " * 15


def rule_text(subject: Subject, rule: Rule) -> str:
    """For people."""
    entry, at = subject.place(rule).data, rule.location
    head = f"{style(subject.rule_set.tenant.id, bold=True)}  {style(rule.id, fg='green')}"
    lines = [f"{head}  {render.shown(at.path)}:{at.line}"]
    for label, said in _facts(subject, rule, entry):
        lines.append(f"  {label:12} {said[0]}")
        lines += [f"{_INDENT}{line}" for line in said[1:]]
    return "\n".join(lines)


def _facts(subject: Subject, rule: Rule, entry: Any) -> Iterator[tuple[str, list[str]]]:
    if rule.name:
        yield "name", [on_one_line(rule.name)]
    if rule.description:
        yield "description", rule.description.splitlines()
    if not rule.enabled:
        yield "enabled", ["no: it never answers"]
    ids = [other.id for other in in_order(subject)]
    last = "; asked only when no other rule answered" if isinstance(rule.trigger, Fallback) else ""
    yield "priority", [f"{rule.priority}; asked as number {ids.index(rule.id) + 1} of {len(ids)}{last}"]
    yield "trigger", _trigger(entry)
    reached = [f'option "{key}" of {menu.id}' for menu, key in leading_to(subject.rule_set, rule)]
    if reached:
        yield "reached by", reached
    asked = entry.get("conditions", {})
    yield "conditions", [f"{name}: {in_short.value(value)}" for name, value in asked.items()] or ["none"]
    yield "limits", list(_limits(rule))
    least, most = delay(subject.rule_set, rule)
    yield "delay", [f"{clock(least)}–{clock(most)}"]
    effects = [f"adds the tags {', '.join(sorted(rule.tags))}"] if rule.tags else []
    effects += [f"sets the priority {rule.set_priority}"] if rule.set_priority else []
    effects += ["continues: lower rules may answer as well"] if rule.continues else []
    if effects:
        yield "effects", effects
    yield "reply", list(_reply(subject, entry))
    if rule.follow_up is not None:
        later = rule.follow_up.message.source.splitlines()
        yield "follow-up", [f"after {clock(rule.follow_up.after)}, unless replied", *(f"│ {line}" for line in later)]
    yield "shadowed by", [_shadow(subject, shadow) for shadow in shadows(subject.rule_set, rule)] or ["nothing"]
    for label in ("match", "no_match"):
        texts = entry.get("examples", {}).get(label, ())
        if texts:
            yield "examples" if label == "match" else "no match", list(texts)
    yield "tests", [_mention(mention) for mention in mentions(subject, rule)] or ["none: see wabot test --coverage"]


def _trigger(entry: Any) -> list[str]:
    asked = entry.get("trigger", {})
    if asked.get("type") != "keyword":
        return [in_short.trigger(entry)]
    case = ", case_sensitive" if asked.get("case_sensitive") else ""
    return [f"keyword, {asked.get('match', 'contains')}{case}", *asked["keywords"]]


def _limits(rule: Rule) -> Iterator[str]:
    if rule.cooldown is not None:
        yield f"cooldown {duration(rule.cooldown)} per customer"
    if rule.max_per_day is not None:
        yield f"at most {rule.max_per_day} a day per customer"
    if not rule.limited:
        yield "none of its own"


def _reply(subject: Subject, entry: Any) -> Iterator[str]:
    """As written."""
    answer = entry.get("response", "")
    if isinstance(answer, str):
        answer = {"type": "text", "message": answer}
    kind = answer.get("type")
    if kind == "template":
        name = answer["template"]
        for document in subject.loaded.documents:
            if document.path.name == name and document.path.parent.name == "templates":
                yield f"template {render.shown(document.path)}"
                yield from (f"│ {line}" for line in document.text.strip().splitlines())
        return
    if kind != "text":
        yield str(kind)
    for name, value in answer.items():
        if name == "message":
            for text in [value] if isinstance(value, str) else value:
                yield from (f"│ {line}" for line in text.strip().splitlines())
        elif name in ("type", "tags", "set_priority"):
            continue  # the effects are told already
        elif isinstance(value, list):
            yield f"{name}:"
            yield from (f"  {in_short.value(item)}" for item in value)
        else:
            yield f"{name}: {in_short.value(value)}"


def _shadow(subject: Subject, shadow: Shadow) -> str:
    by = f'{shadow.by.id} by "{shadow.matched}"' if shadow.matched else f"{shadow.by.id} ({shadow.by.trigger.kind})"
    only = in_short.conditions(subject.place(shadow.by).data)
    at = f"{render.shown(shadow.by.location.path)}:{shadow.by.location.line}"
    return f'"{shadow.text}" goes to {by}{f", when {only}" if only else ""}  {at}'


def _mention(mention: Mention) -> str:
    return f"{render.shown(mention.at.path)}:{mention.at.line}  {on_one_line(mention.name)}" + (
        "" if mention.expected else "  (exercises it, expects nothing of it)"
    )


def rule_as_data(subject: Subject, rule: Rule) -> dict[str, Any]:
    """For machines."""
    entry = subject.place(rule).data
    return {
        "tenant": subject.rule_set.tenant.id,
        "asked": [other.id for other in in_order(subject)].index(rule.id) + 1,
        **in_brief(subject, rule),
        "delay_ms": list(delay(subject.rule_set, rule)),
        "reply": "\n".join(line.removeprefix("│ ") for line in _reply(subject, entry)),
        "reached_by": [{"rule": menu.id, "key": key} for menu, key in leading_to(subject.rule_set, rule)],
        "shadowed_by": [
            {"text": shadow.text, "rule": shadow.by.id, "matched": shadow.matched or None, "always": shadow.always}
            for shadow in shadows(subject.rule_set, rule)
        ],
        "examples": entry.get("examples", {}),
        "tests": [
            {
                "name": mention.name,
                "path": render.shown(mention.at.path),
                "line": mention.at.line,
                "expected": mention.expected,
            }
            for mention in mentions(subject, rule)
        ],
    }
