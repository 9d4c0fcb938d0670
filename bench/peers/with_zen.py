"""zen-engine (GoRules): one decision table, first hit wins; its functions are contains, startsWith and matches."""

import json
import re
from collections.abc import Sequence

import zen
from peer import Built, Rule, serve


def build(rules: Sequence[Rule]) -> Built:
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "text", "name": "text", "field": "lower(text)"}],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [
            {
                "_id": rule["id"],
                "text": " or ".join(_test(rule["match"], text) for text in rule["texts"]),
                "rule": json.dumps(rule["id"]),
            }
            for rule in rules
        ],
    }
    nodes = [("in", "inputNode", {}), ("table", "decisionTableNode", table), ("out", "outputNode", {})]
    graph = {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content}
            for name, kind, content in nodes
        ],
        "edges": [
            {"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"}
            for one, other in (("in", "table"), ("table", "out"))
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))

    def winner(text: str) -> str | None:
        found = decision.evaluate({"text": text})["result"].get("rule")
        return str(found) if found is not None else None

    return Built(winner, len(rules))


def _test(match: str, text: str) -> str:
    if match == "exact":
        return f'$ == "{text}"'
    if match == "starts_with":
        return f'startsWith($, "{text}")'
    if match == "word":
        return rf'matches($, "\b{re.escape(text)}\b")'
    if match == "regex":
        return f'matches($, "(?i){text}")'
    return f'contains($, "{text}")'


serve(build)
