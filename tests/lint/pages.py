"""The pages of docs/checks/, read as tests read them. CONTRIBUTING.md describes how they are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "checks"
NOT_RUN = "Not run, because "

_BLOCK = re.compile(r"(?:^`(?P<name>[^`\n]+)`\n\n)?^```(?:yaml|jinja)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MISSING = re.compile(r"^`(?P<name>[^`\n]+)` is missing$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A tenant's files as tests/tenants.py takes them; `not_run` says why they are none, "" if they are."""

    files: Mapping[str, str]
    not_run: str


@dataclass(frozen=True)
class Page:
    code: str
    title: str
    severity: str
    avoid: Example
    prefer: Example
    why: str


def read_page(path: Path) -> Page:
    """One page; fails with what it lacks."""
    text = path.read_text("utf-8")
    head = re.match(r"# (?P<code>WB\d{3}): (?P<title>.+)\n\nSeverity: (?P<severity>\w+)\n\n", text)
    assert head, f"{path.name} does not begin with its code, its title and its severity"
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    assert parts[1::2] == ["Avoid", "Prefer", "Why"], f"{path.name} has other sections than Avoid, Prefer, Why"
    avoid, prefer, why = parts[2::2]
    return Page(head["code"], head["title"], head["severity"], _example(avoid), _example(prefer), why.strip())


def _example(section: str) -> Example:
    section = section.strip()
    if section.startswith(NOT_RUN):
        return Example({}, section.splitlines()[0])
    files = {found["name"]: "-" for found in _MISSING.finditer(section)}
    files |= {found["name"] or "rules.yaml": _whole(found) for found in _BLOCK.finditer(section)}
    assert files, "an example without a file"
    return Example(files, "")


def _whole(found: "re.Match[str]") -> str:
    """A list of rules alone stands for a whole rules.yaml."""
    name, text = found["name"] or "rules.yaml", found["text"]
    alone = name.startswith("rules") and re.match(r"(?:#.*\n|\s)*- ", text)
    return f"version: 1\nrules:\n{re.sub(r'^(?=.)', '  ', text, flags=re.MULTILINE)}" if alone else text
