"""A tenant's folder → a rule set that can decide, or findings. What the daemon, the tests and the linter all call."""

from dataclasses import replace
from pathlib import Path

from wabot.engine.index import Index
from wabot.engine.trace import in_text
from wabot.language.diagnostic import Diagnostic
from wabot.language.own_files import NO_DRAFTS, Drafts
from wabot.language.tenant import Loaded
from wabot.language.tenant import load_tenant as read_tenant
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern


def load_tenant(folder: Path, drafts: Drafts = NO_DRAFTS) -> Loaded:
    """Read, check and compile one tenant, with `drafts` as if they lay in its folder. Findings are in the result;
    nothing is raised for them."""
    loaded = read_tenant(folder, Index, drafts)
    wrong = _examples(loaded)
    if not wrong:
        return loaded
    # An example that does not hold is a mistake, but not one that keeps the rules from running.
    return replace(loaded, diagnostics=tuple(sorted((*loaded.diagnostics, *wrong))))


def _examples(loaded: Loaded) -> list[Diagnostic]:
    """Rules whose own `examples` do not hold."""
    if loaded.readable is None:
        return []
    rules = {rule.id: rule for rule in loaded.readable.rules}
    wrong = []
    for document in loaded.documents:
        entries = document.entries if isinstance(document.data, dict) and "rules" in document.data else ()
        for index, entry in enumerate(entries):
            if entry is None or entry["id"] not in rules:
                continue
            trigger = rules[entry["id"]].trigger
            for kind, texts in entry.get("examples", {}).items():
                for place, text in enumerate(texts):
                    at = document.locate(("rules", index, "examples", kind, place))
                    if not isinstance(trigger, Keyword | Pattern):
                        message = f"a {trigger.kind} rule does not look at the text, so examples say nothing"
                        wrong.append(Diagnostic(at, "error", "WB213", message, "remove them"))
                    elif (in_text(trigger, text) is not None) != (kind == "match"):
                        says = "does not match" if kind == "match" else "matches"
                        message = f"the rule `{entry['id']}` {says} this example"
                        wrong.append(Diagnostic(at, "error", "WB213", message, "change the trigger or the example"))
    return wrong
