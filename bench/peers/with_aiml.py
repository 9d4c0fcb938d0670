"""AIML 1.0: patterns of whole words, where `*` stands for one word or more. No regexes, and no order of one's own: the
pattern's words decide. What may stand anywhere takes four patterns.
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aiml
from peer import Built, Rule, serve


def build(rules: Sequence[Rule]) -> Built:
    kernel = aiml.Kernel()
    kernel.verbose(False)
    categories, taught = [], 0
    seen: set[str] = set()
    for rule in rules:
        patterns = [pattern for text in rule["texts"] for pattern in _patterns(rule["match"], text)]
        taught += bool(patterns)
        for pattern in patterns:
            if pattern not in seen:  # the first rule keeps it
                seen.add(pattern)
                categories.append(f"<category><pattern>{pattern}</pattern><template>{rule['id']}</template></category>")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.aiml"
        path.write_text(f'<aiml version="1.0">{"".join(categories)}</aiml>', "utf-8")
        kernel.learn(str(path))

    def winner(text: str) -> str | None:
        return kernel.respond(text) or None

    return Built(winner, taught)


def _patterns(match: str, text: str) -> list[str]:
    words = re.sub(r"[^A-Z0-9 ]", " ", text.upper())
    if match == "exact":
        return [words]
    if match == "starts_with":
        return [words, f"{words} *"]
    return [] if match == "regex" else [words, f"{words} *", f"* {words}", f"* {words} *"]


serve(build)
