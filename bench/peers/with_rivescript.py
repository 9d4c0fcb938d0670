"""RiveScript: triggers of whole words, `[*]` for anything around them, weights for the order. It has no regexes; digits
(`#`) and choices can be written.
"""

import re
from collections.abc import Sequence

from peer import Built, Rule, serve
from rivescript import RiveScript

_WRITTEN = (
    (r"\\b", ""),
    (r"\(\?P<\w+>([^()]*)\)", r"\1"),
    (r"\(\?:([^()]*) \)\?", r"[\1] "),
    (r"\(\?:", "("),
    (r"\\d(\{[\d,]+\}|\+)", "#"),
    (r" [+*]", " "),
)


def build(rules: Sequence[Rule]) -> Built:
    engine = RiveScript(utf8=True)
    lines, taught = [], 0
    for rank, rule in enumerate(rules):
        triggers = [trigger for text in rule["texts"] if (trigger := _trigger(rule["match"], text))]
        taught += bool(triggers)
        for trigger in triggers:
            lines += [f"+ {trigger}{{weight={len(rules) - rank}}}", f"- {rule['id']}"]
    engine.stream("\n".join(lines))
    engine.sort_replies()

    def winner(text: str) -> str | None:
        said = engine.reply("customer", text, errors_as_replies=False) if text else None
        return str(said) if said is not None else None

    def asked(text: str) -> str | None:
        try:
            return winner(text)
        except Exception:  # its way to say that nothing matched
            return None

    return Built(asked, taught)


def _trigger(match: str, text: str) -> str:
    if match == "exact":
        return text
    if match == "starts_with":
        return f"{text} [*]"
    if match == "regex":
        for regex, written in _WRITTEN:
            text = re.sub(regex, written, text)
        if re.search(r"[\\^$?{}]|\[[^\]]*-", text):
            return ""
        text = " ".join(text.split()).lower()
    return f"[*] {text} [*]"


serve(build)
